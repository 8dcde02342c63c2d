import { totalmem } from 'node:os';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Config } from '../../src/config/config.ts';
import type { Sample } from '../../src/model/sample.ts';
import { VERDICT_STATES } from '../../src/model/verdict.ts';
import { select, total } from '../harness/exposition.ts';
import { call as aCall } from '../metrics/call-observation.ts';
import {
  configOf,
  HOUR_MS,
  GIB,
  MIB,
  MINUTE_MS,
  processSamples,
  startStage,
  type DetectorStage,
  type HandClock,
} from './detector-stage.ts';

// Days are played, on machines that may have other things to do.
jest.setTimeout(60_000);

let stages: DetectorStage[] = [];
afterEach(async () => {
  for (const stage of stages) await stage.stop();
  stages = [];
});

async function start(config: Config = configOf(), clock?: HandClock): Promise<DetectorStage> {
  const stage = await startStage(config, clock);
  stages.push(stage);
  return stage;
}

/** Memory that leaks 66 MiB an hour towards 3 GiB, with a little noise. */
const leak =
  (startSeconds: number) =>
  (elapsedMs: number): readonly Sample[] =>
    processSamples(
      300 * MIB + (66 * MIB * elapsedMs) / HOUR_MS + 2 * MIB * Math.sin(elapsedMs),
      startSeconds,
      3 * GIB,
    );

const steady = (startSeconds: number) => (elapsedMs: number) =>
  processSamples(300 * MIB + 2 * MIB * Math.sin(elapsedMs), startSeconds);

const memory = { detector: 'memory', series: '' };

describe('a leak', () => {
  it('is on the page, in the log, in the view and in the report', async () => {
    const stage = await start();
    const startSeconds = stage.clock.wallMs() / 1000;
    await stage.play(20 * HOUR_MS, leak(startSeconds));
    expect(stage.lines).toEqual([
      expect.stringMatching(
        /^info detector memory: watch: grows 6\d(\.\d)? MiB\/h \(2\.\d+ % of the limit 3 GiB an hour\), limit in /,
      ),
      expect.stringMatching(/^warn detector memory: urgent: grows 6/),
    ]);
    const page = await stage.page();
    const state = total(page, 'mcp_detector_state', memory);
    expect(VERDICT_STATES[state]).toBe('urgent');
    expect(total(page, 'mcp_detector_slope_per_hour', memory) / MIB).toBeCloseTo(66, -1);
    expect(total(page, 'mcp_detector_slope_limit_ratio_per_hour', memory)).toBeCloseTo(66 / 3072, 2);
    expect(total(page, 'mcp_detector_limit_ratio', memory)).toBeCloseTo((300 + 66 * 19.9) / 3072, 1);
    const left = ((3072 - 300 - 66 * 20) / 66) * 3600;
    expect(total(page, 'mcp_detector_seconds_to_limit', memory) / left).toBeCloseTo(1, 1);
    expect(total(page, 'mcp_detector_watched_seconds', memory)).toBeGreaterThan(19 * 3600);
    expect(total(page, 'mcp_detector_evaluations_total')).toBe(80);
    expect(total(page, 'mcp_detector_last_evaluation_timestamp_seconds')).toBeCloseTo(
      (stage.clock.wallMs() - 15 * MINUTE_MS) / 1000,
    );
    expect(stage.snapshot()).toEqual({
      series: 2,
      watchedSeconds: expect.any(Number),
      rate: 1,
      verdicts: [
        { ...memory, state: 'urgent', text: expect.stringContaining('limit in'), brief: expect.any(String) },
      ],
    });
    const report = JSON.parse(JSON.stringify(stage.report()));
    expect(
      report.series.map(({ detector, state: worst }: Record<string, unknown>) => [detector, worst]),
    ).toEqual([
      ['memory', 'urgent'],
      ['sessions', 'none'],
    ]);
    const [first] = report.series;
    expect(first.verdict.rules.length).toBeGreaterThan(3);
    expect(first.evidence.points.length).toBeGreaterThan(20);
    expect(first.evidence.points[0]).toHaveLength(4);
    expect(first.timesToLimit.find(({ isInForce }: { isInForce: boolean }) => isInForce).limit).toBe(3 * GIB);
  });

  it('is held against the limit that was configured, then the cgroup, then the machine', async () => {
    const limitOf = async (config: Config, samples: (elapsedMs: number) => readonly Sample[]) => {
      const stage = await start(config);
      await stage.play(2 * HOUR_MS, samples);
      const [level] = select(await stage.page(), 'mcp_detector_limit_ratio', memory);
      return (300 * MIB) / (level?.value ?? 0) / MIB;
    };
    const without = (elapsedMs: number): readonly Sample[] =>
      steady(1)(elapsedMs).filter(({ name }) => name !== 'mcp_process_memory_limit_bytes');
    expect(await limitOf(configOf('--detectors.limits.memory', '1GiB'), steady(1))).toBeCloseTo(1024, -2);
    expect(await limitOf(configOf(), steady(1))).toBeCloseTo(4096, -2);
    expect(Math.abs((await limitOf(configOf(), without)) / (totalmem() / MIB) - 1)).toBeLessThan(0.05);
  });

  it('is not in a healthy server', async () => {
    const stage = await start();
    await stage.play(30 * HOUR_MS, steady(stage.clock.wallMs() / 1000));
    expect(stage.lines).toEqual([]);
    expect(stage.snapshot().verdicts).toEqual([]);
  });

  it('is over with a restart of the server', async () => {
    const stage = await start();
    const startSeconds = stage.clock.wallMs() / 1000;
    await stage.play(20 * HOUR_MS, leak(startSeconds));
    await stage.play(HOUR_MS, leak(startSeconds + 20 * 3600));
    expect(stage.lines.at(-1)).toMatch(/^info detector memory: none: /);
    expect(total(await stage.page(), 'mcp_detector_state', memory)).toBe(0);
  });
});

