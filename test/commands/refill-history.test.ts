import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { narrowed, refillQueries } from '../../src/commands/refill-queries.ts';
import type { Config } from '../../src/config/config.ts';
import { latencyWatches } from '../../src/detectors/built-in-watches.ts';
import type { Sample } from '../../src/model/sample.ts';
import { eventually } from '../harness/eventually.ts';
import { total } from '../harness/exposition.ts';
import { freePort } from '../harness/free-port.ts';
import { prometheusPath, startPrometheus } from '../harness/prometheus.ts';
import type { Prometheus } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import {
  configOf,
  createHandClock,
  GIB,
  HOUR_MS,
  MIB,
  MINUTE_MS,
  processSamples,
  startStage,
  type DetectorStage,
} from './detector-stage.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const DAY_MS = 24 * HOUR_MS;
const memory = { detector: 'memory', series: '' };
const nowMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
/** A server that was started five days ago. */
const bornMs = nowMs - 5 * DAY_MS;

const bytesAt = (atMs: number): number =>
  300 * MIB + (30 * MIB * (atMs - bornMs)) / HOUR_MS + 3 * MIB * Math.sin(atMs);
const live = (atMs: number): readonly Sample[] => processSamples(bytesAt(atMs), bornMs / 1000, 6 * GIB);

