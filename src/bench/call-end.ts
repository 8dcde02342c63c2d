import type { CallOutcome } from '../mcp/call-outcome.ts';
import type { Agreement } from './negotiate.ts';
import type { PlannedCall } from './planned-call.ts';

/** How a call ended, as its transport saw it. */
export interface CallEnd {
  readonly outcome: CallOutcome;
  /** When its answer was there, as the run's clock tells it. */
  readonly endMs: number;
  /** From the sending to the first byte of the answer's body; undefined where none came. */
  readonly firstByteMs: number | undefined;
  /** How long the server asked to be left alone (`Retry-After`). */
  readonly retryAfterMs: number | undefined;
}

/** A call under way. */
export interface OpenCall {
  /** Gives it up; its end follows as the outcome that is given. */
  readonly abandon: (outcome: CallOutcome) => void;
}

/** One session with a server, over whatever transport. */
export interface McpSession {
  readonly agreement: Agreement;
  /** Whether the server holds something for it that has to be ended. */
  readonly isStateful: boolean;
  /**
   * Asks something beside the load.
   * @returns the result.
   * @throws AskError if there is none.
   */
  readonly ask: (
    method: string,
    params: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ) => Promise<unknown>;
  /** Makes a call; `done` follows exactly once, never before `call` has returned. */
  readonly call: (call: PlannedCall, done: (end: CallEnd) => void) => OpenCall;
  /** False once the server has forgotten the session, or its process is gone. */
  readonly isUsable: () => boolean;
  /** Ends the session; resolves to whether the server took part. */
  readonly close: () => Promise<boolean>;
}