describe('what was never measured', () => {
  it('has no series', async () => {
    const stage = await start();
    await stage.play(HOUR_MS, () => []);
    const page = await stage.page();
    // Sessions are counted by the tap: none is a number.
    expect(select(page, 'mcp_detector_state').map(({ labels }) => labels['detector'])).toEqual(['sessions']);
    for (const name of [
      'mcp_detector_slope_per_hour',
      'mcp_detector_seconds_to_limit',
      'mcp_session_memory_bytes',
    ]) {
      expect(select(page, name)).toEqual([]);
    }
  });

  it('is nothing at all with the detectors off, and again after a reload', async () => {
    const off = configOf('--no-detectors.enabled');
    const stage = await start(off);
    await stage.play(HOUR_MS, steady(1));
    expect(select(await stage.page(), 'mcp_detector_state')).toEqual([]);
    expect(stage.snapshot().series).toBe(0);
    stage.config(configOf());
    await stage.play(HOUR_MS, steady(1));
    expect(select(await stage.page(), 'mcp_detector_state')).toHaveLength(2);
    stage.config(off);
    await stage.play(MINUTE_MS, steady(1));
    expect(select(await stage.page(), 'mcp_detector_state')).toEqual([]);
  });
});

describe('calls', () => {
  /** Calls of a tool at a pace, each of a duration. */
  const call = (stage: DetectorStage, tool: string, durationMs: number, times: number): void => {
    const observation = aCall({ target: { kind: 'tool', name: tool }, durationMs });
    for (let time = 0; time < times; time += 1) stage.observation.sink.call(observation);
  };

  it('are followed by tool: P50 from 5 and P99 from 100 in five minutes', async () => {
    const stage = await start(configOf('--detectors.latency-objectives', '{busy: 50ms}'));
    stage.observation.sink.declared('tool', ['busy', 'calm', 'rare']);
    await stage.play(2 * HOUR_MS, () => {
      call(stage, 'busy', 40, 30);
      call(stage, 'calm', 10, 2);
      return [];
    });
    call(stage, 'rare', 10, 4);
    await stage.play(5 * MINUTE_MS, () => []);
    const page = await stage.page();
    expect(
      select(page, 'mcp_detector_state', { detector: 'latency' }).map(({ labels }) => labels['series']),
    ).toEqual(['busy p50', 'busy p99', 'calm p50']);
    const busy = { detector: 'latency', series: 'busy p99' };
    expect(total(page, 'mcp_detector_limit_ratio', busy)).toBeCloseTo(0.8, 1);
    expect(select(page, 'mcp_tool_latency_seconds', { tool: 'rare' })).toEqual([]);
  });

  it('that slow down by 30 % in a day are seen before their objective is reached', async () => {
    const stage = await start(configOf('--detectors.latency-objectives', '{get_user: 250ms}'));
    const { toolLatency } = stage.observation;
    await stage.play(
      48 * HOUR_MS,
      (elapsedMs) => {
        const drift = 1 + (0.3 * elapsedMs) / (24 * HOUR_MS);
        for (let n = 0; n < 110; n += 1) {
          toolLatency.add('get_user', 120 * drift * (0.9 + (0.2 * ((n * 37) % 110)) / 110));
        }
        return [];
      },
      5 * MINUTE_MS,
    );
    const states = select(await stage.page(), 'mcp_detector_state', { series: 'get_user p99' });
    expect(states[0]?.value).toBeGreaterThanOrEqual(VERDICT_STATES.indexOf('ticket'));
  });
});

