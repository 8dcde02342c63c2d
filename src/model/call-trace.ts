import type { CallObservation } from './traffic.ts';

/** A trace context as its sender wrote it (W3C Trace Context), not yet looked at. */
export interface SentContext {
  /** Value of `traceparent`. */
  readonly parent: string;
  /** Value of `tracestate`. */
  readonly state: string | undefined;
}

/** What only a span tells of a call: values without bounds. Collected while traces are on. */
export interface CallTrace {
  /** Canonical JSON-RPC id, as the tap keeps it: `n1`, `sabc`, or `c…` for a string that was cut. */
  readonly requestId: string;
  /** Value of `Mcp-Session-Id`; where the answer gives it, known only then. */
  sessionId: string | undefined;
  /** What `params._meta` says. */
  readonly meta: SentContext | undefined;
  /** What the headers of the HTTP request say. */
  readonly header: SentContext | undefined;
  /** When the call was settled, on the monotonic clock, in milliseconds; 0 until then. */
  endedAtMs: number;
}

/** The ids of a span in lower-case hexadecimal: 32 digits and 16. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Makes the span of a call that has ended.
 * @param trace the call's own.
 * @param target bounded name of the tool or prompt that it addressed; undefined if it addressed neither.
 * @returns its ids; undefined if the call is not sampled or its span could not be kept.
 */
export type TraceCall = (
  call: CallObservation,
  trace: CallTrace,
  target: string | undefined,
) => SpanIds | undefined;

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
