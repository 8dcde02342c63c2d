import { mean } from './order-statistics.ts';
import { percent, type Rule } from './rule.ts';
import type { Window } from './window.ts';

/** Growth of a load from which it may be the reason for another growth. */
export const LOAD_GROWN = 0.1;

/** By which share values grew, from the first third of them to the last; NaN where one is not known. */
function growthOfThirds(values: Float64Array): number {
  if (values.some(Number.isNaN)) return Number.NaN;
  const third = Math.floor(values.length / 3);
  const before = mean(values.subarray(0, third));
  return (mean(values.subarray(values.length - third)) - before) / Math.abs(before);
}

/** By which share the load of a window grew; NaN where it is not known throughout. */
export const loadGrowthOf = ({ loads }: Window): number => growthOfThirds(loads);

/** Growth that is no more than that of the load belongs to the load. */
export const elasticityRule: Rule = {
  name: 'elasticity',
  judge: ({ window, flat }) => {
    const loadGrowth = loadGrowthOf(window);
    if (!(loadGrowth > LOAD_GROWN)) return undefined;
    const ratio = growthOfThirds(flat);
    return {
      passed: ratio > loadGrowth,
      text: () =>
        `grew by ${percent(ratio)} while the load grew by ${percent(loadGrowth)}; want more than the load`,
    };
  },
};
