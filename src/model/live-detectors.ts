import type { VerdictState } from './verdict.ts';

/** A series that a detector says something of. */
export interface LiveVerdict {
  readonly detector: string;
  readonly series: string;
  readonly state: VerdictState;
  /** In words, e.g. `grows 62 MiB/h (1.5 % of the limit 4 GiB an hour), limit in 18–31 h`. */
  readonly text: string;
  /** In fewer words. */
  readonly brief: string;
}

/** What the leak and drift detectors do at the moment. */
export interface LiveDetectors {
  /** Series that are followed. */
  readonly series: number;
  /** How long the longest of them was, in seconds. */
  readonly watchedSeconds: number;
  /** How many seconds one second counts as; 1 but for a demonstration. */
  readonly rate: number;
  /** Those whose state is not `none`, the worst first. */
  readonly verdicts: readonly LiveVerdict[];
}
