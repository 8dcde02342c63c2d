import { describe, expect, it } from '@jest/globals';
import { checkThresholds } from '../../src/bench/check-thresholds.ts';
import { compareWithBaseline } from '../../src/bench/compare-with-baseline.ts';
import { parseThreshold } from '../../src/bench/threshold.ts';
import type { BenchRun } from '../../src/bench/bench-report.ts';
import type { ExpectedFigure } from '../../src/model/bench-figure.ts';
import { figures, run } from './sample-runs.ts';

const SOURCE = 'Baseline Results';
const RUN = { of: 'run' } as const;
const expected: readonly ExpectedFigure[] = [
  { scope: RUN, measure: 'throughput', value: 850, source: SOURCE },
  { scope: RUN, measure: 'p99', value: 280, source: SOURCE },
  { scope: RUN, measure: 'errors', value: 0.0002, source: SOURCE },
  { scope: { of: 'tool', tool: 'get_user' }, measure: 'p99', value: 180, source: 'Simple Tool Execution' },
];
const phases: readonly ExpectedFigure[] = [
  { scope: { of: 'phase', phase: 'baseline' }, measure: 'p99', value: 85, source: 'Spike Load Test' },
  { scope: { of: 'phase', phase: 'spike' }, measure: 'p99', value: 1850, source: 'Spike Load Test' },
];

describe('a threshold', () => {
  it.each([
    ['p99>1.2x', { measure: 'p99', fails: 'above', limit: { timesBaseline: 1.2 } }],
    ['p99.9 > 1.5s', { measure: 'p99.9', fails: 'above', limit: { value: 1500 } }],
    ['throughput<800/s', { measure: 'throughput', fails: 'below', limit: { value: 800 } }],
    ['errors>2%', { measure: 'errors', fails: 'above', limit: { value: 0.02 } }],
    ['memory>2GiB', { measure: 'memory', fails: 'above', limit: { value: 2 * 1024 ** 3 } }],
    ['recovery>3m', { measure: 'recovery', fails: 'above', limit: { value: 180 } }],
    ['tool:get_user:p99>300ms', { tool: 'get_user', measure: 'p99', limit: { value: 300 } }],
    ['tool:a:b:p50>1x', { tool: 'a:b', measure: 'p50', limit: { timesBaseline: 1 } }],
  ])('%s is read', (text, meant) => {
    expect(parseThreshold(text)).toMatchObject({ ok: true, threshold: meant });
  });

  it.each([
    ['', '--fail-on "": want MEASURE>VALUE or MEASURE<VALUE, e.g. p99>1.2x, got nothing'],
    ['p99=1.2x', '--fail-on "p99=1.2x": want MEASURE>VALUE or MEASURE<VALUE, e.g. p99>1.2x, got "p99=1.2x"'],
    [
      'p98>1.2x',
      '--fail-on "p98>1.2x": want one of p50, p75, p90, p95, p99, p99.9, mean, max, throughput, errors, cpu, memory, recovery, got "p98"',
    ],
    [
      'p99>5%',
      '--fail-on "p99>5%": want a latency such as 300ms or 1.5s, or a multiple of the baseline such as 1.2x, got "5%"',
    ],
    [
      'throughput<800',
      '--fail-on "throughput<800": want a rate such as 800/s, or a multiple of the baseline such as 1.2x, got "800"',
    ],
    [
      'errors>',
      '--fail-on "errors>": want a share such as 2%, or a multiple of the baseline such as 1.2x, got nothing',
    ],
    ['tool:p99>1x', '--fail-on "tool:p99>1x": want tool:NAME:MEASURE, got "tool:p99"'],
    ['tool:a:cpu>1x', '--fail-on "tool:a:cpu>1x": want a latency, throughput or errors of a tool, got cpu'],
  ])('%j gets one clear line', (text, problem) => {
    expect(parseThreshold(text)).toEqual({ ok: false, problem });
  });
});

describe('a run', () => {
  const slow: Partial<BenchRun> = {
    ...figures(5000, 150, 700, 70),
    tools: [{ tool: 'get_user', ...figures(5000, 150, 700, 70) }],
  };
  const breaches = (text: string, other: Partial<BenchRun> = {}, figuresOf = expected): readonly string[] => {
    const parsed = parseThreshold(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    const comparison = compareWithBaseline([run(other)], { figures: figuresOf, remarks: [] });
    return checkThresholds([comparison], [parsed.threshold]);
  };

  it.each([
    ['p99>1.2x', `p99>1.2x: medium: P99 is 420 ms, 1.5× the 280 ms of ${SOURCE}`],
    ['p99>300ms', 'p99>300ms: medium: P99 is 420 ms'],
    ['throughput<0.9x', `throughput<0.9x: medium: throughput is 700/s, 0.824× the 850/s of ${SOURCE}`],
    ['errors>2%', 'errors>2%: medium: errors are 3 %'],
    [
      'tool:get_user:p99>1.2x',
      'tool:get_user:p99>1.2x: medium, tool get_user: P99 is 420 ms, 2.33× the 180 ms of Simple Tool Execution',
    ],
    ['cpu>90%', 'cpu>90%: medium: want CPU measured, got no such figure'],
    ['tool:other:p99>1s', 'tool:other:p99>1s: medium: want P99 of tool other measured, got no such figure'],
    ['p75>1.2x', 'p75>1.2x: medium: want a baseline to compare P75 with, got none'],
  ])('that breaks %s gets the line of it', (text, breach) => {
    expect(breaches(text, slow)).toEqual([breach]);
  });

  it.each(['p99>1.2x', 'p99>300ms', 'throughput<0.9x', 'errors>2%', 'p99>1x', 'throughput<850/s'])(
    'that is as the baseline has it keeps %s',
    (text) => {
      expect(breaches(text)).toEqual([]);
    },
  );

  it('is held by its phases where the baseline states nothing else', () => {
    const spike = {
      profile: 'spike',
      phases: [
        { phase: 'baseline', durationSeconds: 300, ...figures(30_000, 0, 100, 10) },
        { phase: 'spike', durationSeconds: 120, ...figures(240_000, 0, 2000, 400) },
      ],
    };
    expect(breaches('p99>1.2x', spike, phases)).toEqual([
      'p99>1.2x: spike, phase spike: P99 is 2,400 ms, 1.3× the 1,850 ms of Spike Load Test',
    ]);
  });

  it('that did not recover breaks any limit of the recovery', () => {
    const lost = { recovery: { recovered: false, watchedSeconds: 300 } } as const;
    expect(breaches('recovery>10m', lost)).toEqual(['recovery>10m: medium: not recovered within 5 min']);
    expect(breaches('recovery>60s', { recovery: { recovered: true, seconds: 59 } })).toEqual([]);
  });

  it('in which no request was answered passes no limit of latency', () => {
    const dead = { requests: 10, ok: 0, errors: { timeout: 10 }, throughputPerSecond: 0 };
    const { latency: _latency, ...other } = run(dead);
    const comparison = compareWithBaseline([other], { figures: expected, remarks: [] });
    const parsed = parseThreshold('p99>10s');
    expect(parsed.ok && checkThresholds([comparison], [parsed.threshold])).toEqual([
      'p99>10s: medium: want P99 measured, got no such figure',
    ]);
  });
});
