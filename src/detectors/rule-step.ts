import { fitLineAndSteps } from './piecewise.ts';
import { percent, type Rule } from './rule.ts';

/** Two steps have two degrees of freedom more than a line: they must do much better. */
const TWO_STEPS_SHARE = 0.6;

/** A series that rose once or twice and stayed there is a step, of a deploy or of a batch. */
export const stepRule: Rule = {
  name: 'step',
  judge: ({ window, flat }) => {
    const { line, oneStep, twoSteps } = fitLineAndSteps(window.hours, flat);
    const passed = !(oneStep < line) && !(twoSteps < TWO_STEPS_SHARE * line);
    return {
      passed,
      text: () =>
        `one step leaves ${percent(oneStep / line)} of the error of a line, two steps ${percent(twoSteps / line)}; want at least 100 % and 60 %`,
    };
  },
};
