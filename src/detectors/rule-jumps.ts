import { percent, type Rule } from './rule.ts';

const JUMPS = 3;
const MOST = 0.7;

/**
 * Which share of what a series never gave back came in its few greatest jumps.
 * @param values in order of time.
 */
export function shareOfJumps(values: Float64Array, jumps: number): number {
  // What is never given back: from each moment on, the least that is still to come.
  const kept = values.slice();
  for (let i = kept.length - 2; i >= 0; i--) kept[i] = Math.min(kept[i]!, kept[i + 1]!);
  const rises = kept.subarray(1).map((value, i) => value - kept[i]!);
  const greatest = rises.toSorted().slice(-jumps);
  return greatest.reduce((sum, rise) => sum + rise, 0) / (kept.at(-1)! - kept[0]!);
}

/** What rose in a few jumps and was quiet between them was set up or loaded, not leaked. */
export const jumpsRule: Rule = {
  name: 'jumps',
  judge: ({ flat }) => {
    const share = shareOfJumps(flat, JUMPS);
    return {
      passed: share <= MOST,
      text: () =>
        `${percent(share)} of the growth came in its ${JUMPS} greatest jumps; want at most ${percent(MOST)}`,
    };
  },
};
