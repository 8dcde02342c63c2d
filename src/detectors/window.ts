import type { BinRing } from './bin-ring.ts';
import { median } from './order-statistics.ts';
import { BIN_MS, HOUR_MS, type SeriesHistory } from './series-history.ts';

/** Points of a window. */
export const MOST_POINTS = 28;
const LEAST_POINTS = 14;

/** The current life at one scale: a point per step, the newest last. Steps in which nothing was measured are left out. */
export interface Window {
  readonly stepHours: number;
  readonly joining: Joining;
  /** Hours since the first point. */
  readonly hours: Float64Array;
  /** The followed value. */
  readonly values: Float64Array;
  /** NaN where no load is known. */
  readonly loads: Float64Array;
  /** Unix time of the first point, its middle. */
  readonly fromMs: number;
  /** From the first point to the last. */
  readonly spanHours: number;
}

/** A step size, in hours, with the ring that has it. */
interface Scale {
  readonly stepHours: number;
  readonly ring: 'bins' | 'hours';
}

/** The scales at which a series is looked at, finest first. */
export const SCALES: readonly Scale[] = [
  { stepHours: 1 / 6, ring: 'bins' },
  { stepHours: 1 / 3, ring: 'bins' },
  { stepHours: 1 / 2, ring: 'bins' },
  { stepHours: 1, ring: 'hours' },
  { stepHours: 2, ring: 'hours' },
  { stepHours: 4, ring: 'hours' },
  { stepHours: 6, ring: 'hours' },
];

/** How a step joins its bins: the least for an envelope, else the middle. */
export type Joining = 'least' | 'middle';

/** What is left out after a start, in hours: the warm-up. */
const warmUpHours = (stepHours: number): number => Math.max(0.5, Math.min(1.5, 3 * stepHours));

/** The window of a scale; undefined while the life is too young for it. */
export function windowOf(history: SeriesHistory, scale: Scale, joining: Joining): Window | undefined {
  const ring = history[scale.ring];
  const { processStartMs, trendBin } = history.state;
  if (ring.newest === -1 || trendBin === -1) return undefined;
  const binsAStep = Math.round((scale.stepHours * HOUR_MS) / ring.widthMs);
  const startMs = Number.isNaN(processStartMs)
    ? trendBin * BIN_MS
    : Math.min(processStartMs, trendBin * BIN_MS);
  const warmMs = startMs + warmUpHours(scale.stepHours) * HOUR_MS;
  const firstMs = Math.max(trendBin * BIN_MS, warmMs);
  const first = Math.max(ring.oldest, Math.ceil(firstMs / ring.widthMs));
  const points: { at: number; value: number; load: number }[] = [];
  for (let step = 0; step < MOST_POINTS; step++) {
    const last = ring.newest - step * binsAStep;
    const from = last - binsAStep + 1;
    if (from < first) break;
    const value = joinLow(ring, from, last, joining);
    if (!Number.isNaN(value))
      points.push({ at: (from + last + 1) / 2, value, load: meanLoad(ring, from, last) });
  }
  if (points.length < LEAST_POINTS) return undefined;
  points.reverse();
  const hoursOf = (at: number): number => (at * ring.widthMs) / HOUR_MS;
  const origin = points[0]!.at;
  const hours = Float64Array.from(points, ({ at }) => hoursOf(at - origin));
  return {
    stepHours: scale.stepHours,
    joining,
    hours,
    values: Float64Array.from(points, ({ value }) => value),
    loads: Float64Array.from(points, ({ load }) => load),
    fromMs: origin * ring.widthMs,
    spanHours: hours.at(-1)!,
  };
}

/** The low sides of bins as one value; NaN if none was measured. */
export function joinLow(ring: BinRing, from: number, last: number, joining: Joining): number {
  if (joining === 'middle')
    return median(Array.from({ length: last - from + 1 }, (_, at) => ring.low(from + at)));
  let least = Number.NaN;
  for (let bin = from; bin <= last; bin++) {
    const low = ring.low(bin);
    if (!(low >= least)) least = Number.isNaN(low) ? least : low;
  }
  return least;
}

/** The mean load of bins; NaN if none was told. */
export function meanLoad(ring: BinRing, from: number, last: number): number {
  let sum = 0;
  let count = 0;
  for (let bin = from; bin <= last; bin++) {
    const load = ring.load(bin);
    if (Number.isNaN(load)) continue;
    sum += load;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
