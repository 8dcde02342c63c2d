/**
 * What a detector concludes of a series, from nothing to the worst:
 * `watch` it grows, but its limit is far: shown, no alarm; `ticket` it will reach the limit in the foreseeable future;
 * `urgent` within 72 hours, or by more than 1 % of the limit an hour; `page` within 12 hours.
 */
export const VERDICT_STATES = ['none', 'watch', 'ticket', 'urgent', 'page'] as const;

/** One of {@link VERDICT_STATES}. */
export type VerdictState = (typeof VERDICT_STATES)[number];

/** A figure with its likely range; `high` may be infinite. */
export interface Estimate {
  readonly low: number;
  readonly best: number;
  readonly high: number;
}

/** How a conclusion was come to: a line that grows, the same hour day after day, or the same slope in every life of the process. */
export type VerdictPath = 'trend' | 'daily' | 'lives';

/** What one rule said of the growth, in order of their asking: `held` ones kept an alarm back. */
export interface RuleTrace {
  readonly rule: string;
  readonly outcome: 'passed' | 'held';
  /** With the figures that decided it, e.g. `growth 180 MiB is 8.8 % of the limit, want 5 %`. */
  readonly text: string;
}

/** What a series measures; decides how its values are written. */
export type SeriesUnit = 'bytes' | 'seconds' | 'count' | 'ratio' | 'per_second';

/** A time of the process between two restarts. */
export interface Life {
  readonly fromMs: number;
  readonly toMs: number;
  /** Growth an hour, in the unit of the series. */
  readonly slopePerHour: number;
}

/** A detector's conclusion of one series at one moment, with what led to it. Values are in the unit of the series, times Unix milliseconds. */
export interface Verdict {
  readonly state: VerdictState;
  readonly atMs: number;
  /** Since when the state has been this one. */
  readonly sinceMs: number;
  readonly path: VerdictPath | undefined;
  /** Growth an hour towards the limit, load removed; for a falling series its fall. */
  readonly slopePerHour: Estimate | undefined;
  /** Growth over the span it was seen in. */
  readonly growth: number | undefined;
  readonly spanMs: number | undefined;
  /** How long the process was watched since it last started. */
  readonly watchedMs: number;
  /** Where the series is now (P75 of the high side of the last bins). */
  readonly level: number | undefined;
  readonly limit: number | undefined;
  /** Whether the limit was told; else it was assumed from where the series began. */
  readonly isLimitKnown: boolean;
  /** Time until the limit is reached if it goes on so; undefined where nothing grows or there is no limit. */
  readonly secondsToLimit: Estimate | undefined;
  /** Share of the raw growth that the load explains, 0 to 1; undefined where no load is known or nothing grows. */
  readonly loadExplained: number | undefined;
  readonly restarts: number;
  /** Lives of the process, the current one last. */
  readonly lives: readonly Life[];
  /** Every rule that was asked of the growth that came farthest. */
  readonly rules: readonly RuleTrace[];
}
