import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { startSidecar } from '../../src/commands/sidecar.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { USUAL_PACE } from '../../src/model/detector-pace.ts';
import { eventually } from '../harness/eventually.ts';
import { select, total } from '../harness/exposition.ts';
import { startHandServer } from '../harness/hand-server.ts';
import { scrape } from '../harness/scrape.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** A second counts as an hour. */
const RATE = 3600;

test('a detector in six lines of YAML finds what creeps on the page of the server, and not what is steady', async () => {
  const startedMs = performance.now();
  const page = stack.use(
    await startHandServer((_body, response) => {
      const hours = (performance.now() - startedMs) / 1000;
      const lines = [
        `app_jobs_waiting{queue="mail"} ${Math.round(100 + 20 * hours)}`,
        `app_jobs_waiting{queue="reports"} ${Math.round(50 + 10 * hours)}`,
        `app_workers ${20 + (Math.round(hours * 60) % 3)}`,
        `app_bytes_read_total ${Math.round(4e6 * hours)}`,
      ];
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${lines.join('\n')}\n`);
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-detectors-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'mcp-vitals.yaml');
  await writeFile(
    file,
    `
upstream: ${page.url}
listen: 127.0.0.1:0
admin: 127.0.0.1:0
sources:
  scrape: ${page.url}/metrics
detectors:
  custom:
    job_queue:
      scrape: app_jobs_waiting
      limit: 1000
    workers: { scrape: app_workers, limit: 40 }
    reading: { scrape: app_bytes_read_total, unit: per_second, limit: 9000000 }
`,
  );
  const loaded = loadConfig({ file, env: {}, flags: [] });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { sources } = loaded.config;
  if (sources.scrape === undefined) throw new Error('sources.scrape: want it configured, got none');
  // As often as the detectors look: no hour passes between two readings.
  const config = { ...loaded.config, sources: { ...sources, scrape: { ...sources.scrape, intervalMs: 40 } } };
  const lines: string[] = [];
  const sidecar = await startSidecar(config, {
    log: (level, message) => lines.push(`${level} ${message}`),
    clock: systemClock,
    detectorPace: { ...USUAL_PACE, sampleMs: 40, rate: RATE },
  });
  stack.use(sidecar);

  const alarms = (): string[] => lines.filter((line) => line.startsWith('warn detector'));
  await eventually(() => expect(alarms()).not.toEqual([]), 60_000);
  expect(alarms()[0]).toMatch(
    /^warn detector job_queue: \w+: grows \d+(\.\d+)?\/h \(.* of the limit 1000 an hour\), limit in /,
  );
  const metrics = await scrape(sidecar.metricsUrl);
  expect(total(metrics, 'mcp_detector_state', { detector: 'job_queue' })).toBeGreaterThanOrEqual(2);
  expect(select(metrics, 'mcp_detector_state', { detector: 'workers' })).toEqual([
    expect.objectContaining({ value: 0 }),
  ]);
  // A counter is followed as its rate, by the clock of the wall.
  const rate = total(metrics, 'mcp_detector_limit_ratio', { detector: 'reading' }) * 9_000_000;
  expect(rate / 4e6).toBeGreaterThan(0.5);
  expect(rate / 4e6).toBeLessThan(2);
  expect(select(metrics, 'mcp_detector_input').map(({ labels }) => labels['detector'])).toEqual([
    'job_queue',
    'workers',
    'reading',
  ]);

  const origin = new URL(sidecar.metricsUrl).origin;
  const report = (await (await fetch(`${origin}/api/v1/detectors`)).json()) as {
    series: {
      detector: string;
      text: string;
      verdict: { rules: unknown[] };
      evidence: { points: unknown[] };
    }[];
  };
  const [worst] = report.series;
  expect(worst?.detector).toBe('job_queue');
  expect(worst?.text).toMatch(/^grows /);
  expect(worst?.verdict.rules.length).toBeGreaterThan(0);
  expect(worst?.evidence.points.length).toBeGreaterThan(0);
  const status = (await (await fetch(`${origin}/api/v1/status`)).json()) as {
    detectors: { verdicts: { detector: string }[] };
  };
  expect(status.detectors.verdicts.map(({ detector }) => detector)).toContain('job_queue');
  const elsewhere = await fetch(`${origin}/api/v1/elsewhere`);
  expect(await elsewhere.text()).toMatch(
    /want one of .*\/api\/v1\/detectors, .*got GET \/api\/v1\/elsewhere/,
  );
}, 90_000);
