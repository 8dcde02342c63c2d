import { hoursToLimit, type Situation } from './candidate.ts';
import { DAY_HOURS, dayDifferences } from './day-over-day.ts';
import type { Finding } from './finding.ts';
import { median, quantile } from './order-statistics.ts';
import { percent } from './rule.ts';
import { HOUR_MS } from './series-history.ts';

const LEAST_HOURS = 62;
/** Share of the hours that must lie clearly above those of the day before, on both days. */
const ALMOST_ALL = 0.85;
/** Clearly: by this share of the middle one. A step lifts only the hours after it. */
const CLEARLY = 0.4;
const LEAST_GROWTH = 0.03;
/** The limit must be nearer than the time watched, over this. */
const REACH = 0.4;
/** Share of a day's growth that the next one must have: what settles slows down. */
const GOES_ON = 0.65;
/** Growth of the load between days from which it may be the reason. */
const LOAD_GROWN = 0.05;

/**
 * Compares each hour with the same hour of the two days before: a leak below a daily season lifts them all.
 * undefined while there are no two and a half days to compare.
 */
export function findDaily(situation: Situation): Finding | undefined {
  const { history, loadRelation, scale, leastGrowth, level, format } = situation;
  const watchedHours = (history.watchedToMs - history.watchedFromMs) / HOUR_MS;
  if (!(watchedHours >= LEAST_HOURS)) return undefined;
  const days = [1, 0].map((daysAgo) => dayDifferences(history, loadRelation.coefficient, DAY_HOURS, daysAgo));
  const [before, after] = days.map((differences) => differences.map(({ value }) => value));
  if (before === undefined || after === undefined || before.length < 10 || after.length < 18)
    return undefined;
  const all = [...before, ...after];
  const [older, newer, middle] = [median(before), median(after), median(all)];
  const growth = older + newer;
  const slope = {
    low: quantile(all, 0.25) / DAY_HOURS,
    best: growth / (2 * DAY_HOURS),
    high: quantile(all, 0.75) / DAY_HOURS,
  };
  const lifted = Math.min(shareAbove(before, CLEARLY * middle), shareAbove(after, CLEARLY * middle));
  const loadGrowth = median(
    days.flatMap((differences) => differences.map((difference) => difference.loadGrowth)),
  );
  const ratio = middle / Math.abs(level);
  const hours = hoursToLimit(situation, slope.best);
  const least = Math.max(leastGrowth, LEAST_GROWTH * scale);
  const leakRules = [
    {
      name: 'growth',
      passed: growth >= least,
      text: () => `grew ${format(growth)} in two days, ${percent(growth / scale)}; want ${format(least)}`,
    },
    {
      name: 'day_over_day',
      passed: middle > 0 && lifted >= ALMOST_ALL,
      text: () =>
        `${percent(lifted)} of the hours lie clearly above those of the day before; want ${percent(ALMOST_ALL)} on both days`,
    },
    ...(loadGrowth > LOAD_GROWN
      ? [
          {
            name: 'elasticity',
            passed: ratio > loadGrowth,
            text: () =>
              `grew by ${percent(ratio)} a day, the load by ${percent(loadGrowth)}; want more than the load`,
          },
        ]
      : []),
    {
      name: 'plateau',
      passed: newer >= GOES_ON * older,
      text: () =>
        `grew ${format(older)} on one day and ${format(newer)} on the next; want at least ${percent(GOES_ON)}`,
    },
  ];
  const isLeak = leakRules.every(({ passed }) => passed);
  const isNear = watchedHours >= REACH * hours;
  const exhaustion = {
    name: 'exhaustion',
    passed: isNear,
    text: () =>
      `${hours.toFixed(0)} h to the limit, watched for ${watchedHours.toFixed(0)} h; want ${(REACH * hours).toFixed(0)} h`,
  };
  return {
    path: 'daily',
    isLeak,
    isMaterial: isLeak && isNear,
    slope,
    growth,
    spanHours: 2 * DAY_HOURS,
    fit: undefined,
    confirmHours: 2,
    rawGrowth: growth,
    rules: isLeak ? [...leakRules, exhaustion] : leakRules,
  };
}

const shareAbove = (values: readonly number[], threshold: number): number =>
  values.filter((value) => value >= threshold).length / Math.max(1, values.length);
