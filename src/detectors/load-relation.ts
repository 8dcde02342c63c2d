import type { BinRing } from './bin-ring.ts';
import { BIN_MS, HOUR_MS, type SeriesHistory } from './series-history.ts';
import type { Window } from './window.ts';

/** Over how long differences are taken: longer than a burst, shorter than a leak. */
const LAG_HOURS = 3;
/** How far back the relation is looked for. */
const REACH_HOURS = 96;
const LEAST_PAIRS = 6;
const LEAST_CORRELATION = 0.4;
const CERTAIN_CORRELATION = 0.7;
/** Standard errors by which a coefficient must lie above 0. */
const CLEARLY = 3;
/** How much a load must swing about its own trend, as a share of its mean. */
const LEAST_SWING = 0.03;

/**
 * How much of a series one unit of load takes, from how both differ from three hours before: what leaks grows whether
 * or not the load does, so that it cannot hide in this. Never negative; 0 if the series does not go with the load.
 */
export function loadRelation(history: SeriesHistory): LoadRelation {
  const { firstBin } = history.state;
  if (firstBin === -1 || history.bins.newest === -1) return UNRELATED;
  const firstHour = Math.ceil((firstBin * BIN_MS) / HOUR_MS) + 1;
  const hours = differences(
    history.hours,
    Math.max(firstHour, history.hours.newest - REACH_HOURS),
    LAG_HOURS,
    1,
  );
  const pairs =
    hours.length >= 2 * LEAST_PAIRS
      ? hours
      : differences(history.bins, firstBin + 6, (LAG_HOURS * HOUR_MS) / BIN_MS, 6);
  return throughOrigin(pairs);
}

/** How a series goes with its load. */
export interface LoadRelation {
  /** Unit of the series for one unit of load. */
  readonly coefficient: number;
  /** From 0 to 1. */
  readonly correlation: number;
}

/** The relation of what does not go with a load. */
export const UNRELATED: LoadRelation = { coefficient: 0, correlation: 0 };

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

function throughOrigin(pairs: readonly Difference[]): LoadRelation {
  if (pairs.length < LEAST_PAIRS) return UNRELATED;
  let products = 0;
  let loads = 0;
  let values = 0;
  for (const { value, load } of pairs) {
    products += value * load;
    loads += load * load;
    values += value * value;
  }
  const correlation = products / Math.sqrt(loads * values);
  return correlation >= LEAST_CORRELATION ? { coefficient: products / loads, correlation } : UNRELATED;
}

/**
 * How much of a window one unit of load takes. What takes growth away may be likely, what adds growth must be certain:
 * a load that falls while something else happens must not make a leak of it.
 */
export function loadCoefficientOf(window: Window, { coefficient, correlation }: LoadRelation): number {
  if (!rises(window)) return correlation >= CERTAIN_CORRELATION ? coefficient : 0;
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

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The values of a window at its mean load. */
export function atMeanLoad({ values, loads }: Window, coefficient: number): Float64Array {
  if (coefficient === 0) return values;
  const known = loads.filter((load) => !Number.isNaN(load));
  const meanLoad = mean(known);
  return values.map((value, i) =>
    Number.isNaN(loads[i]!) ? value : value - coefficient * (loads[i]! - meanLoad),
  );
}
