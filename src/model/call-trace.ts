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
