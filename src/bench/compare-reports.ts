import type { BenchMeasure, BenchScope } from '../model/bench-figure.ts';
import type { BenchReport, BenchRun } from './bench-report.ts';
import { figureKey, runsByProfile } from './compare-with-baseline.ts';
import { holm } from './holm.ts';
import { betterWhen, wordsOf } from './judge-figure.ts';
import { mannWhitney, smallestPValue } from './mann-whitney.ts';
import { measuredFigures, type MeasuredFigure } from './measured-figures.ts';
import { runDifferences } from './run-differences.ts';
import { shiftRatio, type ShiftRatio } from './shift-interval.ts';
import { spreadOf, type Spread } from './spread.ts';

/** Chance of even one false "faster" or "slower" in a whole comparison of reports that do not differ. */
export const SIGNIFICANCE = 0.05;

/** What a comparison of runs can say. */
export type ChangeVerdict =
  | { readonly kind: 'better' | 'worse' | 'changed'; readonly word: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unsure'; readonly runsNeeded: number };

/** A figure of the earlier runs beside the later ones'. */
export interface ChangedFigure {
  readonly scope: BenchScope;
  readonly measure: BenchMeasure;
  readonly before: Spread;
  readonly after: Spread;
  /** After by before, with its interval; absent where a run had 0. */
  readonly shift?: ShiftRatio;
  /** Chance that a later run's value is above an earlier one's. */
  readonly superiority: number;
  /** Adjusted for all figures that were tested; absent where this one was not. */
  readonly pValue?: number;
  readonly verdict: ChangeVerdict;
}

/** One profile in both reports. */
export interface ProfileChange {
  readonly profile: string;
  readonly figures: readonly ChangedFigure[];
}

/** Two reports side by side. */
export interface ReportChange {
  readonly profiles: readonly ProfileChange[];
  /** Number of figures that the p-values are adjusted for. */
  readonly tested: number;
  /** What keeps the reports from being comparable, and what was left out. */
  readonly warnings: readonly string[];
}

interface Pair {
  readonly profile: string;
  readonly figure: MeasuredFigure;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const HEADLINES: ReadonlySet<BenchMeasure> = new Set([
  'throughput',
  'p50',
  'p95',
  'p99',
  'errors',
  'recovery',
]);

/** The figures that tell whether a server became slower; every further one would cost the test power. */
const isHeadline = ({ figure: { scope, measure } }: Pair): boolean =>
  scope.of === 'run' && HEADLINES.has(measure);

/** One figure of each part: tested where there are runs enough for all of them. */
const isOfPart = ({ figure: { scope, measure } }: Pair): boolean =>
  scope.of === 'instances'
    ? measure === 'throughput'
    : (scope.of === 'tool' || scope.of === 'phase') && measure === 'p99';

function pairs(before: readonly BenchRun[], after: readonly BenchRun[]): Pair[] {
  const earlier = Map.groupBy(before.flatMap(measuredFigures), figureKey);
  const later = Map.groupBy(after.flatMap(measuredFigures), figureKey);
  const values = (figures: readonly MeasuredFigure[]) => figures.map(({ value }) => value);
  return [...earlier].flatMap(([key, old]): Pair[] => {
    const now = later.get(key);
    const [figure] = old;
    if (now === undefined || figure === undefined) return [];
    return [{ profile: after[0]?.profile ?? '', figure, before: values(old), after: values(now) }];
  });
}

const canTell = (tested: number) => (pair: Pair) =>
  smallestPValue(pair.before.length, pair.after.length) * tested <= SIGNIFICANCE;

/** Runs on either side with which so many figures can be told apart. */
function runsNeeded(tested: number): number {
  let runs = 2;
  while (smallestPValue(runs, runs) * tested > SIGNIFICANCE) runs += 1;
  return runs;
}

function verdictOf({ figure }: Pair, pValue: number, superiority: number): ChangeVerdict {
  if (pValue > SIGNIFICANCE) return { kind: 'none' };
  const [less, more] = wordsOf(figure.measure);
  const better = betterWhen(figure.measure);
  const isMore = superiority > 0.5;
  const word = isMore ? more : less;
  if (better === 'neither') return { kind: 'changed', word };
  return { kind: (better === 'more') === isMore ? 'better' : 'worse', word };
}

/** Complete runs only: half a run has another warm-up, another mix and another load. */
const complete = (runs: readonly BenchRun[]) => runs.filter(({ end }) => end.how === 'complete');

/**
 * Compares the runs of two reports figure by figure with the exact Mann–Whitney test, adjusted by Holm for all figures
 * that are tested. A run is one observation: its requests depend on each other and are not counted as so many.
 * Which figures are tested follows from the number of runs alone, never from what was measured.
 */
export function compareReports(earlier: BenchReport, later: BenchReport): ReportChange {
  const [before, after] = [runsByProfile(earlier.runs), runsByProfile(later.runs)];
  const warnings: string[] = [];
  const all: Pair[] = [];
  for (const [profile, now] of after) {
    const old = before.get(profile);
    if (old === undefined) {
      warnings.push(`${profile}: not in the earlier report, so not compared`);
      continue;
    }
    warnings.push(...runDifferences(old, now).map((difference) => `${profile}: ${difference}`));
    const partial = [...old, ...now].length - complete(old).length - complete(now).length;
    if (partial > 0) {
      warnings.push(`${profile}: ${partial} partial ${partial === 1 ? 'run is' : 'runs are'} left out`);
    }
    const lost = [old, now].map(
      (runs) => runs.filter(({ recovery }) => recovery?.recovered === false).length,
    );
    if (lost.some((count) => count > 0)) {
      warnings.push(
        `${profile}: ${lost[0]} earlier and ${lost[1]} later runs did not recover: the time of recovery is that of the others`,
      );
    }
    all.push(...pairs(complete(old), complete(now)));
  }
  for (const profile of before.keys()) {
    if (!after.has(profile)) warnings.push(`${profile}: only in the earlier report, so not compared`);
  }

  const headlines = all.filter(isHeadline);
  const shown = all.filter((pair) => isHeadline(pair) || isOfPart(pair));
  const tested = shown.every(canTell(shown.length)) ? shown : headlines;
  const tests = new Map(tested.map((pair) => [pair, mannWhitney(pair.before, pair.after)]));
  const adjusted = holm([...tests.values()].map(({ pValue }) => pValue));
  const pValues = new Map([...tests.keys()].map((pair, i) => [pair, adjusted[i] ?? 1]));

  const figures = shown.map((pair): readonly [string, ChangedFigure] => {
    const { superiority } = tests.get(pair) ?? mannWhitney(pair.before, pair.after);
    const pValue = pValues.get(pair);
    const isTold = pValue !== undefined && canTell(tests.size)(pair);
    const needed = runsNeeded(pValue === undefined ? shown.length : tests.size);
    const shift = shiftRatio(pair.before, pair.after);
    return [
      pair.profile,
      {
        scope: pair.figure.scope,
        measure: pair.figure.measure,
        before: spreadOf(pair.before),
        after: spreadOf(pair.after),
        ...(shift && { shift }),
        superiority,
        ...(isTold && { pValue }),
        verdict: isTold ? verdictOf(pair, pValue, superiority) : { kind: 'unsure', runsNeeded: needed },
      },
    ];
  });
  const profiles = Map.groupBy(figures, ([profile]) => profile);
  return {
    profiles: [...profiles].map(([profile, list]) => ({
      profile,
      figures: list.map(([, figure]) => figure),
    })),
    tested: tests.size,
    warnings,
  };
}
