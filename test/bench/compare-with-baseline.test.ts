import { describe, expect, it } from '@jest/globals';
import { baselineInForce } from '../../src/baselines/baseline-in-force.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { expectProfile } from '../../src/baselines/expect-profile.ts';
import { GIB } from '../../src/baselines/gib.ts';
import type { BenchRun } from '../../src/bench/bench-report.ts';
import { compareWithBaseline, figureKey } from '../../src/bench/compare-with-baseline.ts';
import { judgeFigure } from '../../src/bench/judge-figure.ts';
import { spreadOf } from '../../src/bench/spread.ts';
import type { ServerSetUp } from '../../src/model/server-set-up.ts';
import { figures, run } from './sample-runs.ts';

const baseline = (setUp: ServerSetUp = {}) => ({
  tables: documentTables,
  own: {},
  ...baselineInForce(documentTables, {}, setUp),
});

/** Lines `part measure: live, expected, verdict` of those figures that something is expected of. */
function lines(runs: readonly [BenchRun, ...BenchRun[]], setUp: ServerSetUp = {}): string[] {
  const [{ profile: name, intendedPerSecond: rate }] = runs;
  const expectation = expectProfile(baseline(setUp), {
    name,
    ...(rate !== undefined && { intendedPerSecond: rate }),
  });
  return compareWithBaseline(runs, expectation).figures.flatMap((figure) => {
    const { live, expected } = figure;
    if (expected === undefined) return [];
    const short = (value: number) => Number(value.toPrecision(3));
    return [`${figureKey(figure)}: ${short(live)}, ${short(expected.value)}, ${expected.verdict.word}`];
  });
}

