import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compareWithDocument,
  documentRun,
  replayDocument,
} from '../../src/baselines/autoscaling-comparison.ts';
import { documentHpa } from '../../src/baselines/document-hpa.ts';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { simulateHpa, type SimulatedRun } from '../../src/baselines/hpa-simulation.ts';
import { interpolate } from '../../src/baselines/interpolate.ts';
import { pooledP99 } from '../../src/baselines/pooled-percentile.ts';
import { cpuCurve, instanceShare, p99Curve } from '../../src/baselines/load-curves.ts';

const { autoscaling, results } = documentTables;
const document = documentRun(documentTables);
const simulate = (part: Partial<SimulatedRun>) => simulateHpa(documentTables, { ...document, ...part });

/** The load of the time line's rows, straight between them. */
const byRows = (second: number): number =>
  interpolate(
    autoscaling.rows.map((row) => [row.minute * 60, row.requestsPerSecond] as const),
    second,
  ).value;

describe('the auto-scaling test of the document, replayed', () => {
  const replay = replayDocument(documentTables);
  const comparison = compareWithDocument(documentTables, replay);

  it('has the instances of the time line in each of its seven rows', () => {
    expect(comparison.rows.map(({ simulated }) => simulated.replicas)).toEqual([2, 2, 3, 4, 5, 6, 7]);
    expect(comparison.instancesOff).toBe(0);
  });

  it('has its five scale-ups, each by CPU and by one instance', () => {
    expect(comparison.scaleUps).toEqual({ document: 5, simulated: 5 });
    expect(replay.steps.map(({ from, to, metric }) => [from, to, metric])).toEqual([
      [2, 3, 'cpu'],
      [3, 4, 'cpu'],
      [4, 5, 'cpu'],
      [5, 6, 'cpu'],
      [6, 7, 'cpu'],
    ]);
  });

  it('is within 4 points of its CPU, and within 11 % of its P99', () => {
    expect(comparison.cpuOff).toBeLessThan(0.04);
    expect(Math.abs(comparison.p99Ms.simulated / comparison.p99Ms.document - 1)).toBeLessThan(0.11);
  });

  it('costs little more than half of seven instances all the time, not 95 %', () => {
    expect(comparison.costRatio).toBeGreaterThan(0.5);
    expect(comparison.costRatio).toBeLessThan(0.6);
  });

  it.each([
    ['readings of 0 s', { metricLagSeconds: 0 }, 0],
    ['readings of 60 s', { metricLagSeconds: 60 }, 0],
    ['pods that serve after 10 s', { podStartSeconds: 10 }, 0],
    ['pods that serve after 120 s', { podStartSeconds: 120 }, 0],
    ['the load of its rows in place of the straight increase', { loadAt: byRows }, 0],
    ['those, and readings of 60 s', { loadAt: byRows, metricLagSeconds: 60 }, 1],
  ])('with %s is off by no more than that many instances', (_, part, off) => {
    expect(compareWithDocument(documentTables, simulate(part)).instancesOff).toBeLessThanOrEqual(off);
  });

  it('cannot come out of the metric of requests, nor of the CPU of the baseline', () => {
    const requestsOnly = simulate({
      spec: { ...documentHpa(documentTables), metrics: documentHpa(documentTables).metrics.slice(2) },
    });
    const baselineCpu = simulate({ cpuSource: 'baseline' });
    expect([requestsOnly.mostReplicas, baselineCpu.mostReplicas]).toEqual([4, 4]);
    // The tolerance lets pods take more than they carry before one is added.
    expect(baselineCpu.secondsOverCapacity).toBeGreaterThan(60);
  });
});