describe('sessions', () => {
  it('that are opened and never closed are counted exactly, against the limit that was told', async () => {
    const stage = await start(configOf('--detectors.limits.sessions', '400'));
    const { sink } = stage.observation;
    let opened = 0;
    await stage.play(24 * HOUR_MS, (elapsedMs) => {
      for (; opened < elapsedMs / (6 * MINUTE_MS); opened += 1) sink.sessionOpened('initialize');
      return [];
    });
    expect(stage.lines.filter((line) => line.includes('sessions')).at(-1)).toMatch(
      /^warn detector sessions: (ticket|urgent|page): grows (9\.\d+|10(\.\d)?)\/h/,
    );
  });

  it('tell how much memory one takes', async () => {
    const stage = await start();
    const { sink } = stage.observation;
    let open = 0;
    await stage.play(6 * HOUR_MS, (elapsedMs) => {
      const wanted = Math.round(20 + 15 * Math.sin(elapsedMs / (40 * MINUTE_MS)));
      for (; open < wanted; open += 1) sink.sessionOpened('initialize');
      for (; open > wanted; open -= 1)
        sink.sessionClosed('delete', 1000, 'streamable_http', undefined, undefined);
      return processSamples((200 + open * 3) * MIB, 1);
    });
    expect(total(await stage.page(), 'mcp_session_memory_bytes') / MIB).toBeCloseTo(3, 0);
  });
});

describe('a detector of your own', () => {
  const custom = (text: string): Config => configOf('--detectors.custom', text);

  it('follows any sample, the sum of what matches', async () => {
    const stage = await start(
      custom('{idle: {sample: "mcp_process_sockets{state=~\\"clos.*\\"}", limit: 100}}'),
    );
    const sockets = (state: string, value: number): Sample => ({
      name: 'mcp_process_sockets',
      labels: { state },
      value,
    });
    await stage.play(14 * HOUR_MS, (elapsedMs) => {
      const waiting = 4 + (3 * elapsedMs) / HOUR_MS;
      return [
        sockets('close_wait', Math.round(waiting)),
        sockets('closing', 10),
        sockets('established', 1000),
      ];
    });
    const page = await stage.page();
    expect(total(page, 'mcp_detector_limit_ratio', { detector: 'idle' })).toBeCloseTo(0.55, 1);
    expect(total(page, 'mcp_detector_state', { detector: 'idle' })).toBeGreaterThan(1);
  });

  it('follows the rate of a counter', async () => {
    const stage = await start(
      custom('{evictions: {sample: mcp_redis_evicted_keys_total, limit: 100, unit: per_second}}'),
    );
    await stage.play(2 * HOUR_MS, (elapsedMs) => [
      { name: 'mcp_redis_evicted_keys_total', labels: {}, value: (25 * elapsedMs) / 1000 },
    ]);
    expect(total(await stage.page(), 'mcp_detector_limit_ratio', { detector: 'evictions' })).toBeCloseTo(
      0.25,
      2,
    );
  });

  it('of a metric that there is not is told once', async () => {
    const stage = await start(custom('{nothing: {sample: mcp_nothing, limit: 100}}'));
    await stage.play(HOUR_MS, () => []);
    expect(stage.lines).toEqual([
      "warn detector nothing: want a metric of this sidecar that is not one of OpenTelemetry's, got mcp_nothing",
    ]);
  });

  it('begins anew when a reload gives it another series, and goes with its configuration', async () => {
    const idle = (limit: number, state: string): Config =>
      custom(`{idle: {sample: "mcp_process_sockets{state=\\"${state}\\"}", limit: ${limit}}}`);
    const watched = async (stage: DetectorStage): Promise<number> =>
      total(await stage.page(), 'mcp_detector_watched_seconds', { detector: 'idle' });
    const sockets = (): readonly Sample[] =>
      ['listen', 'established'].map((state) => ({
        name: 'mcp_process_sockets',
        labels: { state },
        value: 5,
      }));
    const stage = await start(idle(100, 'listen'));
    await stage.play(6 * HOUR_MS, sockets);
    stage.config(idle(200, 'listen'));
    await stage.play(HOUR_MS, sockets);
    expect(await watched(stage)).toBeGreaterThan(6 * 3600);
    stage.config(idle(200, 'established'));
    await stage.play(HOUR_MS, sockets);
    expect(await watched(stage)).toBeLessThan(3600 + 900);
    stage.config(configOf());
    await stage.play(MINUTE_MS, sockets);
    expect(await watched(stage)).toBe(0);
  });
});

