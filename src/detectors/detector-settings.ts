import type { SeriesUnit } from '../model/verdict.ts';

/** What a detector looks for in a series. All ratios are of the limit unless they say otherwise. */
export interface DetectorSettings {
  readonly unit: SeriesUnit;
  /** Whether the harm lies in growing or in falling. */
  readonly direction: 'up' | 'down';
  /** What of a bin is followed: the lower envelope (what is never given back), or the median. */
  readonly follows: 'envelope' | 'median';
  /** Least growth that matters, in the unit of the series. */
  readonly leastGrowth: number;
  /** Whether growth that goes with the load is taken out. */
  readonly removesLoad: boolean;
  /** Factor on the time for which growth must be seen before it is believed; less than 1 where nothing fills and stops. */
  readonly patience: number;
  /** Limit that is assumed where none is told, as a multiple of where the series began; undefined: without a limit nothing is said. */
  readonly assumedLimitFactor: number | undefined;
}

/** One measurement for a detector. */
export interface SeriesSample {
  /** Unix time in milliseconds. */
  readonly atMs: number;
  readonly value: number;
  /** What the server had to do at the time, e.g. requests a second. */
  readonly load?: number | undefined;
  /** When the process that it is of started; a change is a restart. */
  readonly startedAtMs?: number | undefined;
  /** The limit in force. */
  readonly limit?: number | undefined;
}
