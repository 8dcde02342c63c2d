import { hoursToLimit, type Situation } from './candidate.ts';
import { DAY_HOURS, dayDifferences } from './day-over-day.ts';
import type { Finding } from './finding.ts';
import { median, quantile } from './order-statistics.ts';
import { percent } from './rule.ts';
import { HOUR_MS } from './series-history.ts';

const LEAST_HOURS = 62;
/** Share of the hours that must lie above those of the day before, on both days. */
const ALMOST_ALL = 0.9;
const LEAST_GROWTH = 0.03;
const REACH = 0.5;
const SLOW_GROWTH = 0.06;
/** Rates of two days that belong to one leak differ by no more than this. */
const MOST_UNEQUAL = 3;

/**
 * Compares each hour with the same hour of the two days before: a leak below a daily season lifts them all.
 * undefined while there are no two and a half days to compare.
 */
export function findDaily(situation: Situation): Finding | undefined {
  const { history, loadCoefficient, scale, leastGrowth, format } = situation;
  const watchedHours = (history.watchedToMs - history.watchedFromMs) / HOUR_MS;
  if (!(watchedHours >= LEAST_HOURS)) return undefined;
  const today = dayDifferences(history, loadCoefficient, DAY_HOURS);
  const yesterday = dayDifferences(history, loadCoefficient, DAY_HOURS, 1);
  if (today.length < 18 || yesterday.length < 10) return undefined;
  const positive = Math.min(shareAbove(today), shareAbove(yesterday));
  const [newer, older] = [median(today), median(yesterday)];
  const growth = newer + older;
  const slope = {
    low: quantile([...today, ...yesterday], 0.25) / DAY_HOURS,
    best: growth / (2 * DAY_HOURS),
    high: quantile([...today, ...yesterday], 0.75) / DAY_HOURS,
  };
  const hours = hoursToLimit(situation, slope.best);
  const goesOn = newer >= older / MOST_UNEQUAL && newer <= older * MOST_UNEQUAL;
  const isSteady = positive >= ALMOST_ALL;
  const isVisible = growth >= Math.max(leastGrowth, LEAST_GROWTH * scale);
  const isNear = 2 * DAY_HOURS >= REACH * hours || growth >= SLOW_GROWTH * scale;
  return {
    path: 'daily',
    isLeak: isSteady && goesOn && isVisible,
    isMaterial: isSteady && goesOn && isVisible && isNear,
    slope,
    growth,
    spanHours: 2 * DAY_HOURS,
    fit: undefined,
    confirmHours: 3,
    rawGrowth: growth,
    rules: [
      {
        name: 'growth',
        passed: isVisible,
        text: () =>
          `grew ${format(growth)} in two days, ${percent(growth / scale)}; want ${percent(LEAST_GROWTH)}`,
      },
      {
        name: 'day_over_day',
        passed: isSteady && goesOn,
        text: () =>
          `${percent(positive)} of the hours lie above those of the day before, by ${format(older)} and then ${format(newer)}; want ${percent(ALMOST_ALL)} on both days`,
      },
      {
        name: 'exhaustion',
        passed: isNear,
        text: () => `${hours.toFixed(0)} h to the limit; want ${((2 * DAY_HOURS) / REACH).toFixed(0)} h`,
      },
    ],
  };
}

const shareAbove = (values: readonly number[]): number =>
  values.filter((value) => value > 0).length / Math.max(1, values.length);
