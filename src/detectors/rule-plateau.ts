import { fitLineAndSteps, fitSaturation } from './piecewise.ts';
import { percent, type Rule } from './rule.ts';
import { theilSen } from './theil-sen.ts';

const SECOND_HALF = 0.5;
const LAST_THIRD = 0.35;
/** How much better a saturating curve must fit than a line. */
const FAR_BETTER = 0.5;
/** Share of the way to the limit below which a curve that ends there does no harm. */
const HARMLESS = 0.9;

/** How fast the second half grew beside the first; infinite if the first did not grow. */
export function ratioOfHalves(hours: Float64Array, values: Float64Array): number {
  const half = Math.floor(hours.length / 2);
  const first = slopeOf(hours, values, 0, half);
  return first > 0
    ? slopeOf(hours, values, hours.length - half, hours.length) / first
    : Number.POSITIVE_INFINITY;
}

const slopeOf = (hours: Float64Array, values: Float64Array, from: number, to: number): number =>
  theilSen(hours.subarray(from, to), values.subarray(from, to)).slope.best;

/** A cache or a pool that fills slows down and stops. */
export const plateauRule: Rule = {
  name: 'plateau',
  judge: ({ window, flat, line, situation: { limit } }) => {
    const { hours } = window;
    const halves = ratioOfHalves(hours, flat);
    if (halves < SECOND_HALF) {
      return {
        passed: false,
        text: () => `the second half grew at ${percent(halves)} of the first half's rate; want 50 %`,
      };
    }
    const last =
      slopeOf(hours, flat, hours.length - Math.floor(hours.length / 3), hours.length) / line.slope.best;
    if (last < LAST_THIRD) {
      return {
        passed: false,
        text: () => `the last third grew at ${percent(last)} of the whole's rate; want 35 %`,
      };
    }
    const curve = fitSaturation(hours, flat);
    const better = curve.error / fitLineAndSteps(hours, flat).line;
    const reach = (curve.asymptote - flat[0]!) / (limit - flat[0]!);
    if (better < FAR_BETTER && reach < HARMLESS) {
      return {
        passed: false,
        text: () =>
          `a curve that ends at ${percent(reach)} of the way to the limit leaves ${percent(better)} of a line's error`,
      };
    }
    return {
      passed: true,
      text: () =>
        `goes on: second half at ${percent(halves)} of the first half's rate, last third at ${percent(last)} of the whole's`,
    };
  },
};
