import type { Labels } from '../model/labels.ts';

/** A series as a query gives it. */
export interface QueriedSeries {
  readonly labels: Labels;
  /** Unix times in milliseconds, rising. */
  readonly timesMs: Float64Array;
  /** One for each time; may be NaN or infinite. */
  readonly values: Float64Array;
}

/** Evaluates an expression at every step of a range; may be refused with an Error of one clear line. */
export type QueryRange = (
  expr: string,
  range: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly stepMs: number;
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly series: readonly QueriedSeries[]; readonly warnings: readonly string[] }>;
