import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { compareReports, SIGNIFICANCE } from '../../src/bench/compare-reports.ts';
import { holm } from '../../src/bench/holm.ts';
import { mannWhitney, smallestPValue } from '../../src/bench/mann-whitney.ts';
import { shiftRatio } from '../../src/bench/shift-interval.ts';
import { spreadOf } from '../../src/bench/spread.ts';
import { figures, report, run } from './sample-runs.ts';

// Thousands of comparisons are much for a machine that has other work.
jest.setTimeout(120_000);
// The same samples each time: what fails once fails again.
fc.configureGlobal({ seed: 20_100 });

/** Random numbers of a seed (mulberry32), and normal ones of them (Box & Muller). */
function randomOf(seed: number) {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Every way to choose so many of the positions. */
function choices(n: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: n - from }, (_, i) => from + i).flatMap((first) =>
    choices(n, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

/** The p-value by trying every division of the pooled values. */
function byEnumeration(first: readonly number[], second: readonly number[]): number {
  const all = [...first, ...second];
  const u = (positions: readonly number[]) => {
    const chosen = new Set(positions);
    const others = all.filter((_, i) => !chosen.has(i));
    return positions.reduce(
      (sum, i) =>
        sum + others.reduce((each, b) => each + ((all[i] ?? 0) > b ? 1 : (all[i] ?? 0) === b ? 0.5 : 0), 0),
      0,
    );
  };
  const middle = (first.length * second.length) / 2;
  const far = Math.abs(u(second.map((_, i) => first.length + i)) - middle);
  const divisions = choices(all.length, second.length);
  return divisions.filter((each) => Math.abs(u(each) - middle) >= far).length / divisions.length;
}

describe('the Mann–Whitney test', () => {
  // From the exact distribution of U (Mann & Whitney 1947, table I): P(U <= u), doubled.
  it.each([
    { first: [1, 2, 3], second: [4, 5, 6], p: 0.1 },
    { first: [1, 2, 3, 4], second: [5, 6, 7, 8], p: 2 / 70 },
    { first: [1, 2, 3, 4, 5], second: [6, 7, 8, 9, 10], p: 2 / 252 },
    { first: [1, 2, 3, 4, 6], second: [5, 7, 8, 9, 10], p: 4 / 252 },
    { first: [1, 3, 5], second: [2, 4, 6], p: 0.7 },
  ])('of $first and $second gives $p', ({ first, second, p }) => {
    expect(mannWhitney(first, second).pValue).toBeCloseTo(p, 12);
  });

  it('counts every division, with ties too', () => {
    const sample = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        expect(mannWhitney(first, second).pValue).toBeCloseTo(byEnumeration(first, second), 12);
      }),
      { numRuns: 200 },
    );
  });

  it('says nothing of samples that are all the same', () => {
    expect(mannWhitney([5, 5, 5], [5, 5, 5])).toEqual({ pValue: 1, superiority: 0.5 });
  });

  it('is the same both ways round, and under any change of unit', () => {
    const sample = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const forth = mannWhitney(first, second);
        const back = mannWhitney(second, first);
        expect(back.pValue).toBeCloseTo(forth.pValue, 12);
        expect(back.superiority).toBeCloseTo(1 - forth.superiority, 12);
        const inOtherUnit = mannWhitney(first.map(Math.log), second.map(Math.log));
        expect(inOtherUnit.pValue).toBeCloseTo(forth.pValue, 12);
      }),
    );
  });

  it('knows the least that so few values can give', () => {
    expect([smallestPValue(1, 1), smallestPValue(3, 3), smallestPValue(5, 5)]).toEqual([1, 0.1, 2 / 252]);
  });
});

