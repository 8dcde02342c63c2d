import { percent, type Rule } from './rule.ts';
import type { Window } from './window.ts';

/** Growth of a load from which it may be the reason for another growth. */
export const LOAD_GROWN = 0.1;

/** By which share the load of a window grew, from its first third to its last; NaN where it is not known throughout. */
export function loadGrowthOf({ loads }: Window): number {
  const third = Math.floor(loads.length / 3);
  const before = mean(loads.subarray(0, third));
  return loads.some(Number.isNaN)
    ? Number.NaN
    : (mean(loads.subarray(loads.length - third)) - before) / Math.abs(before);
}

/** Growth that is no more than that of the load belongs to the load. */
export const elasticityRule: Rule = {
  name: 'elasticity',
  judge: ({ window, flat, growth }) => {
    const loadGrowth = loadGrowthOf(window);
    if (!(loadGrowth > LOAD_GROWN)) return undefined;
    const ratio = growth / Math.abs(mean(flat.subarray(0, Math.floor(flat.length / 3))));
    return {
      passed: ratio > loadGrowth,
      text: () =>
        `grew by ${percent(ratio)} while the load grew by ${percent(loadGrowth)}; want more than the load`,
    };
  },
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
