import { DAY_HOURS, medianDayDifference } from './day-over-day.ts';
import { percent, type Rule } from './rule.ts';

const LEAST = 0.65;
/** Where no load is known, a busier day looks like this too. */
const LEAST_BLIND = 0.75;
/** Hours that are compared with those of the day before: a quarter of the window. */
const MOST_COMPARED = 6;

/** What grows every morning and shrinks every night lies where it lay a day before. */
export const dayOverDayRule: Rule = {
  name: 'day_over_day',
  judge: ({ line, window, loadCoefficient, situation: { history, isLoadKnown, format } }) => {
    const compared = Math.min(MOST_COMPARED, Math.max(2, Math.round(window.spanHours / 4)));
    const difference = medianDayDifference(history, loadCoefficient, compared);
    if (difference === undefined) return undefined;
    const expected = line.slope.best * Math.min(DAY_HOURS, window.spanHours);
    const least = isLoadKnown ? LEAST : LEAST_BLIND;
    return {
      passed: difference >= least * expected,
      text: () =>
        `${format(difference)} above the same hours of the day before, ${percent(difference / expected)} of what the slope promises; want ${percent(least)}`,
    };
  },
};
