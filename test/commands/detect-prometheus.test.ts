import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detect } from '../../src/commands/detect.ts';
import { startDetectService } from '../../src/commands/detect-service.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Config } from '../../src/config/config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { fleetHistory } from '../fleet/fleet-history.ts';
import { eventually } from '../harness/eventually.ts';
import { select, type ScrapedSample } from '../harness/exposition.ts';
import { prometheusPath, startPrometheus } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { scrape } from '../harness/scrape.ts';
import { mainPath } from '../harness/sidecar.ts';
import { startProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startServer } from '../sources/http-server.ts';
import { runCommand } from './run-command.ts';

const HOUR = 3_600_000;
const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const states = (samples: readonly ScrapedSample[]): Record<string, number> =>
  Object.fromEntries(
    select(samples, 'mcp_detector_state').map(({ labels, value }) => [labels['instance'] ?? '', value]),
  );

describeWith(prometheusPath, 'apt-get install prometheus')('detect beside a real Prometheus', () => {
  let url: string;
  let fromMs: number;
  let toMs: number;
  let folder: string;

  beforeAll(async () => {
    toMs = Math.floor(Date.now() / 60_000) * 60_000;
    const history = fleetHistory(toMs);
    ({ fromMs } = history);
    const prometheus = stack.use(await startPrometheus(() => 'global: {}\n', history.text));
    url = `http://127.0.0.1:${prometheus.port}`;
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-detect-'));
    stack.defer(() => rm(folder, { recursive: true }));
  }, 90_000);

  const run = (...argv: readonly string[]) => runCommand(detect, ['--prometheus', url, ...argv]);
  const memory = ['--detector', 'memory', '--selector', 'job="mcp"', '--from', '4d'];

  describe('over a range of time', () => {
    it('finds the leak, leaves its healthy twin alone and says which has ended', async () => {
      const { code, out, err } = await run(...memory);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^3 series: 1 urgent, 2 none\n/);
      expect(out.replaceAll('\n', ' ')).toContain('all of mcp_process_memory_bytes{job="mcp",kind="pss"}');
      const rows = out.split('\n').filter((line) => /^ {2}(urgent|none)/.test(line));
      expect(rows).toEqual([
        expect.stringMatching(/^ {2}urgent {2}instance=leaky:9464 .* 2\d\.\d MiB .* (h|days)$/),
        expect.stringMatching(/^ {2}none +instance=gone:9464 .* ended \d+ \w+$/),
        expect.stringMatching(/^ {2}none +instance=healthy:9464 .* –$/),
      ]);
    }, 30_000);

    it('explains it with load, limit, restart and the slope of the life before', async () => {
      const { out } = await run(...memory, '--explain=1');
      expect(out).toContain('limit 4 GiB ┄');
      expect(out).toContain('▲ restart');
      expect(out).toMatch(/\n {4}load {2}[▁-█ ]+\n/);
      expect(out).toMatch(/\n {2}restarts {2}1; earlier lives: [\d.]+ MiB an hour in 20 h\n/);
      expect(out.match(/^(URGENT|NONE) /gm)).toEqual(['URGENT ']);
    }, 30_000);

    it('fails on demand, and writes JSON', async () => {
      const { code, out } = await run(...memory, '--json', '--fail-on', 'ticket');
      expect(code).toBe(1);
      expect(JSON.parse(out)).toMatchObject({
        verdicts: [
          {
            detector: 'memory',
            labels: { instance: 'leaky:9464', job: 'mcp', kind: 'pss' },
            state: 'urgent',
            limit: 4 * 1024 ** 3,
            restarts: 1,
            loadExplained: expect.any(Number),
          },
          { state: 'none' },
          { state: 'none' },
        ],
        failures: [],
      });
    }, 30_000);

    it('with two shards finds each series once', async () => {
      const found: string[] = [];
      for (const shard of ['1/2', '2/2']) {
        const { out } = await run(...memory, '--from', '2h', '--json', '--shard', shard);
        const read: { verdicts: { labels: { instance: string } }[] } = JSON.parse(out);
        found.push(...read.verdicts.map(({ labels }) => labels.instance));
      }
      expect(found.toSorted()).toEqual(['healthy:9464', 'leaky:9464']);
    }, 30_000);

    it('says what it could not ask, and exits with 1', async () => {
      expect(await run('--query', 'sum(', '--from', '1h')).toEqual({
        code: 1,
        out: '',
        err: expect.stringMatching(
          /^mcp-vitals: memory: query: prometheus http:\S+: 400 bad_data: .*parse error: unclosed left parenthesis\n$/,
        ),
      });
      expect(await run('--query', 'nothing', '--from', '1h')).toMatchObject({
        code: 1,
        err: 'mcp-vitals: want series to conclude of, got none\n',
      });
      expect(
        (await run('--query', 'mcp_process_memory_bytes', '--limit-query', 'nothing', '--from', '1h')).err,
      ).toMatch(
        /^mcp-vitals: memory: limit query: want a series for each, got none for mcp_process_memory_bytes\{.*\}\n$/,
      );
    }, 30_000);
  });

  describe('as a service', () => {
    it('exports verdicts, survives a broken query, and ends on SIGTERM', async () => {
      const file = join(folder, 'detect.yaml');
      await writeFile(
        file,
        `detect:\n  url: ${url}\n  queries:\n    - { name: broken, query: sum( }\n    - { detector: memory, selector: 'job="mcp"' }\n`,
      );
      const service = stack.use(
        await startProcess({
          command: process.execPath,
          args: [mainPath, 'detect', '--config', file, '--listen', '127.0.0.1:0'],
          ready: [/metrics on (http\S+)\/metrics/],
        }),
      );
      const origin = service.matches[0]?.[1] ?? '';
      await eventually(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), 30_000);
      const samples = await scrape(`${origin}/metrics`);
      expect(states(samples)).toEqual({ 'leaky:9464': 3, 'healthy:9464': 0 });
      const [state] = select(samples, 'mcp_detector_state', { instance: 'leaky:9464' });
      expect(state?.labels).toEqual({
        detector: 'memory',
        series: '',
        job: 'mcp',
        instance: 'leaky:9464',
        kind: 'pss',
      });
      const up = select(samples, 'mcp_vitals_source_up').map(({ labels, value }) => [
        labels['source'],
        value,
      ]);
      expect(up).toEqual([
        ['broken', 0],
        ['memory', 1],
      ]);
      expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok\n');
      expect(await (await fetch(`${origin}/api/v1/detectors`)).json()).toMatchObject([
        { detector: 'memory', labels: { instance: 'leaky:9464' }, state: 'urgent' },
      ]);
      expect(service.stderr()).toMatch(
        / warn {2}memory mcp_process_memory_bytes\{instance="leaky:9464",.*\}: none -> urgent: grows /,
      );
      expect(service.stderr()).toMatch(/ warn {2}broken: query: prometheus .* 400 bad_data/);
      expect(await service.stop()).toEqual({ code: 0, signal: null });
      expect(service.stderr()).toMatch(/ info {2}SIGTERM: stopping\n.* info {2}stopped\n$/);
    }, 60_000);

    /** A service whose clock is turned by hand. */
    const startAt = async (startMs: number, ...flags: readonly string[]) => {
      const loaded = loadConfig({
        env: {},
        flags: [
          '--detect',
          url,
          '--admin',
          '127.0.0.1:0',
          ...flags,
          `--detect.queries=[{"detector":"memory"}]`,
        ],
      });
      if (!loaded.ok) throw new Error(loaded.problems.join('; '));
      const config: Config = loaded.config;
      let wallMs = startMs;
      const lines: string[] = [];
      const service = stack.use(
        await startDetectService(config, {
          log: (level, message) => void lines.push(`${level} ${message}`),
          clock: { ...systemClock, wallMs: () => wallMs },
        }),
      );
      await service.tick();
      return {
        service,
        lines,
        metrics: () => scrape(service.metricsUrl),
        goTo: async (atMs: number) => {
          wallMs = atMs;
          await service.tick();
        },
      };
    };

    it('goes on from what it knows, and shows no verdict of a series that ended', async () => {
      const { metrics, goTo, lines } = await startAt(fromMs + 29 * HOUR);
      expect(Object.keys(states(await metrics())).toSorted()).toEqual([
        'gone:9464',
        'healthy:9464',
        'leaky:9464',
      ]);
      await goTo(fromMs + 33 * HOUR);
      expect(Object.keys(states(await metrics())).toSorted()).toEqual(['healthy:9464', 'leaky:9464']);
      await goTo(toMs);
      const samples = await metrics();
      expect(states(samples)).toEqual({ 'leaky:9464': 3, 'healthy:9464': 0 });
      expect(select(samples, 'mcp_detector_evaluations_total')[0]?.value).toBe(3);
      // What is asked for ends a minute behind now; the one that ended was forgotten.
      expect(select(samples, 'mcp_vitals_detector_series')[0]?.value).toBe(2);
      expect(lines.filter((line) => line.includes('healthy'))).toEqual([]);
    }, 60_000);

    it('follows no more series than it may, and counts the others', async () => {
      const { metrics } = await startAt(toMs, '--detect.max-series', '1', '--detect.history', '2h');
      const samples = await metrics();
      expect(Object.keys(states(samples))).toHaveLength(1);
      expect(select(samples, 'mcp_vitals_detect_series_refused')[0]?.value).toBe(1);
    }, 30_000);
  });
});

