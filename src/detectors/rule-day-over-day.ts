import { DAY_HOURS } from './day-over-day.ts';
import { median } from './order-statistics.ts';
import { percent, type Rule } from './rule.ts';
import { HOUR_MS } from './series-history.ts';
import type { Candidate } from './candidate.ts';
import { joinLow, meanLoad } from './window.ts';

const LEAST = 0.65;
/** Where no load is known, a busier day looks like this too. */
const LEAST_BLIND = 0.75;
/** Share of the window's points, the newest, that are compared. */
const COMPARED = 0.25;

/** What grows every morning and shrinks every night lies where it lay a day before. */
export const dayOverDayRule: Rule = {
  name: 'day_over_day',
  judge: (candidate) => {
    const { line, window, situation } = candidate;
    const differences = differencesToTheDayBefore(candidate);
    if (differences.length === 0 || differences.some(Number.isNaN)) return undefined;
    const difference = median(differences);
    // The points that are compared lie on average half their share before the end.
    const expected = line.slope.best * Math.min(DAY_HOURS, window.spanHours * (1 - COMPARED / 2));
    const least = situation.isLoadKnown ? LEAST : LEAST_BLIND;
    return {
      passed: difference >= least * expected,
      text: () =>
        `${situation.format(difference)} above the same hours of the day before, ${percent(difference / expected)} of what the slope promises; want ${percent(least)}`,
    };
  },
};

/** How far the newest points lie above the same hours of the day before, at equal load; NaN where that was not measured. */
function differencesToTheDayBefore({ window, loadCoefficient, situation }: Candidate): readonly number[] {
  const { hours, firstWholeHour } = situation.history;
  const first = Math.floor(window.hours.length * (1 - COMPARED));
  const half = window.stepHours / 2;
  return [...window.hours.keys()].slice(first).map((at) => {
    const middle = window.fromMs / HOUR_MS + window.hours[at]! - DAY_HOURS;
    const from = Math.floor(middle - half);
    // As many hours as the point joins, and joined as they are.
    const last = Math.max(from, Math.ceil(middle + half) - 1);
    if (from < firstWholeHour) return Number.NaN;
    const load = window.loads[at]! - meanLoad(hours, from, last);
    const explained = loadCoefficient === 0 || Number.isNaN(load) ? 0 : loadCoefficient * load;
    return window.values[at]! - joinLow(hours, from, last, window.joining) - explained;
  });
}
