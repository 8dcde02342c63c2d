import type { SpanCounts, TraceCall } from '../model/spans.ts';

/** Traces that are on. */
export interface Traces {
  readonly traceCall: TraceCall;
  readonly counts: () => SpanCounts;
  /** Sends what waits, for at most 6 seconds. */
  readonly stop: () => Promise<void>;
}
