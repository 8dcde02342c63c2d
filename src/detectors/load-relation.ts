import type { BinRing } from './bin-ring.ts';
import { mean } from './order-statistics.ts';
import { BIN_MS, HOUR_MS, type SeriesHistory } from './series-history.ts';
import type { Window } from './window.ts';

/** Over how many hours differences are taken: longer than a burst, shorter than a day. */
const LAGS_HOURS = [3, 6];
/** How far back the relation is looked for. */
const REACH_HOURS = 96;
const LEAST_PAIRS = 6;
const SEASONED_PAIRS = 24;
const LEAST_CORRELATION = 0.4;
const CERTAIN_CORRELATION = 0.7;
/** Standard errors by which a coefficient must lie above 0. */
const CLEARLY = 3;
/** How much a load must swing about its own trend, as a share of its mean. */
const LEAST_SWING = 0.03;

/** How a series goes with its load. */
export interface LoadRelation {
  /** Unit of the series for one unit of load; never negative, 0 if it does not go with the load. */
  readonly coefficient: number;
  /** From 0 to 1. */
  readonly correlation: number;
  /** Whether a whole day of loads, high and low, stands behind it. */
  readonly isSeasoned: boolean;
}

/** The relation of what does not go with a load. */
export const UNRELATED: LoadRelation = { coefficient: 0, correlation: 0, isSeasoned: false };

/**
 * How a series goes with its load, from how both differ from some hours before: a leak adds the same to every
 * difference, whatever the load does, so that it cannot hide in this.
 */
export function loadRelation(history: SeriesHistory): LoadRelation {
  const { firstBin } = history.state;
  if (firstBin === -1 || history.bins.newest === -1) return UNRELATED;
  const firstHour = Math.max(history.firstWholeHour, history.hours.newest - REACH_HOURS);
  const binsAnHour = HOUR_MS / BIN_MS;
  return LAGS_HOURS.map((lag) => {
    const hours = differences(history.hours, firstHour, lag, 1);
    if (hours.length >= 2 * LEAST_PAIRS) return relate(hours, hours.length >= SEASONED_PAIRS);
    return relate(
      differences(history.bins, firstBin + binsAnHour / 2, lag * binsAnHour, binsAnHour / 2),
      false,
    );
  }).reduce((one, other) => (other.correlation > one.correlation ? other : one), UNRELATED);
}

interface Difference {
  readonly value: number;
  readonly load: number;
}

function differences(ring: BinRing, from: number, lag: number, step: number): readonly Difference[] {
  const found: Difference[] = [];
  for (let bin = ring.newest; bin - lag >= Math.max(from, ring.oldest); bin -= step) {
    const value = ring.low(bin) - ring.low(bin - lag);
    const load = ring.load(bin) - ring.load(bin - lag);
    if (!Number.isNaN(value) && !Number.isNaN(load)) found.push({ value, load });
  }
  return found;
}

/** A line through differences; what it has at a load that stays the same is the leak's, and left alone. */
function relate(pairs: readonly Difference[], isSeasoned: boolean): LoadRelation {
  const n = pairs.length;
  if (n < LEAST_PAIRS) return UNRELATED;
  let [meanValue, meanLoad] = [0, 0];
  for (const { value, load } of pairs) {
    meanValue += value / n;
    meanLoad += load / n;
  }
  let [products, loads, values] = [0, 0, 0];
  for (const pair of pairs) {
    const value = pair.value - meanValue;
    const load = pair.load - meanLoad;
    products += value * load;
    loads += load * load;
    values += value * value;
  }
  const correlation = products / Math.sqrt(loads * values);
  return correlation >= LEAST_CORRELATION
    ? { coefficient: products / loads, correlation, isSeasoned }
    : UNRELATED;
}

/**
 * How much of a window one unit of load takes. What takes growth away may be likely, what adds growth must be certain:
 * a load that falls while something else happens must not make a leak of it.
 */
export function loadCoefficientOf(
  window: Window,
  { coefficient, correlation, isSeasoned }: LoadRelation,
): number {
  if (!rises(window)) return isSeasoned && correlation >= CERTAIN_CORRELATION ? coefficient : 0;
  return Math.max(coefficient, windowCoefficient(window));
}

function rises({ hours, loads }: Window): boolean {
  const middle = mean(hours);
  let sum = 0;
  for (let i = 0; i < hours.length; i++) {
    if (!Number.isNaN(loads[i]!)) sum += (hours[i]! - middle) * loads[i]!;
  }
  return sum > 0;
}

/** The same from a window by least squares on time and load together; 0 unless it is clearly above 0. */
function windowCoefficient({ hours, values, loads }: Window): number {
  const n = hours.length;
  if (n < 8 || loads.some(Number.isNaN)) return 0;
  const value = withoutTrend(hours, values);
  const load = withoutTrend(hours, loads);
  const loadSquares = sumOf(load, load);
  // A load that is a straight line cannot be told from time.
  if (Math.sqrt(loadSquares / n) < LEAST_SWING * Math.abs(mean(loads))) return 0;
  const coefficient = sumOf(value, load) / loadSquares;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (value[i]! - coefficient * load[i]!) ** 2;
  const error = Math.sqrt(squares / (n - 3) / loadSquares);
  return coefficient > CLEARLY * error ? coefficient : 0;
}

function withoutTrend(xs: Float64Array, ys: Float64Array): Float64Array {
  const meanX = mean(xs);
  const meanY = mean(ys);
  let products = 0;
  let squares = 0;
  for (let i = 0; i < xs.length; i++) {
    products += (xs[i]! - meanX) * (ys[i]! - meanY);
    squares += (xs[i]! - meanX) ** 2;
  }
  const slope = products / squares;
  return ys.map((y, i) => y - meanY - slope * (xs[i]! - meanX));
}

function sumOf(as: Float64Array, bs: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < as.length; i++) sum += as[i]! * bs[i]!;
  return sum;
}

/** The values of a window at its mean load. */
export function atMeanLoad({ values, loads }: Window, coefficient: number): Float64Array {
  if (coefficient === 0) return values;
  const known = loads.filter((load) => !Number.isNaN(load));
  const meanLoad = mean(known);
  return values.map((value, i) =>
    Number.isNaN(loads[i]!) ? value : value - coefficient * (loads[i]! - meanLoad),
  );
}