describe('detect', () => {
  it('says who it is', async () => {
    const server = stack.use(
      await startServer((_, response) => {
        response.writeHead(401).end();
      }),
    );
    const argv = ['--prometheus', server.url, '--query', 'up', '--from', '1h'];
    const basic = { MCP_VITALS_DETECT_USERNAME: 'vitals', MCP_VITALS_DETECT_PASSWORD: 'sw0rdfish' };
    const { code, err } = await runCommand(detect, argv, basic);
    expect(code).toBe(1);
    expect(err).toBe(`mcp-vitals: memory: query: prometheus ${server.url}: want 200, got 401\n`);
    await runCommand(detect, argv, { MCP_VITALS_DETECT_TOKEN: 'abc' });
    const sent = new Set(server.requests.map(({ headers }) => headers.authorization));
    expect(sent).toEqual(
      new Set([`Basic ${Buffer.from('vitals:sw0rdfish').toString('base64')}`, 'Bearer abc']),
    );
  });

  it('ends at once on Ctrl-C', async () => {
    const server = stack.use(await startServer(() => undefined));
    const started = stack.use(
      await startProcess({
        command: process.execPath,
        args: [mainPath, 'detect', '--prometheus', server.url, '--query', 'up'],
      }),
    );
    await eventually(() => expect(server.requests.length).toBeGreaterThan(0));
    started.signal('SIGINT');
    expect(await started.exited).toEqual({ code: 1, signal: null });
    expect(started.stderr()).toBe('mcp-vitals: stopped by SIGINT before all was asked for\n');
  }, 30_000);
});
