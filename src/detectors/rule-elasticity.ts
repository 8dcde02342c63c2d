import { percent, type Rule } from './rule.ts';

const GROWN = 0.1;

/** Growth that is no more than that of the load belongs to the load. */
export const elasticityRule: Rule = {
  name: 'elasticity',
  judge: ({ window, flat, growth }) => {
    const { loads } = window;
    if (loads.some(Number.isNaN)) return undefined;
    const third = Math.floor(loads.length / 3);
    const before = mean(loads.subarray(0, third));
    const after = mean(loads.subarray(loads.length - third));
    const loadGrowth = (after - before) / Math.abs(before);
    if (!(loadGrowth > GROWN)) return undefined;
    const ratio = growth / Math.abs(mean(flat.subarray(0, third)));
    return {
      passed: ratio > loadGrowth,
      text: () =>
        `grew by ${percent(ratio)} while the load grew by ${percent(loadGrowth)}; want more than the load`,
    };
  },
};

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
