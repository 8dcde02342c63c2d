/** Columns of a series with several values to a step: null where a step has none. */
export interface Downsampled {
  readonly mean: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
}

/** Digits that are kept: what is drawn needs no more, and a 4-byte float has not many more. */
const DIGITS = 6;

/** A value in few digits: half the bytes of JSON. */
export const short = (value: number): number => Number(value.toPrecision(DIGITS));

/**
 * Joins each `stride` values to one step, keeping its extremes beside its mean, so that no peak is lost however far
 * one looks back. What is not a number counts as absent.
 * @param skipped values that are absent before the first one.
 * @param steps how many there are; default: as many as there are values for.
 */
export function downsample(
  values: Float32Array | Float64Array,
  stride: number,
  skipped = 0,
  steps = Math.ceil((skipped + values.length) / stride),
): Downsampled {
  const columns: Downsampled = { mean: [], min: [], max: [] };
  for (let step = 0; step < steps; step++) {
    let [sum, count, least, most] = [0, 0, Infinity, -Infinity];
    const end = Math.min((step + 1) * stride - skipped, values.length);
    for (let at = Math.max(0, step * stride - skipped); at < end; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      sum += value;
      count++;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    columns.mean.push(count === 0 ? null : short(sum / count));
    columns.min.push(count === 0 ? null : short(least));
    columns.max.push(count === 0 ? null : short(most));
  }
  return columns;
}
