import type { SeriesHistory } from './series-history.ts';

/** Hours of a day. */
export const DAY_HOURS = 24;

/** How far an hour lies above the same hour of the day before. */
export interface DayDifference {
  /** At equal load. */
  readonly value: number;
  /** Growth of the load as a share of what it was; NaN where no load is known. */
  readonly loadGrowth: number;
}

/**
 * Compares each of the newest hours with the same hour of the day before, newest first, as far as both were measured
 * in the current life.
 * @param coefficient how much of the series one unit of load takes.
 * @param daysAgo leaves out so many of the newest days.
 */
export function dayDifferences(
  history: SeriesHistory,
  coefficient: number,
  count: number,
  daysAgo = 0,
): readonly DayDifference[] {
  const { hours } = history;
  const first = Math.max(hours.oldest, history.firstWholeHour);
  const found: DayDifference[] = [];
  const newest = hours.newest - daysAgo * DAY_HOURS;
  for (let hour = newest; hour > newest - count && hour - DAY_HOURS >= first; hour--) {
    const value = hours.low(hour) - hours.low(hour - DAY_HOURS);
    const loadBefore = hours.load(hour - DAY_HOURS);
    const load = hours.load(hour) - loadBefore;
    if (Number.isNaN(value)) continue;
    const explained = coefficient === 0 || Number.isNaN(load) ? 0 : coefficient * load;
    found.push({ value: value - explained, loadGrowth: load / Math.abs(loadBefore) });
  }
  return found;
}
