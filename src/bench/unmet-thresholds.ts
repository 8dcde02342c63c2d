import type { ProfileExpectation } from '../model/bench-figure.ts';
import { measureName } from './figure-text.ts';
import type { Threshold } from './threshold.ts';

/** Thresholds by the baseline of which it states no figure for a profile: known before half an hour is spent on it. */
export function unmetThresholds(
  profile: string,
  { figures }: ProfileExpectation,
  thresholds: readonly Threshold[],
): readonly string[] {
  return thresholds.flatMap(({ text, tool, measure, limit }) => {
    if ('value' in limit) return [];
    const isStated = figures.some(
      ({ scope, measure: stated }) =>
        stated === measure &&
        (tool === undefined
          ? scope.of !== 'tool' || profile === 'tools'
          : scope.of === 'tool' && scope.tool === tool),
    );
    if (isStated) return [];
    const of = tool === undefined ? '' : ` of tool ${tool}`;
    return [
      `--fail-on ${text}: want a figure that the baseline states of ${profile}, got ${measureName(measure)}${of}; give a value such as 300ms`,
    ];
  });
}
