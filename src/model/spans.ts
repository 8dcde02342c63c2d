import type { CallTrace } from './call-trace.ts';
import type { CallObservation } from './traffic.ts';

/** The ids of a span in lower-case hexadecimal: 32 digits and 16. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Makes the span of a call that has ended.
 * @param trace the call's own.
 * @param name of the span, `{method} {tool or prompt}`; few have to be different, whatever clients send.
 * @returns its ids; undefined if the call is not sampled or its span could not be kept.
 */
export type TraceCall = (call: CallObservation, trace: CallTrace, name: string) => SpanIds | undefined;

/** What has become of the spans so far. */
export interface SpanCounts {
  /** Taken by the collector. */
  readonly exported: number;
  /** Refused by the collector, or it could not be reached in time. */
  readonly failed: number;
  /** Not made, since as many as the queue takes waited already. */
  readonly queueFull: number;
  /** Not made, by a fault of ours. */
  readonly faulty: number;
  /** Waiting for the next export. */
  readonly waiting: number;
}
