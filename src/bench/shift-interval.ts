import { median } from './spread.ts';

/** By what factor the second sample's values are those of the first: an estimate with an interval. */
export interface ShiftRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Chance that such an interval holds the true factor: the nearest to what was asked for that so few runs allow. */
  readonly confidence: number;
}

/** Number of divisions of two samples without ties by their U, from 0. */
function divisionsByU(first: number, second: number): number[] {
  let counts = [1];
  // Generating function of U: the product of (1 - q^(first + k)) / (1 - q^k), one factor after the other.
  for (let k = 1; k <= second; k += 1) {
    const product = Array.from({ length: first * k + 1 }, (_, u) => counts[u] ?? 0);
    for (let u = product.length - 1; u >= first + k; u -= 1) {
      product[u] = (product[u] ?? 0) - (product[u - first - k] ?? 0);
    }
    for (let u = k; u < product.length; u += 1) product[u] = (product[u] ?? 0) + (product[u - k] ?? 0);
    counts = product;
  }
  return counts;
}

/**
 * Hodges–Lehmann estimate of a factor between two samples of values above 0, with the interval that belongs to the
 * Mann–Whitney test (Hodges & Lehmann 1963); undefined where a value is 0.
 */
export function shiftRatio(
  first: readonly number[],
  second: readonly number[],
  confidence = 0.95,
): ShiftRatio | undefined {
  if ([...first, ...second].some((value) => value <= 0)) return undefined;
  const ratios = second.flatMap((b) => first.map((a) => b / a)).toSorted((a, b) => a - b);
  const counts = divisionsByU(first.length, second.length);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const mostOutside = (1 - confidence) / 2;
  let outside = 0;
  let cut = 0;
  // The largest number of ratios that can be left out on either side.
  while (cut < ratios.length / 2 && (outside + (counts[cut] ?? 0)) / all <= mostOutside) {
    outside += counts[cut] ?? 0;
    cut += 1;
  }
  // Where not even the whole range is that sure, the whole range it is, with what it is worth.
  const tail = cut === 0 ? (counts[0] ?? 0) / all : outside / all;
  const at = Math.max(0, cut - 1);
  const middle = median(ratios);
  return {
    ratio: middle,
    low: ratios[at] ?? middle,
    high: ratios[ratios.length - 1 - at] ?? middle,
    confidence: 1 - 2 * tail,
  };
}
