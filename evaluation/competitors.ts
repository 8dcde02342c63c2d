import { mannKendallScore, theilSenSlope } from './mann-kendall.ts';
import type { RegressionBins } from './regression-bins.ts';

/** A method that teams write as an alerting rule. */
export interface Competitor {
  readonly name: string;
  /** `for` of the rule: so long it has to hold without a break. */
  readonly forHours: number;
  /** The rule's expression. */
  readonly holds: (bins: RegressionBins) => boolean;
}

/** Prometheus's `predict_linear(x[range], ahead) > limit`: least squares over what the range holds, however little. */
function predictLinear(bins: RegressionBins, rangeHours: number, aheadHours: number): boolean {
  const line = bins.line(rangeHours);
  return line !== undefined && line.atEnd + line.slopePerHour * aheadHours > 1;
}

const TREND_HOURS = 24;
/** Means of half an hour that the trend is tested on. */
const TREND_BINS = 6;
/** One-sided 1 %. */
const SIGNIFICANT = 2.326;
/** A trend matters if it reaches the limit within a week. */
const TREND_HORIZON_HOURS = 168;

function significantTrend(bins: RegressionBins): boolean {
  const means = bins.since(TREND_HOURS);
  const points = new Float64Array(Math.floor(means.length / TREND_BINS));
  // At least a quarter of the window.
  if (points.length < 12) return false;
  const skipped = means.length - points.length * TREND_BINS;
  for (let at = 0; at < points.length; at++) {
    let sum = 0;
    for (let of = 0; of < TREND_BINS; of++) sum += means[skipped + at * TREND_BINS + of] ?? 0;
    points[at] = sum / TREND_BINS;
  }
  if (mannKendallScore(points) < SIGNIFICANT) return false;
  const perHour = theilSenSlope(points) / (TREND_BINS / 12);
  return perHour > 0 && bins.level + perHour * TREND_HORIZON_HOURS > 1;
}

/** Fit that makes a window's line believed. */
const PRECOG_FIT = 0.75;
const PRECOG_HORIZON_HOURS = 168;

function growingWindows(bins: RegressionBins): boolean {
  for (let hours = 2; ; hours *= 2) {
    const line = bins.line(hours);
    if (line === undefined || line.spanHours < hours / 2) return false;
    if (
      line.slopePerHour > 0 &&
      line.explained >= PRECOG_FIT &&
      line.atEnd + line.slopePerHour * PRECOG_HORIZON_HOURS > 1
    ) {
      return true;
    }
  }
}

/** The usual methods, as they are commonly configured. */
export const COMPETITORS: readonly Competitor[] = [
  {
    name: 'predict_linear[1h] 4 h ahead',
    forHours: 0.5,
    holds: (bins) => predictLinear(bins, 1, 4),
  },
  {
    name: 'predict_linear[6h] 24 h ahead',
    forHours: 1,
    holds: (bins) => predictLinear(bins, 6, 24),
  },
  {
    name: 'deriv[6h] above 1 % of the limit an hour',
    forHours: 1,
    holds: (bins) => (bins.line(6)?.slopePerHour ?? 0) > 0.01,
  },
  { name: 'Mann–Kendall and Theil–Sen over 24 h', forHours: 1, holds: significantTrend },
  { name: 'regression over growing windows (as in Precog)', forHours: 1, holds: growingWindows },
];
