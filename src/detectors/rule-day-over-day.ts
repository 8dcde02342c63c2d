import { DAY_HOURS, medianDayDifference } from './day-over-day.ts';
import { percent, type Rule } from './rule.ts';

const LEAST = 0.5;
/** Hours that are compared with those of the day before. */
const COMPARED = 6;

/** What grows every morning and shrinks every night lies where it lay a day before. */
export const dayOverDayRule: Rule = {
  name: 'day_over_day',
  judge: ({ line, window, loadCoefficient, situation: { history, format } }) => {
    const difference = medianDayDifference(history, loadCoefficient, COMPARED);
    if (difference === undefined) return undefined;
    const expected = line.slope.best * Math.min(DAY_HOURS, window.spanHours);
    return {
      passed: difference >= LEAST * expected,
      text: () =>
        `${format(difference)} above the same hours of the day before, ${percent(difference / expected)} of what the slope promises; want 50 %`,
    };
  },
};
