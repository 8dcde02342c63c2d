import type { DrawnParameters } from './parameters.ts';
import type { SeriesId } from './series-id.ts';

/**
 * Whether an alarm is owed. `healthy`: none may come. `leaks`: one has to come between the start of the leak and the
 * deadline. `either`: nobody could decide it of the series; such ones are left out of precision and recall.
 */
export type Label = 'healthy' | 'leaks' | 'either';

/** What is true of a series, whatever a detector says. Hours count from its first sample. */
export interface Truth {
  readonly label: Label;
  /** Why it is labelled so. */
  readonly why: string;
  /** When the first byte or connection is lost; undefined where nothing leaks. */
  readonly leakStartHour: number | undefined;
  /** When the limit is reached: as rendered, or if that is later than the end, at the pace of the last day; infinite where never. */
  readonly exhaustionHour: number;
  /** Until when an alarm is of use: the first exhaustion that ends the series, else its end. */
  readonly deadlineHour: number;
  /** What was lost by the end in the current process, as a share of the limit. */
  readonly leaked: number;
  /** P5 to P95 of all that does not leak, as a share of the limit, since the start of the leak. */
  readonly swing: number;
  /** How often the limit was reached. */
  readonly exhaustions: number;
}

/** Samples at a regular step, in typed arrays; and what is true of them. */
export interface LabelledSeries {
  readonly id: SeriesId;
  readonly parameters: DrawnParameters;
  readonly startMs: number;
  readonly stepMs: number;
  /** Steps, missing ones included. */
  readonly count: number;
  /** NaN where it was measured but not readable. */
  readonly values: Float64Array;
  /** 1 where there is no sample at all. */
  readonly missing: Uint8Array;
  /** Requests a second; NaN where not known. */
  readonly loads: Float64Array;
  /** Start of the process in Unix milliseconds; NaN where not known. */
  readonly startsMs: Float64Array;
  readonly limits: Float64Array;
  /** Length in hours. */
  readonly hours: number;
  readonly truth: Truth;
}
