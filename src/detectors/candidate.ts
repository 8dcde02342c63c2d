import type { LoadRelation } from './load-relation.ts';
import type { SeriesHistory } from './series-history.ts';
import type { RobustLine } from './theil-sen.ts';
import type { Window } from './window.ts';

/** A growth at one scale that the rules are asked about. Values are of the history: harm lies upwards. */
export interface Candidate {
  readonly window: Window;
  /** The window's values at its mean load. */
  readonly flat: Float64Array;
  readonly line: RobustLine;
  /** Growth over the window, load removed. */
  readonly growth: number;
  /** How much of the series one unit of load takes, in this window. */
  readonly loadCoefficient: number;
  readonly situation: Situation;
}

/** What holds for all candidates of one evaluation. */
export interface Situation {
  readonly history: SeriesHistory;
  readonly nowMs: number;
  /** The value at which the harm is done. */
  readonly limit: number;
  /** What ratios are of: the limit, or for a falling series where it began. */
  readonly scale: number;
  readonly isLimitKnown: boolean;
  /** Where the series is now. */
  readonly level: number;
  /** Least growth that matters, in the unit of the series. */
  readonly leastGrowth: number;
  readonly isLoadKnown: boolean;
  /** How long the current life was watched. */
  readonly watchedHours: number;
  readonly loadRelation: LoadRelation;
  /** Factor on the time for which growth must be seen. */
  readonly patience: number;
  readonly format: (value: number) => string;
}

/** Hours until the limit at a rate; 0 if it is reached, infinite if nothing grows. */
export function hoursToLimit({ limit, level }: Situation, slopePerHour: number): number {
  if (limit <= level) return 0;
  return slopePerHour > 0 ? (limit - level) / slopePerHour : Number.POSITIVE_INFINITY;
}