describe('a simulated run', () => {
  it('asks for more as soon as the readings show it, decides after the window, and serves after the start', () => {
    const step = simulate({ loadAt: (second) => (second < 300 ? 100 : 1200), durationSeconds: 900 }).steps[0];
    expect(step).toEqual({
      atSeconds: 375,
      from: 2,
      to: 3,
      metric: 'cpu',
      wantedAtSeconds: 330,
      readyAtSeconds: 417,
    });
  });

  it('gives instances back after a spike, a quarter every two minutes, five minutes later', () => {
    const { steps } = simulate({
      loadAt: (second) => (second < 600 ? 3000 : 100),
      durationSeconds: 2400,
    });
    const downs = steps.filter(({ from, to }) => to < from);
    expect(downs.length).toBeGreaterThan(2);
    expect(downs[0]?.atSeconds).toBeGreaterThanOrEqual(600 + 300);
    for (const { from, to } of downs) expect(from - to).toBeLessThanOrEqual(Math.ceil(from / 4));
    expect(downs.at(-1)?.to).toBe(2);
  });

  it('says for how long the load was more than the instances carry', () => {
    const spec = { ...documentHpa(documentTables), maxReplicas: 2 };
    const full = simulate({ spec, loadAt: (second) => (second < 100 ? 1680 : 1681), durationSeconds: 199 });
    expect(full.secondsOverCapacity).toBe(100);
    expect(full.mostReplicas).toBe(2);
  });

  it('holds the limits and starts where it should, whatever the load', () => {
    const loads = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(loads, fc.integer({ min: 0, max: 90 }), (load, metricLagSeconds) => {
        const { moments, steps } = simulate({
          loadAt: (second) => load[Math.floor(second / 100)] ?? load.at(-1) ?? 0,
          durationSeconds: 1200,
          metricLagSeconds,
        });
        const { minReplicas, maxReplicas } = autoscaling;
        const wrong = moments.filter(
          ({ replicas, ready }) =>
            replicas < minReplicas || replicas > maxReplicas || ready < 1 || ready > replicas,
        );
        expect(wrong).toEqual([]);
        expect(steps.every(({ atSeconds }) => atSeconds % 15 === 0)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the curves of load', () => {
  it.each(autoscaling.rows)('have the CPU of the time line at minute $minute', (row) => {
    const { value } = cpuCurve(documentTables, 'timeline')(row.requestsPerSecond / row.instances);
    expect(value).toBeCloseTo(row.cpuRatio);
  });

  it.each([
    ['the quiet phase of the spike test', 98, 85],
    ['the first hour of the endurance test', 398, 145],
    ["the baseline's results", 850, 280],
    ['the spike', 1450, 1850],
  ])('have the P99 of %s', (_, perSecond, p99Ms) => {
    const cpu = cpuCurve(documentTables, 'baseline')(perSecond).value;
    expect(p99Curve(documentTables)(cpu).value).toBeCloseTo(p99Ms);
  });

  it.each([
    [1, 1, false],
    [3, 835 / 850, false],
    [16, 775 / 850, false],
    [20, (775 - 4 * 4.375) / 850, true],
  ])('have what each of %d instances carries', (instances, share, beyond) => {
    expect(instanceShare(documentTables, instances)).toEqual({ value: expect.closeTo(share), beyond });
  });
});

describe('the P99 of several stretches together', () => {
  const shape = {
    p50Ms: results.p50Ms ?? 0,
    p95Ms: results.p95Ms ?? 0,
    p99Ms: results.p99Ms,
    p999Ms: results.p999Ms ?? 0,
  };

  it('of equal ones is theirs', () => {
    expect(
      pooledP99(
        [
          { requests: 10, p99Ms: 300 },
          { requests: 90, p99Ms: 300 },
        ],
        shape,
      ),
    ).toBeCloseTo(300, 0);
  });

  it('is that of the slow ones where these are many, and not their mean', () => {
    const pooled = pooledP99(
      [
        { requests: 50, p99Ms: 100 },
        { requests: 50, p99Ms: 1000 },
      ],
      shape,
    );
    expect(pooled).toBeGreaterThan(650);
    expect(pooled).toBeLessThan(1000);
  });

  it('is near that of the fast ones where the slow ones are few', () => {
    expect(
      pooledP99(
        [
          { requests: 9990, p99Ms: 280 },
          { requests: 10, p99Ms: 2800 },
        ],
        shape,
      ),
    ).toBeLessThan(300);
  });

  it('of nothing is 0', () => {
    expect(pooledP99([], shape)).toBe(0);
  });
});
