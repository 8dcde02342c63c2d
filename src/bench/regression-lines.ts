import { scopeText } from '../model/bench-figure.ts';
import type { ReportChange } from './compare-reports.ts';
import { figureText, measureName, ratioText } from './figure-text.ts';

/** Every figure that became worse, one line each; a comparison that cannot tell is not passed either. */
export function regressionLines({ profiles }: ReportChange): readonly string[] {
  if (profiles.length === 0)
    return ['regression: want a profile with complete runs in both reports, got none'];
  return profiles.flatMap(({ profile, figures }) => {
    const told = figures.filter(({ pValue }) => pValue !== undefined);
    const unsure = figures.flatMap(({ verdict }) => (verdict.kind === 'unsure' ? [verdict.runsNeeded] : []));
    if (told.length === 0) {
      return [
        `regression: ${profile}: cannot tell with so few runs, want ${Math.min(...unsure)} of each or more (--runs)`,
      ];
    }
    return told
      .filter(({ verdict }) => verdict.kind === 'worse')
      .map(({ scope, measure, before, after, shift, pValue = 1 }) => {
        const part = scope.of === 'run' ? profile : `${profile}, ${scopeText(scope)}`;
        const times = shift === undefined ? '' : `${ratioText(shift.ratio)}, `;
        const values = `${figureText(measure, before.median)} to ${figureText(measure, after.median)}`;
        return `regression: ${part}: ${measureName(measure)} from ${values} (${times}p ${pValue.toFixed(3)})`;
      });
  });
}
