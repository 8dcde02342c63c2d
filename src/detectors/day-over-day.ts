import { median } from './order-statistics.ts';
import { BIN_MS, HOUR_MS, type SeriesHistory } from './series-history.ts';

/** Hours of a day. */
export const DAY_HOURS = 24;

/**
 * By how much each of the newest hours lies above the same hour a day (or `daysBack` days) before, at equal load;
 * newest first, only what both were measured of in the current life.
 * @param coefficient how much of the series one unit of load takes.
 */
export function dayDifferences(
  history: SeriesHistory,
  coefficient: number,
  count: number,
  daysAgo = 0,
): readonly number[] {
  const { hours, state } = history;
  const first = Math.max(hours.oldest, Math.ceil((state.firstBin * BIN_MS) / HOUR_MS) + 1);
  const found: number[] = [];
  const newest = hours.newest - daysAgo * DAY_HOURS;
  for (let hour = newest; hour > newest - count && hour - DAY_HOURS >= first; hour--) {
    const value = hours.low(hour) - hours.low(hour - DAY_HOURS);
    const load = hours.load(hour) - hours.load(hour - DAY_HOURS);
    if (Number.isNaN(value)) continue;
    found.push(coefficient === 0 || Number.isNaN(load) ? value : value - coefficient * load);
  }
  return found;
}

/** The middle of {@link dayDifferences}; undefined of fewer than a few. */
export function medianDayDifference(
  history: SeriesHistory,
  coefficient: number,
  count: number,
): number | undefined {
  const found = dayDifferences(history, coefficient, count);
  return found.length < Math.min(3, count) ? undefined : median(found);
}