describe('each profile is held against its table of the document', () => {
  it('closed loops against Baseline Results', () => {
    const tools = [{ tool: 'get_user', ...figures(5000, 0, 850, 45) }];
    expect(lines([run({ tools })])).toEqual([
      'run throughput: 850, 850, as expected',
      'run p50: 45, 45, as expected',
      'run p95: 135, 120, slower',
      'run p99: 270, 280, as expected',
      'run p99.9: 630, 650, too few requests to tell',
      'run errors: 0, 0.0002, as expected',
      'tool get_user p99: 270, 180, slower',
    ]);
  });

  it('a rate of its own is all that can be expected of an open loop', () => {
    expect(lines([run({ profile: 'mine', intendedPerSecond: 200, ...figures(5000, 0, 199, 45) })])[0]).toBe(
      'run throughput: 199, 200, as expected',
    );
  });

  it('sustained against the sustained test', () => {
    const server = { cpuRatio: { average: 0.9, max: 1 }, memoryBytes: { average: GIB, max: GIB } };
    const found = lines([
      run({ profile: 'sustained', intendedPerSecond: 850, ...figures(1_530_000, 306, 850, 45), server }),
    ]);
    expect(found).toEqual(
      expect.arrayContaining([
        'run min: 11.3, 12, as expected',
        'run p75: 76.5, 78, as expected',
        'run p90: 99, 145, faster',
        'run p99.9: 630, 820, faster',
        'run max: 2250, 2450, as expected',
        'run errors: 0.0002, 0.0002, as expected',
        'run cpu: 0.9, 0.65, more',
        `run memory: ${Number(GIB.toPrecision(3))}, ${Number((2.1 * GIB).toPrecision(3))}, less`,
      ]),
    );
  });

  it('spike by its phases, with the recovery', () => {
    const phases = [
      { phase: 'baseline', durationSeconds: 300, ...figures(30_000, 30, 98, 14) },
      { phase: 'spike', durationSeconds: 120, ...figures(240_000, 90_000, 1250, 300) },
    ];
    expect(lines([run({ profile: 'spike', phases, recovery: { recovered: true, seconds: 40 } })])).toEqual([
      'run recovery: 40, 145, sooner',
      'phase baseline throughput: 98, 98, as expected',
      'phase baseline p99: 84, 85, as expected',
      'phase baseline errors: 0.001, 0.001, as expected',
      'phase spike throughput: 1250, 1450, lower',
      'phase spike p99: 1800, 1850, as expected',
      'phase spike errors: 0.375, 0.275, more',
    ]);
  });

  it('endurance by the hours that the table has', () => {
    const hour = (n: number) => ({
      hour: n,
      durationSeconds: 3600,
      ...figures(1_440_000, 144, 398, 24),
      connections: { average: 70, max: 71 },
    });
    expect(lines([run({ profile: 'endurance', hours: [hour(1), hour(2), hour(4)] })])).toEqual([
      'hour 1 throughput: 398, 398, as expected',
      'hour 1 p99: 144, 145, as expected',
      'hour 1 errors: 0.0001, 0.0001, as expected',
      'hour 1 connections: 70, 48, more',
      'hour 4 throughput: 398, 395, as expected',
      'hour 4 p99: 144, 152, as expected',
      'hour 4 errors: 0.0001, 0.0001, as expected',
      'hour 4 connections: 70, 49, more',
    ]);
  });

  it('autoscaling by the minutes of the ramp, whatever the time scale', () => {
    const slices = [0, 1, 2, 3, 4, 5].map((i) => ({
      atSeconds: i * 6,
      durationSeconds: 6,
      instances: 2,
      ...figures(1000, 0, 100 + i * 80, 20),
    }));
    const { plan } = run();
    const found = lines([run({ profile: 'autoscaling', slices, plan: { ...plan, timeScale: 0.1 } })]);
    expect(found).toEqual([
      'run p99: 270, 320, faster',
      'minute 0 throughput: 100, 100, as expected',
      'minute 0 instances: 2, 2, as expected',
      'minute 5 throughput: 500, 500, as expected',
      'minute 5 instances: 2, 2, as expected',
    ]);
  });

  it('scaling by the number of instances, with the efficiency', () => {
    const scaling = [
      { instances: 1, ...figures(5000, 0, 1000, 45) },
      { instances: 4, ...figures(5000, 0, 3000, 45) },
    ];
    expect(lines([run({ profile: 'scaling', scaling })])).toEqual([
      '1 instance throughput: 1000, 850, higher',
      '1 instance p99: 270, 280, as expected',
      '1 instance efficiency: 1, 1, as expected',
      '4 instances throughput: 3000, 3320, as expected',
      '4 instances p99: 270, 290, as expected',
      '4 instances efficiency: 0.75, 0.976, lower',
    ]);
  });

  it('tools by each tool alone, batches by their size', () => {
    const tools = [
      { tool: 'get_user', ...figures(5000, 0, 900, 30) },
      { tool: 'process_batch', batchSize: 50, ...figures(5000, 0, 45, 200) },
    ];
    expect(lines([run({ profile: 'tools', tools })])).toEqual([
      'tool get_user throughput: 900, 1200, lower',
      'tool get_user p99: 180, 180, as expected',
      'tool process_batch × 50 throughput: 45, 45, as expected',
      'tool process_batch × 50 p99: 1200, 1200, as expected',
    ]);
  });

  it('Baseline Results are moved to the set-up that is stated', () => {
    expect(lines([run()], { workers: 2 })).toContain('run throughput: 850, 520, higher');
  });
});

describe('repeated runs', () => {
  it('do not contradict a figure that lies between them', () => {
    const runs = [600, 700, 1100].map((rate) => run(figures(5000, 0, rate, 45)));
    expect(lines([runs[0] ?? run(), ...runs.slice(1)])[0]).toBe('run throughput: 700, 850, as expected');
  });

  it('are worth their requests together', () => {
    const ten = Array.from({ length: 9 }, () => run());
    expect(lines([run(), ...ten])).toContain('run p99.9: 630, 650, as expected');
  });
});

describe('errors are counted, not divided', () => {
  it.each([
    { failed: 1, requests: 1000, word: 'as expected' },
    { failed: 3, requests: 1000, word: 'more' },
    { failed: 0, requests: 100_000, word: 'fewer' },
    { failed: 28, requests: 100_000, word: 'as expected' },
    { failed: 30, requests: 100_000, word: 'more' },
    { failed: 2000, requests: 10_000_000, word: 'as expected' },
    { failed: 2300, requests: 10_000_000, word: 'more' },
  ])('$failed of $requests, where 0.02 % are expected: $word', ({ failed, requests, word }) => {
    expect(judgeFigure('errors', spreadOf([failed / requests]), 0.0002, requests).word).toBe(word);
  });
});
