import type { SeriesUnit } from './verdict.ts';

/** Values from the bottom to the top of a chart, with round ones to label. */
export interface ValueScale {
  readonly bottom: number;
  readonly top: number;
  readonly ticks: readonly number[];
}

/** Round steps, smallest first, above a size: powers of two for bytes, else 1, 2, 5, 10, … */
function roundStep(least: number, unit: SeriesUnit): number {
  if (unit === 'bytes') return 2 ** Math.ceil(Math.log2(least));
  const decade = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((step) => step * decade >= least * (1 - 1e-9)) ?? 10) * decade;
}

/** Least share of the greatest value that the height stands for: noise must not look like mountains. */
const LEAST_RANGE = 0.2;

/** The values that a scale has to reach. */
function rangeOf(least: number, greatest: number): readonly [from: number, to: number] {
  // From 0 where that takes at most half of the height: growth is not drawn larger than it is without need.
  if (least >= 0 && least <= greatest / 2) return [0, greatest || 1];
  const missing = LEAST_RANGE * Math.max(Math.abs(least), Math.abs(greatest)) - (greatest - least);
  if (missing <= 0) return [least, greatest];
  return [least - missing / 2, greatest + missing / 2];
}

/**
 * A scale on which values fill the height, without flattering.
 * @param most labels, at least 2.
 */
export function valueScale(least: number, greatest: number, unit: SeriesUnit, most: number): ValueScale {
  const [from, to] = rangeOf(least, greatest);
  for (let step = roundStep((to - from) / most, unit); ; step = roundStep(step * 1.01, unit)) {
    const first = Math.floor(from / step + 1e-9);
    const last = Math.max(first + 1, Math.ceil(to / step - 1e-9));
    if (last - first + 1 > most) continue;
    const ticks = Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
    return { bottom: first * step, top: last * step, ticks };
  }
}