describe('bounds', () => {
  it('hold for the number of series', async () => {
    const stage = await start(configOf('--tap.max-tools', '10000'));
    const { sink, toolLatency } = stage.observation;
    const names = Array.from({ length: 1200 }, (_, n) => `tool_${n}`);
    sink.declared('tool', names);
    for (const name of names) for (let n = 0; n < 5; n += 1) toolLatency.add(name, 10);
    await stage.play(6 * MINUTE_MS, () => []);
    const page = await stage.page();
    expect(total(page, 'mcp_vitals_detector_series')).toBe(1000);
    expect(total(page, 'mcp_vitals_detector_series_refused_total')).toBe(201);
  });
});

describe('what goes wrong with the measurements', () => {
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 0) },
  );
  const step = fc.record({
    /** undefined: the source could not read. */
    bytes: fc.option(value, { nil: undefined }),
    startSeconds: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    passMs: fc.constantFrom(0, 15_000, 15_000, 60_000, HOUR_MS, 40 * HOUR_MS),
    jumpMs: fc.constantFrom(0, 0, 0, 1000, -1000, -HOUR_MS, 30 * HOUR_MS, -400 * HOUR_MS),
  });

  it('does no harm: it neither throws, nor alarms, nor says what nobody knows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const stage = await startStage(configOf());
        for (const { bytes, startSeconds, passMs, jumpMs } of steps) {
          stage.observation.board.put('process', [
            ...(bytes === undefined ? [] : processSamples(bytes, startSeconds ?? 0)),
          ]);
          await stage.tick();
          stage.clock.pass(passMs);
          stage.clock.jump(jumpMs);
        }
        stage.clock.pass(HOUR_MS);
        await stage.tick();
        expect(stage.lines.filter((line) => line.startsWith('error'))).toEqual([]);
        for (const sample of await stage.page()) {
          if (sample.name.startsWith('mcp_detector_'))
            expect([sample.name, Number.isFinite(sample.value)]).toEqual([sample.name, true]);
        }
        expect(() => JSON.stringify(stage.report())).not.toThrow();
        await stage.stop();
      }),
      { numRuns: 40 },
    );
  });

  it('does not keep a leak from being found', async () => {
    const stage = await start();
    const startSeconds = stage.clock.wallMs() / 1000;
    const whole = leak(startSeconds);
    let minute = 0;
    await stage.play(22 * HOUR_MS, (elapsedMs) => {
      minute += 1;
      // A failed reading now and then, an hour's outage, and a clock that NTP moves.
      if (minute % 13 === 0 || (minute > 300 && minute < 360)) return [];
      if (minute % 97 === 0) return processSamples(Number.NaN, startSeconds);
      if (minute % 240 === 0) stage.clock.jump(minute % 480 === 0 ? 1500 : -1500);
      return whole(elapsedMs);
    });
    expect(total(await stage.page(), 'mcp_detector_state', memory)).toBe(VERDICT_STATES.indexOf('urgent'));
  });
});
