import type { DetectorSettings } from '../detectors/detector-settings.ts';

/** An expression whose every series is watched, and where the rest of its samples comes from. */
export interface WatchedQuery {
  /** Value of the label `detector`. */
  readonly detector: string;
  /** Value of the label `series`; undefined: the name of the metric, as far as the expression leaves it. */
  readonly series?: string;
  readonly settings: DetectorSettings;
  readonly query: string;
  /** Limit of every series; goes before that of `limitQuery`. */
  readonly limit?: number;
  readonly limitQuery?: string;
  /** What the server had to do, e.g. requests a second. */
  readonly loadQuery?: string;
  /** Unix times in seconds at which the processes started, or counters of their restarts. */
  readonly startQuery?: string;
  /** Labels by which series are joined; undefined: those that both have. */
  readonly on?: readonly string[];
}

/** A query's name among all, in messages: `connections postgres`. */
export const queryName = ({ detector, series }: WatchedQuery): string =>
  series === undefined || series === '' ? detector : `${detector} ${series}`;
