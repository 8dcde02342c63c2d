/**
 * The value that a share of the values do not exceed, between neighbours by linear interpolation.
 * @param sorted in ascending order, without NaN; at least one.
 */
export function quantileOfSorted(sorted: Float64Array | Float32Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (at - below);
}

/** A quantile of values in any order; those that are NaN do not count. NaN of none. */
export function quantile(values: Iterable<number>, share: number): number {
  const known = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : quantileOfSorted(known.toSorted(), share);
}

/** The median of values in any order; NaN of none. */
export const median = (values: Iterable<number>): number => quantile(values, 0.5);

/** The mean of values; NaN of none. */
export const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
