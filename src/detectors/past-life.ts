import { theilSen } from './theil-sen.ts';
import { BIN_MS, HOUR_MS, type PastLife, type SeriesHistory } from './series-history.ts';

/** A life that was shorter says nothing. */
const LEAST_HOURS = 2;
const MOST_POINTS = 48;

/** What is remembered of the life that ends now: its slope after the warm-up. undefined if it was too short. */
export function pastLife(history: SeriesHistory): PastLife | undefined {
  const { watchedFromMs, watchedToMs } = history;
  const lengthHours = (watchedToMs - watchedFromMs) / HOUR_MS;
  if (!(lengthHours >= LEAST_HOURS)) return undefined;
  const warmMs = watchedFromMs + Math.max(0.5, lengthHours / 10) * HOUR_MS;
  const isLong = warmMs < history.bins.oldest * BIN_MS;
  const ring = isLong ? history.hours : history.bins;
  const first = Math.max(ring.oldest, Math.ceil(warmMs / ring.widthMs));
  const stride = Math.max(1, Math.floor((ring.newest - first + 1) / MOST_POINTS));
  const points: { readonly hours: number; readonly value: number }[] = [];
  for (let bin = first; bin <= ring.newest; bin += stride) {
    const value = ring.low(bin);
    if (!Number.isNaN(value)) points.push({ hours: ((bin - first) * ring.widthMs) / HOUR_MS, value });
  }
  if (points.length < 6) return undefined;
  const { slope } = theilSen(
    Float64Array.from(points, ({ hours }) => hours),
    Float64Array.from(points, ({ value }) => value),
  );
  const spread = slope.best === 0 ? 0 : Math.abs((slope.high - slope.low) / slope.best);
  return { fromMs: watchedFromMs, toMs: watchedToMs, slopePerHour: slope.best, spread };
}
