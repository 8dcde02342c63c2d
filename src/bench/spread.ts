/** How the values of repeated runs lie; of one run all of them are its value. */
export interface Spread {
  readonly runs: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Standard deviation by the mean, of two runs or more with a mean other than 0. */
  readonly variationRatio?: number;
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) throw new RangeError('values: want at least one, got none');
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

/** Median, ends and coefficient of variation (of a sample: divided by n - 1) of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    runs: values.length,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    ...(values.length > 1 &&
      mean !== 0 && { variationRatio: Math.sqrt(squares / (values.length - 1)) / Math.abs(mean) }),
  };
}
