import type { ErrorPattern } from '../model/error-pattern.ts';

/** Limits and choices of the MCP taps. */
export interface TapOptions {
  /** Most bytes of a compressed body that may wait for decoding. */
  readonly maxBodyBytes: number;
  /** Most bytes that one compressed body may decode to. */
  readonly maxDecodedBytes: number;
  /** Most calls that may be awaited at once. */
  readonly maxPending: number;
  /** How long a call whose stream was cut may still be answered on a resumed one. */
  readonly resumeTimeoutMs: number;
  /** Time without an answer from which on a call on an open stream counts as parked; 0: none ever does. */
  readonly parkedAfterMs: number;
  readonly maxSessions: number;
  /** Silence after which a session counts as closed; 0: never. */
  readonly sessionIdleTimeoutMs: number;
  /** Tool name → the argument whose length is its batch size. */
  readonly batchTools: ReadonlyMap<string, string>;
  /** Tried in order against an error's text; the first match names the error. */
  readonly errorPatterns: readonly ErrorPattern[];
  /** Whether what only spans need is read and kept; does not change while the process runs. */
  readonly traced: boolean;
}