describe('Holm', () => {
  it('adjusts the smallest for all, the next for those left, and keeps their order', () => {
    expect(holm([0.04, 0.01, 0.03, 0.005])).toEqual([0.06, 0.03, 0.06, 0.02]);
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('the interval of a ratio', () => {
  it('is that of the 5 and 5 runs: 96.8 %, between the third ratio from either end', () => {
    const found = shiftRatio([100, 101, 102, 103, 104], [110, 111, 112, 113, 114]);
    expect(found?.ratio).toBeCloseTo(1.098, 3);
    // P(U <= 2) of 5 and 5 is 4/252, so that 1 - 2 * 4/252 is the confidence nearest above 95 %.
    expect(found?.confidence).toBeCloseTo(1 - 8 / 252, 12);
    expect(found?.low).toBeCloseTo(110 / 103, 12);
    expect(found?.high).toBeCloseTo(114 / 101, 12);
  });

  it('holds the true factor at least as often as it says', () => {
    const { normal } = randomOf(7);
    let [held, all, claimed] = [0, 2000, 0];
    for (let i = 0; i < all; i += 1) {
      const draw = (factor: number) => Array.from({ length: 5 }, () => factor * Math.exp(0.05 * normal()));
      const found = shiftRatio(draw(100), draw(130));
      claimed = found?.confidence ?? 0;
      if (found && found.low <= 1.3 && 1.3 <= found.high) held += 1;
    }
    // Three standard errors of a share of 2,000.
    expect(held / all).toBeGreaterThan(claimed - 3 * Math.sqrt((claimed * (1 - claimed)) / all));
  });

  it('says with few runs how little it is worth', () => {
    expect(shiftRatio([1, 2], [3, 4])?.confidence).toBeCloseTo(1 - 2 / 6, 12);
    expect(shiftRatio([0, 1], [1, 2])).toBeUndefined();
  });
});

describe('the spread of runs', () => {
  it('has median, ends and the coefficient of variation', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({
      runs: 4,
      median: 2.5,
      min: 1,
      max: 4,
      variationRatio: Math.sqrt(5 / 3) / 2.5,
    });
    expect(spreadOf([7])).toEqual({ runs: 1, median: 7, min: 7, max: 7 });
  });
});

describe('a comparison of reports', () => {
  /** Reports of five runs each, with noise that throughput and latency share as they do in a closed loop. */
  function drawn(seed: number, { runs = 5, noise = 0.03, shift = 1 }) {
    const { normal } = randomOf(seed);
    const some = (factor: number) =>
      report(
        ...Array.from({ length: runs }, () => {
          const slow = factor * Math.exp(noise * normal());
          const tail = Math.exp(noise * normal());
          const base = figures(5000, 0, 850 / slow, 45 * slow);
          const latency = base.latency && {
            ...base.latency,
            p95Ms: base.latency.p95Ms * tail,
            p99Ms: base.latency.p99Ms * tail * Math.exp(noise * normal()),
          };
          return run({ ...base, ...(latency && { latency }) });
        }),
      );
    return compareReports(some(1), some(shift));
  }
  const says = (change: ReturnType<typeof compareReports>, ...kinds: string[]) =>
    change.profiles.some(({ figures: all }) => all.some(({ verdict }) => kinds.includes(verdict.kind)));

  const seeds = Array.from({ length: 2000 }, (_, i) => i + 1);

  it(`calls equal servers different in at most ${SIGNIFICANCE * 100} % of all comparisons`, () => {
    const wrong = seeds.filter((seed) => says(drawn(seed, {}), 'worse', 'better')).length / seeds.length;
    expect(wrong).toBeLessThanOrEqual(SIGNIFICANCE);
  });

  // The shares of docs/benchmarks.md, each with the runs' coefficient of variation.
  it.each([
    { runs: 5, noise: 0.02, least: 0.98 },
    { runs: 5, noise: 0.03, least: 0.84 },
    { runs: 8, noise: 0.05, least: 0.7 },
  ])(
    'finds a server that became 10 % slower in $least of comparisons of $runs runs that vary by $noise',
    (each) => {
      const some = seeds.slice(0, 500);
      const found = some.filter((seed) => says(drawn(seed, { ...each, shift: 1.1 }), 'worse')).length;
      expect(found / some.length).toBeGreaterThan(each.least);
    },
  );

  it('never takes the slower one for the faster', () => {
    expect(seeds.slice(0, 500).filter((seed) => says(drawn(seed, { shift: 1.1 }), 'better'))).toEqual([]);
  });

  it('cannot tell with 3 runs, however far apart they are', () => {
    const { profiles } = drawn(1, { runs: 3, shift: 2 });
    const verdicts = profiles[0]?.figures.map(({ verdict }) => verdict) ?? [];
    expect(verdicts.length).toBe(5);
    for (const verdict of verdicts) expect(verdict).toEqual({ kind: 'unsure', runsNeeded: 5 });
  });
});
