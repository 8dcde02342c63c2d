import { describe, expect, it } from '@jest/globals';
import { COMPETITORS } from '../../evaluation/competitors.ts';
import { mannKendallScore, theilSenSlope } from '../../evaluation/mann-kendall.ts';
import { waitFor } from '../../evaluation/method.ts';
import { RegressionBins } from '../../evaluation/regression-bins.ts';

const HOUR_MS = 3_600_000;

function binsOf(hours: number, share: (hour: number) => number): RegressionBins {
  const bins = new RegressionBins();
  for (let atMs = 0; atMs <= hours * HOUR_MS; atMs += 60_000) {
    bins.add({ atMs: atMs + 1.7e12, value: 500 * share(atMs / HOUR_MS), limit: 500 });
  }
  return bins;
}

const alarmed = (bins: RegressionBins): readonly string[] =>
  COMPETITORS.filter(({ holds }) => holds(bins)).map(({ name }) => name.replace(/ .*/, ''));

describe('RegressionBins', () => {
  it('fits the line of the last hours only', () => {
    const line = binsOf(20, (hour) => (hour < 12 ? 0.2 : 0.2 + 0.01 * (hour - 12))).line(6);
    expect(line?.slopePerHour).toBeCloseTo(0.01, 6);
    expect(line?.atEnd).toBeCloseTo(0.28, 2);
    expect(line?.explained).toBeCloseTo(1, 6);
    expect(line?.spanHours).toBeCloseTo(5.9, 0);
  });

  it('leaves out what is not finite, and has no line of a single bin', () => {
    const bins = binsOf(3, (hour) => (hour > 1 && hour < 2 ? Number.NaN : 0.5));
    expect(bins.line(3)?.slopePerHour).toBeCloseTo(0, 9);
    expect(binsOf(0.1, () => 0.5).line(1)).toBeUndefined();
  });
});

describe('Mann–Kendall and Theil–Sen', () => {
  it('agree with figures worked out by hand', () => {
    const values = Float64Array.from([1, 3, 2, 4, 5]);
    // S = 8, variance 5·4·15/18.
    expect(mannKendallScore(values)).toBeCloseTo(7 / Math.sqrt(300 / 18), 9);
    expect(theilSenSlope(values)).toBeCloseTo(1, 9);
    expect(mannKendallScore(values.toReversed())).toBeCloseTo(-7 / Math.sqrt(300 / 18), 9);
  });
});

describe('waitFor', () => {
  it('raises an alarm once a rule has held so long without a break', () => {
    const wait = waitFor(0.5);
    const answers = [true, true, true, false, true].map((holds, turn) => wait(holds, turn * 900_000));
    expect(answers).toEqual([false, false, true, false, false]);
  });
});

describe('the usual methods', () => {
  it('are silent on a level', () => {
    expect(alarmed(binsOf(30, () => 0.5))).toEqual([]);
  });

  it('all see a line that is nearly through', () => {
    expect(alarmed(binsOf(30, (hour) => 0.2 + 0.026 * hour))).toHaveLength(COMPETITORS.length);
  });

  it('take a warm-up for a leak, most of them', () => {
    expect(alarmed(binsOf(7, (hour) => 0.3 + 0.3 * (1 - Math.exp(-hour / 8)))).length).toBeGreaterThanOrEqual(
      3,
    );
  });
});
