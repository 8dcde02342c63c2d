import type { Baseline } from './baseline.ts';
import type { ProbeSummary } from './probe-history.ts';
import type { Tier } from './tier.ts';
import type { VerdictState } from './verdict.ts';

/** Figures over time, by the names of the page's series. */
export interface FigureReadings {
  /** Mean of the values of a while that ended `offsetMs` ago (default: now); undefined without any. */
  readonly mean: (series: string, windowMs: number, offsetMs?: number) => number | undefined;
  /** Events that a rate a second stands for over a while; undefined without any value. */
  readonly total: (series: string, windowMs: number) => number | undefined;
  readonly max: (series: string, windowMs: number) => number | undefined;
  /** The value of the newest step; undefined if there is none. */
  readonly last: (series: string) => number | undefined;
  /** Labels for which a figure has a series, e.g. the tools of `tool_rate`. */
  readonly labelsOf: (figure: string) => readonly string[];
}

/** A series of which a detector concluded something. */
export interface ConcludedSeries {
  readonly detector: string;
  readonly series: string;
  readonly state: VerdictState;
  readonly text: string;
}

/** Everything that the sidecar by itself judges conditions by, at one moment. */
export interface ConditionReadings extends FigureReadings {
  /** Unix time in milliseconds. */
  readonly atMs: number;
  readonly baseline: Baseline;
  readonly tier: Tier | undefined;
  readonly probes: readonly ProbeSummary[];
  /** Undefined: no detector runs. */
  readonly verdicts: readonly ConcludedSeries[] | undefined;
  /** Unix time of the detectors' last evaluation in milliseconds. */
  readonly evaluatedAtMs: number | undefined;
  /** Sources whose last reading failed, with why; undefined: none is configured. */
  readonly failingSources: ReadonlyMap<string, string> | undefined;
  readonly isLastReloadOk: boolean;
}
