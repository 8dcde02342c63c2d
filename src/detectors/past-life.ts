import { theilSen } from './theil-sen.ts';
import { BIN_MS, HOUR_MS, type PastLife, type SeriesHistory } from './series-history.ts';

/** A life that was shorter says nothing. */
const LEAST_HOURS = 3;
const MOST_POINTS = 48;

/**
 * What is remembered of the life that ends now: its slope after the warm-up, or that of the later half if that is
 * less, as of what settles. undefined if it was too short.
 */
export function pastLife(history: SeriesHistory): PastLife | undefined {
  const { watchedFromMs, watchedToMs } = history;
  const lengthHours = (watchedToMs - watchedFromMs) / HOUR_MS;
  if (!(lengthHours >= LEAST_HOURS)) return undefined;
  const warmMs = watchedFromMs + Math.max(0.75, lengthHours / 6) * HOUR_MS;
  const isLong = warmMs < history.bins.oldest * BIN_MS;
  const ring = isLong ? history.hours : history.bins;
  const first = Math.max(ring.oldest, Math.ceil(warmMs / ring.widthMs));
  const stride = Math.max(1, Math.floor((ring.newest - first + 1) / MOST_POINTS));
  const points: Point[] = [];
  for (let bin = first; bin <= ring.newest; bin += stride) {
    const value = ring.low(bin);
    if (!Number.isNaN(value)) points.push({ hours: ((bin - first) * ring.widthMs) / HOUR_MS, value });
  }
  if (points.length < 6) return undefined;
  const slopes = [points, points.slice(Math.floor(points.length / 2))].map((part) => slopeOf(part));
  return { fromMs: watchedFromMs, toMs: watchedToMs, slopePerHour: Math.min(...slopes) };
}

interface Point {
  readonly hours: number;
  readonly value: number;
}

const slopeOf = (points: readonly Point[]): number =>
  theilSen(
    Float64Array.from(points, ({ hours }) => hours),
    Float64Array.from(points, ({ value }) => value),
  ).slope.best;