interface Exported {
  readonly instance: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What sidecars exported once a minute, as Prometheus scraped it. */
function exported(sidecars: readonly Exported[]): string {
  const points = (value: (atMs: number) => number) => (name: string, label: string) =>
    sidecars.flatMap(({ instance, fromMs, toMs }) =>
      Array.from({ length: Math.floor((toMs - fromMs) / MINUTE_MS) }, (_, minute) => {
        const atMs = fromMs + minute * MINUTE_MS;
        return `${name}{job="mcp-vitals",instance="${instance}"${label}} ${value(atMs)} ${atMs / 1000}`;
      }),
    );
  return [
    '# TYPE mcp_process_memory_bytes gauge',
    ...points(bytesAt)('mcp_process_memory_bytes', ',kind="pss"'),
    '# TYPE mcp_process_start_time_seconds gauge',
    ...points(() => bornMs / 1000)('mcp_process_start_time_seconds', ''),
    '# TYPE requests_per_second gauge',
    ...points(() => 12)('requests_per_second', ',exported_instance="orders"'),
    '# EOF\n',
  ].join('\n');
}

const config = (port: number, ...flags: string[]): Config =>
  configOf('--sources.prometheus', `http://127.0.0.1:${port}`, ...flags);

/** The series of the server's own sidecars. */
const ours = '{job="mcp-vitals",instance!="10.9.9.9:9464"}';

/** Plays until the past has been taken in; its answers come in real time. */
async function playWithPast(stage: DetectorStage): Promise<void> {
  await eventually(async () => {
    await stage.play(20 * MINUTE_MS, () => live(stage.clock.wallMs()));
    expect(total(await stage.page(), 'mcp_detector_evaluations_total')).toBeGreaterThan(0);
  }, 30_000);
}

describeWith(prometheusPath, 'apt-get install prometheus')(
  'beside a Prometheus that knows the last week',
  () => {
    let prometheus: Prometheus;

    beforeAll(async () => {
      const past = exported([
        // One pod after another, the third beside them for another server.
        { instance: '10.0.0.1:9464', fromMs: bornMs, toMs: nowMs - 2 * DAY_MS },
        {
          instance: '10.0.0.2:9464',
          fromMs: nowMs - 2 * DAY_MS - 4 * MINUTE_MS,
          toMs: nowMs - 5 * MINUTE_MS,
        },
        { instance: '10.9.9.9:9464', fromMs: nowMs - DAY_MS, toMs: nowMs },
      ]);
      prometheus = stack.use(await startPrometheus(() => 'scrape_configs: []\n', past));
    }, 60_000);

    it('a new sidecar knows it too, and says at once what has been going on for days', async () => {
      const stage = await startStage(
        config(prometheus.port, '--detectors.refill.selector', ours),
        createHandClock(nowMs),
      );
      await playWithPast(stage);
      const page = await stage.page();
      expect(stage.lines).toEqual([
        expect.stringMatching(/^warn detector memory: (ticket|urgent|page): grows (29|30|31)/),
      ]);
      expect(total(page, 'mcp_detector_watched_seconds', memory) / 3600).toBeGreaterThan(5 * 24 - 1);
      const report = JSON.parse(JSON.stringify(stage.report()));
      expect(report.series[0].verdict.restarts).toBe(0);
      expect(report.series[0].evidence.points[50][3]).toBeCloseTo(12);
      await stage.stop();
    }, 60_000);

    it('a detector of your own with a query knows its past, whatever it asks for', async () => {
      const query = 'sum(mcp_process_memory_bytes{instance!="10.9.9.9:9464"}) / 2';
      const custom = JSON.stringify({ half: { query, limit: '3GiB', unit: 'bytes', profile: 'memory' } });
      const flags = ['--detectors.custom', custom, '--detectors.refill.selector', ours];
      const stage = await startStage(config(prometheus.port, ...flags), createHandClock(nowMs));
      const input = (value: number): Sample => ({
        name: 'mcp_detector_input',
        labels: { detector: 'half', part: 'value' },
        value,
      });
      await eventually(async () => {
        await stage.play(20 * MINUTE_MS, () => [input(bytesAt(stage.clock.wallMs()) / 2)]);
        expect(total(await stage.page(), 'mcp_detector_evaluations_total')).toBeGreaterThan(0);
      }, 30_000);
      expect(stage.lines).toEqual([
        expect.stringMatching(/^warn detector half: (ticket|urgent|page): grows 1[45]/),
      ]);
      await stage.stop();
    }, 60_000);

    it('one line says that several sidecars cannot be told apart, and the detectors go on', async () => {
      const stage = await startStage(config(prometheus.port), createHandClock(nowMs));
      await playWithPast(stage);
      expect(stage.lines).toEqual([
        'warn detectors: go on without the past: want the series of one sidecar at a time, got those of ["mcp-vitals","10.0.0.2:9464"] and ["mcp-vitals","10.9.9.9:9464"]; set detectors.refill.selector',
      ]);
      expect(total(await stage.page(), 'mcp_detector_watched_seconds', memory)).toBeGreaterThan(600);
      await stage.stop();
    }, 60_000);

    it('nothing is asked where that was not wanted', async () => {
      const stage = await startStage(
        config(prometheus.port, '--no-detectors.refill.enabled'),
        createHandClock(nowMs),
      );
      await stage.play(20 * MINUTE_MS, () => live(stage.clock.wallMs()));
      expect(stage.lines).toEqual([]);
      expect(total(await stage.page(), 'mcp_detector_watched_seconds', memory)).toBeLessThan(3600);
      await stage.stop();
    });
  },
);

describe('beside a Prometheus that does not answer', () => {
  it('a stop does not wait for it', async () => {
    const stage = await startStage(config(await freePort()), createHandClock(nowMs));
    await stage.play(5 * MINUTE_MS, () => live(stage.clock.wallMs()));
    const startedMs = performance.now();
    await stage.stop();
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(stage.lines).toEqual([]);
  });
});

describe('what is asked', () => {
  it.each([
    ['mcp_sessions_active', undefined, 'mcp_sessions_active'],
    ['mcp_process_sockets{state="established"}', undefined, 'mcp_process_sockets{state="established"}'],
    ['mcp_sessions_active', '{job="a",}', 'mcp_sessions_active{job="a"}'],
    ['x{a="}",b="c"}', '{job="a"}', 'x{a="}",b="c",job="a"}'],
    ['x{}', '{job="a"}', 'x{job="a"}'],
    ['{__name__="x"}', '{job="a"}', '{__name__="x",job="a"}'],
  ])('%s, narrowed by %s, is %s', (selector, by, expected) => {
    expect(narrowed(selector, by)).toBe(expected);
  });

  it('is one series by sidecar, with its load and the start of its process', () => {
    const [watch] = latencyWatches('get "user"', undefined);
    expect(watch && refillQueries(watch, '{job="a"}')).toEqual({
      value:
        'max by (job, instance) (mcp_tool_latency_seconds{tool="get \\"user\\"",percentile="p50",job="a"})',
      load: 'sum by (job, instance) (requests_per_second{job="a"})',
      processStart: 'max by (job, instance) (mcp_process_start_time_seconds{job="a"})',
    });
  });
});
