import { percent, type Rule } from './rule.ts';

const LEAST = 0.05;
/** A window of more than a day has seen enough to believe less. */
const LEAST_LONG = 0.03;
const LONG_HOURS = 30;

/** The growth must be visible beside the limit. */
export const growthRule: Rule = {
  name: 'growth',
  judge: ({ growth, window, situation: { scale, leastGrowth, format } }) => {
    const least = Math.max(leastGrowth, scale * (window.spanHours > LONG_HOURS ? LEAST_LONG : LEAST));
    return {
      passed: growth >= least,
      text: () =>
        `grew ${format(growth)} in ${window.spanHours.toFixed(1)} h, ${percent(growth / scale)} of ${format(scale)}; want ${format(least)}`,
    };
  },
};
