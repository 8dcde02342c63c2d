import { expect, it } from '@jest/globals';
import { createObservation } from '../../src/commands/observation.ts';
import { startSources } from '../../src/commands/start-sources.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition, total } from '../harness/exposition.ts';

it('goes on with the other sources where one cannot even be made', async () => {
  const loaded = loadConfig({ env: {}, flags: ['--sources.process.pid', String(process.pid)] });
  if (!loaded.ok) throw new Error(loaded.problems.join());
  const { config } = loaded;
  const lines: string[] = [];
  const log = (level: string, message: string): void => void lines.push(`${level} ${message}`);
  const observation = createObservation(() => config, systemClock, log);
  const timing = { intervalMs: 60_000, timeoutMs: 5000 };
  const scrape = {
    url: 'http://127.0.0.1:1/metrics',
    tls: {},
    map: [{ to: 'mcp_process_threads', labels: {}, from: { value: '{' } } as const],
    ...timing,
  };
  const sources = await startSources({ ...config.sources, scrape }, { observation, clock: systemClock, log });
  await eventually(async () => {
    const samples = parseExposition((await observation.metrics()).body);
    expect(total(samples, 'mcp_vitals_source_up', { source: 'process' })).toBe(1);
    expect(total(samples, 'mcp_processes')).toBeGreaterThan(0);
    expect(total(samples, 'mcp_vitals_source_readings_total', { source: 'scrape', result: 'failure' })).toBe(
      1,
    );
  });
  expect(sources.failing()).toEqual(['scrape']);
  expect(lines).toEqual([expect.stringMatching(/^warn source scrape: selector \{: want /)]);
  await sources.stop();
  await observation.stop();
  const left = parseExposition((await observation.metrics().catch(() => ({ body: '' }))).body);
  expect(total(left, 'mcp_vitals_source_up')).toBe(0);
});
