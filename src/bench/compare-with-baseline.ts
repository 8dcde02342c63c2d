import {
  scopeText,
  type BenchMeasure,
  type BenchScope,
  type ProfileExpectation,
} from '../model/bench-figure.ts';
import type { BenchRun } from './bench-report.ts';
import { judgeFigure, type FigureVerdict } from './judge-figure.ts';
import { measuredFigures, type MeasuredFigure } from './measured-figures.ts';
import { spreadOf, type Spread } from './spread.ts';

/** One figure of a profile beside what is expected of it. */
export interface ComparedFigure {
  readonly scope: BenchScope;
  readonly measure: BenchMeasure;
  /** Median of the runs; errors: of all their requests together. */
  readonly live: number;
  readonly spread: Spread;
  /** Of all runs together. */
  readonly requests: number;
  readonly expected?: {
    readonly value: number;
    readonly source: string;
    /** Live by expected; absent where nothing is expected. */
    readonly ratio?: number;
    readonly verdict: FigureVerdict;
  };
}

/** All runs of one profile beside its baseline. */
export interface ProfileComparison {
  readonly profile: string;
  readonly runs: readonly BenchRun[];
  readonly figures: readonly ComparedFigure[];
  readonly errorShares?: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
}

/** The runs of a report by profile, in the order of their first run. */
export function runsByProfile(runs: readonly BenchRun[]): ReadonlyMap<string, readonly BenchRun[]> {
  return Map.groupBy(runs, ({ profile }) => profile);
}

/** What tells a figure of a run from its others. */
export const figureKey = ({ scope, measure }: { scope: BenchScope; measure: BenchMeasure }): string =>
  `${scopeText(scope)} ${measure}`;

function compared(
  values: readonly MeasuredFigure[],
  expectation: ReadonlyMap<string, ProfileExpectation['figures'][number]>,
): ComparedFigure | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const { scope, measure } = first;
  const spread = spreadOf(values.map(({ value }) => value));
  const requests = values.reduce((sum, each) => sum + each.requests, 0);
  const errors = values.reduce((sum, each) => sum + each.value * each.requests, 0);
  const live = measure === 'errors' && requests > 0 ? errors / requests : spread.median;
  const expected = expectation.get(figureKey(first));
  if (expected === undefined) return { scope, measure, live, spread, requests };
  const { value, source } = expected;
  const verdict = judgeFigure(measure, { ...spread, median: live }, value, requests);
  return {
    scope,
    measure,
    live,
    spread,
    requests,
    expected: { value, source, ...(value > 0 && { ratio: live / value }), verdict },
  };
}

/**
 * Holds the runs of one profile against what is expected of it. Figures that nothing is expected of are there too;
 * what is expected and was not measured is not.
 */
export function compareWithBaseline(
  runs: readonly [BenchRun, ...(readonly BenchRun[])],
  expectation: ProfileExpectation,
): ProfileComparison {
  const expected = new Map(expectation.figures.map((figure) => [figureKey(figure), figure]));
  const measured = Map.groupBy(runs.flatMap(measuredFigures), figureKey);
  const figures = [...measured.values()].flatMap((values) => compared(values, expected) ?? []);
  const { errorShares, remarks } = expectation;
  return {
    profile: runs[0].profile,
    runs,
    figures,
    ...(errorShares && { errorShares }),
    remarks,
  };
}
