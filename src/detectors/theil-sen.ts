import type { Estimate } from '../model/verdict.ts';
import { median, quantileOfSorted } from './order-statistics.ts';

/** A robust line through points. */
export interface RobustLine {
  readonly slope: Estimate;
  /** Value at x = 0. */
  readonly intercept: number;
}

/**
 * Fits a line by the median of all pairwise slopes, with the 95 % interval of Sen, widened for residuals that go with
 * their neighbours: values of one process are not independent.
 * @param xs ascending; at least two.
 * Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968.
 */
export function theilSen(xs: Float64Array, ys: Float64Array): RobustLine {
  const n = xs.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) slopes[count++] = (ys[j]! - ys[i]!) / (xs[j]! - xs[i]!);
  }
  slopes.sort();
  const best = quantileOfSorted(slopes, 0.5);
  const intercept = median(ys.map((y, i) => y - best * xs[i]!));
  const spread = 1.96 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18) * dependence(xs, ys, best, intercept);
  const half = Math.min(1, spread / slopes.length) / 2;
  return {
    slope: { low: quantileOfSorted(slopes, 0.5 - half), best, high: quantileOfSorted(slopes, 0.5 + half) },
    intercept,
  };
}

/** By how much an interval widens for residuals of first-order dependence; between 1 and 3. */
function dependence(xs: Float64Array, ys: Float64Array, slope: number, intercept: number): number {
  const residuals = ys.map((y, i) => y - slope * xs[i]! - intercept);
  let products = 0;
  let squares = 0;
  for (let i = 0; i < residuals.length; i++) {
    squares += residuals[i]! ** 2;
    if (i > 0) products += residuals[i]! * residuals[i - 1]!;
  }
  const correlation = squares === 0 ? 0 : Math.min(0.8, Math.max(0, products / squares));
  return Math.sqrt((1 + correlation) / (1 - correlation));
}
