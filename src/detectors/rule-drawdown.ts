import { percent, type Rule } from './rule.ts';

const MOST = 0.5;

/** What is given back was not leaked. */
export const drawdownRule: Rule = {
  name: 'drawdown',
  judge: ({ flat, growth }) => {
    let highest = Number.NEGATIVE_INFINITY;
    let fall = 0;
    for (const value of flat) {
      highest = Math.max(highest, value);
      fall = Math.max(fall, highest - value);
    }
    return {
      passed: fall <= MOST * growth,
      text: () => `fell by ${percent(fall / growth)} of its growth on the way; want at most ${percent(MOST)}`,
    };
  },
};
