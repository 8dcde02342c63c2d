/** Result of a two-sided Mann–Whitney test. */
export interface RankTest {
  /** Chance of a difference as great as this, or greater, where the runs come from one distribution. */
  readonly pValue: number;
  /** Chance that a value of the second sample is above one of the first, ties halved: 0.5 is no effect. */
  readonly superiority: number;
}

/** Twice the mid-ranks of all values in ascending order: integers, also where values tie. */
function doubledRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2);
}

/** Number of ways to choose `size` of the ranks, by their sum. */
function waysBySum(ranks: readonly number[], size: number): Map<number, number> {
  const ways = Array.from({ length: size + 1 }, () => new Map<number, number>());
  ways[0]?.set(0, 1);
  ranks.forEach((rank, seen) => {
    for (let chosen = Math.min(size, seen + 1); chosen > 0; chosen -= 1) {
      const into = ways[chosen];
      for (const [sum, count] of ways[chosen - 1] ?? []) {
        into?.set(sum + rank, (into.get(sum + rank) ?? 0) + count);
      }
    }
  });
  return ways[size] ?? new Map();
}

/**
 * Mann–Whitney U test (Mann & Whitney 1947), two-sided and exact: all divisions of the ranks are counted, ties
 * included, so that it holds for as few as a handful of runs. Both samples have at least one value.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest {
  const ranks = doubledRanks([...first, ...second]);
  const sumOfSecond = ranks.slice(first.length).reduce((sum, rank) => sum + rank, 0);
  const expected = second.length * (first.length + second.length + 1);
  const distance = Math.abs(sumOfSecond - expected);
  let all = 0;
  let asFar = 0;
  for (const [sum, count] of waysBySum(ranks, second.length)) {
    all += count;
    if (Math.abs(sum - expected) >= distance) asFar += count;
  }
  const u = (sumOfSecond - second.length * (second.length + 1)) / 2;
  return { pValue: asFar / all, superiority: u / (first.length * second.length) };
}

/** The smallest p-value that two samples of these sizes can give, however far apart they lie. */
export function smallestPValue(first: number, second: number): number {
  let divisions = 1;
  for (let k = 1; k <= second; k += 1) divisions = (divisions * (first + k)) / k;
  return Math.min(1, 2 / divisions);
}
