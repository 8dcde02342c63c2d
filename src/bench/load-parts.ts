import type { CallOutcome } from '../mcp/call-outcome.ts';
import type { CallEnd, OpenCall } from './call-end.ts';
import type { LoadTime } from './load-time.ts';
import type { StartPacer } from './pacer.ts';
import type { PlannedCall } from './planned-call.ts';
import type { AbortConditions } from './profile.ts';
import type { EndedCall } from './recorder.ts';
import type { RecentFigures } from './recent-calls.ts';

/** Those who make calls: sessions with a server, or whatever stands in for them. */
export interface Callers {
  /** Number of users, counted from 0. */
  readonly users: number;
  /** Makes a call in a user's session; `done` follows exactly once, later. */
  readonly call: (user: number, call: PlannedCall, done: (end: CallEnd) => void) => OpenCall;
}

/** What a loop works with. */
export interface LoadParts {
  readonly time: LoadTime;
  readonly startPacer: StartPacer;
  readonly callers: Callers;
  /** The next call of the mix. */
  readonly draw: () => PlannedCall;
  /** `ok`, `cancelled` or the kind of error. */
  readonly kindOf: (outcome: CallOutcome) => string;
  readonly timeoutMs: number;
  /** Requests that may be under way at once. */
  readonly maxInFlight: number;
  readonly abort: AbortConditions;
  /** Whether a user that is told `Retry-After` waits so long. */
  readonly honorRetryAfter: boolean;
  /** Aborted when the user wants the run to end; its reason says why. */
  readonly signal: AbortSignal;
  /** Gets what came of each request that is measured. */
  readonly record: (call: EndedCall) => void;
  /** Told a few times a second. */
  readonly onProgress: (progress: LoadProgress) => void;
}

/** How far a loop is. */
export interface LoadProgress {
  /** Name of the stage; `warm-up` before the first. */
  readonly stage: string;
  /** Share of the whole that is behind, 0 to 1. */
  readonly doneRatio: number;
  readonly elapsedMs: number;
  /** How long all of it takes; undefined where that is not known. */
  readonly totalMs: number | undefined;
  /** The rate that is aimed at; undefined in a closed loop. */
  readonly aimPerSecond: number | undefined;
  readonly recent: RecentFigures;
  readonly inFlight: number;
  /** Requests that are due and wait for their turn. */
  readonly waiting: number;
  readonly requests: number;
  readonly errors: number;
}

/** How a loop ended. */
export interface LoadEnd {
  readonly end:
    { readonly how: 'complete' } | { readonly how: 'interrupted' | 'aborted'; readonly why: string };
  /** When what is measured began, by the clock of the run. */
  readonly measuredMs: number;
  /** Requests of an open loop that started more than a millisecond late. */
  readonly lateStarts: { readonly requests: number; readonly maxMs: number };
  /** Requests of what is measured that were never made, since the server had asked to be left alone. */
  readonly heldBack: number;
  /** Most requests that were under way at once. */
  readonly peakInFlight: number;
}
