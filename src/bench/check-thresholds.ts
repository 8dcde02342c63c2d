import { scopeText, type BenchScope } from '../model/bench-figure.ts';
import type { ComparedFigure, ProfileComparison } from './compare-with-baseline.ts';
import { figureText, measureName, ratioText, secondsText } from './figure-text.ts';
import type { Threshold } from './threshold.ts';

/** The figures that a threshold is about: those of the tool or of the run; where a baseline states it of parts only, of each. */
function subjects({ figures }: ProfileComparison, { tool, measure, limit }: Threshold): ComparedFigure[] {
  const ofMeasure = figures.filter((figure) => figure.measure === measure);
  if (tool !== undefined) {
    return ofMeasure.filter(({ scope }) => scope.of === 'tool' && scope.tool === tool);
  }
  const ofRun = ofMeasure.filter(({ scope }) => scope.of === 'run');
  if ('value' in limit || ofRun.some(({ expected }) => expected !== undefined)) return ofRun;
  const parts = ofMeasure.filter(({ expected }) => expected !== undefined);
  return parts.length > 0 ? parts : ofRun;
}

const where = (profile: string, scope: BenchScope): string =>
  scope.of === 'run' ? profile : `${profile}, ${scopeText(scope)}`;

/** Why a figure breaks a threshold; undefined where it does not. */
function breach(profile: string, figure: ComparedFigure, threshold: Threshold): string | undefined {
  const { text, measure, fails, limit } = threshold;
  const { scope, live, expected } = figure;
  const start = `${text}: ${where(profile, scope)}: `;
  if ('timesBaseline' in limit && expected === undefined) {
    return `${start}want a baseline to compare ${measureName(measure)} with, got none`;
  }
  const most =
    'value' in limit ? limit.value : limit.timesBaseline * (expected?.value ?? Number.POSITIVE_INFINITY);
  if (fails === 'above' ? live <= most : live >= most) return undefined;
  const is = `${measureName(measure)} ${measure === 'errors' ? 'are' : 'is'} ${figureText(measure, live)}`;
  if (expected === undefined || 'value' in limit) return `${start}${is}`;
  const times = expected.ratio === undefined ? '' : `${ratioText(expected.ratio)} `;
  return `${start}${is}, ${times}the ${figureText(measure, expected.value)} of ${expected.source}`;
}

/** A run that did not recover has no time of recovery, and fails any upper limit of it. */
function missing({ profile, runs }: ProfileComparison, threshold: Threshold): string {
  const { text, tool, measure } = threshold;
  const watched = runs.flatMap(({ recovery }) =>
    recovery?.recovered === false ? [recovery.watchedSeconds] : [],
  );
  if (measure === 'recovery' && watched.length > 0) {
    return `${text}: ${profile}: not recovered within ${secondsText(Math.max(...watched))}`;
  }
  const of = tool === undefined ? '' : ` of tool ${tool}`;
  return `${text}: ${profile}: want ${measureName(measure)}${of} measured, got no such figure`;
}

const didNotRecover = ({ runs }: ProfileComparison): boolean =>
  runs.some(({ recovery }) => recovery?.recovered === false);

/** Whether a profile can have the figure at all: not each has a spike, or every tool. */
function concerns({ runs, figures }: ProfileComparison, { tool, measure }: Threshold): boolean {
  if (tool !== undefined) return figures.some(({ scope }) => scope.of === 'tool' && scope.tool === tool);
  return measure !== 'recovery' || runs.some(({ recovery }) => recovery !== undefined);
}

/** Every breach of the thresholds, one line each; what cannot be checked is not passed. */
export function checkThresholds(
  comparisons: readonly ProfileComparison[],
  thresholds: readonly Threshold[],
): readonly string[] {
  return thresholds.flatMap((threshold) => {
    const concerned = comparisons.filter((comparison) => concerns(comparison, threshold));
    if (concerned.length === 0) return comparisons.map((comparison) => missing(comparison, threshold));
    return concerned.flatMap((comparison) => {
      const found = subjects(comparison, threshold);
      const isLost =
        threshold.measure === 'recovery' && threshold.fails === 'above' && didNotRecover(comparison);
      if (found.length === 0 || isLost) return [missing(comparison, threshold)];
      return found.flatMap((figure) => breach(comparison.profile, figure, threshold) ?? []);
    });
  });
}
