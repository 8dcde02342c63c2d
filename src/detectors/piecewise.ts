/** Sums of squared errors of fits to a series of points. */
export interface Fits {
  /** The least-squares line. */
  readonly line: number;
  /** Two levels with one step between them. */
  readonly oneStep: number;
  /** Three levels. */
  readonly twoSteps: number;
}

/** How well a line and constant pieces fit. O(n²) for n points. */
export function fitLineAndSteps(xs: Float64Array, ys: Float64Array): Fits {
  const n = ys.length;
  const sums = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  // About the first value, so that no digits are lost on a high level.
  const origin = ys[0] ?? 0;
  for (let i = 0; i < n; i++) {
    const y = ys[i]! - origin;
    sums[i + 1] = sums[i]! + y;
    squares[i + 1] = squares[i]! + y * y;
  }
  /** Error of one level over the points from `a` up to but not `b`. */
  const level = (a: number, b: number): number => {
    const sum = sums[b]! - sums[a]!;
    return Math.max(0, squares[b]! - squares[a]! - (sum * sum) / (b - a));
  };
  let oneStep = Number.POSITIVE_INFINITY;
  let twoSteps = Number.POSITIVE_INFINITY;
  for (let i = 1; i < n; i++) {
    const first = level(0, i);
    oneStep = Math.min(oneStep, first + level(i, n));
    for (let j = i + 1; j < n; j++) twoSteps = Math.min(twoSteps, first + level(i, j) + level(j, n));
  }
  return { line: lineError(xs, ys, origin), oneStep, twoSteps };
}

/** Share of the points' variance that a line leaves, 0 to 1. */
export function shareOfError(xs: Float64Array, ys: Float64Array): number {
  const mean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  const total = ys.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  return total === 0 ? 1 : lineError(xs, ys, ys[0] ?? 0) / total;
}

function lineError(xs: Float64Array, ys: Float64Array, origin: number): number {
  const n = xs.length;
  let [sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = xs[i]!;
    const y = ys[i]! - origin;
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
  }
  const cross = sxy - (sx * sy) / n;
  return Math.max(0, syy - (sy * sy) / n - (cross * cross) / (sxx - (sx * sx) / n));
}

/** A curve that rises towards an end and stays there. */
export interface Saturation {
  readonly error: number;
  readonly asymptote: number;
}

/** Time constants that are tried, as shares of the span. */
const TIME_CONSTANTS = [0.08, 0.15, 0.25, 0.4, 0.6, 0.9, 1.4];

/** The best a + b (1 − exp(−x/τ)) by least squares, over a few τ. */
export function fitSaturation(xs: Float64Array, ys: Float64Array): Saturation {
  const span = (xs.at(-1) ?? 0) - (xs[0] ?? 0);
  const origin = ys[0] ?? 0;
  let best: Saturation = { error: Number.POSITIVE_INFINITY, asymptote: Number.NaN };
  for (const share of TIME_CONSTANTS) {
    const curve = xs.map((x) => 1 - Math.exp(-x / (share * span)));
    const n = xs.length;
    let [sc, sy, scc, scy, syy] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const c = curve[i]!;
      const y = ys[i]! - origin;
      sc += c;
      sy += y;
      scc += c * c;
      scy += c * y;
      syy += y * y;
    }
    const cross = scy - (sc * sy) / n;
    const rise = cross / (scc - (sc * sc) / n);
    const error = Math.max(0, syy - (sy * sy) / n - rise * cross);
    if (error < best.error) best = { error, asymptote: origin + (sy - rise * sc) / n + rise };
  }
  return best;
}
