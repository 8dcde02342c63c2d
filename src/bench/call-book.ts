import type { CallOutcome } from '../mcp/call-outcome.ts';
import type { OpenCall } from './call-end.ts';
import type { LoadEnd, LoadParts } from './load-parts.ts';
import { createRecentCalls, type RecentFigures } from './recent-calls.ts';

/** How a request ended, as the loop that made it is told. */
export interface BookedEnd {
  /** Whether the server was not reached, or broke the connection. */
  readonly isUnreached: boolean;
  readonly retryAfterMs: number | undefined;
}

/** The requests under way, and why to stop making them. */
export interface CallBook {
  readonly inFlight: () => number;
  readonly peak: () => number;
  readonly requests: () => number;
  readonly errors: () => number;
  /**
   * Makes the next call of the mix for a user.
   * @param dueMs when it was to start, by the run's clock.
   * @param measuredFromMs what was due before is not recorded; Infinity: nothing is.
   */
  readonly start: (user: number, dueMs: number, onEnd: (end: BookedEnd) => void) => void;
  /** What is due from now on is recorded, as time since this moment. */
  readonly measureFrom: (ms: number) => void;
  /** Counts a request as timed out that never could be sent. */
  readonly giveUp: (dueMs: number) => void;
  readonly recent: () => RecentFigures;
  /** Resolves with why the run is to end before it is complete. */
  readonly stopped: Promise<Exclude<LoadEnd['end'], { how: 'complete' }>>;
  /** Waits for what is under way, at most so long, and gives up the rest. */
  readonly finish: (limitMs: number) => Promise<void>;
  readonly close: () => void;
}

const SWEEP_MS = 50;
/** Many connections may break at once when a server is overloaded: it is gone if none has done anything for so long. */
const GONE_MS = 5000;
/** Below this the last seconds say too little to abort for. */
const LEAST_TO_JUDGE = 100;
const TIMED_OUT: CallOutcome = { kind: 'timeout', phase: 'headers' };
const GIVEN_UP: CallOutcome = { kind: 'cancelled', by: 'disconnect' };

interface Entry {
  readonly startedMs: number;
  open: OpenCall | undefined;
}

const isConnectionFailure = ({ kind, ...outcome }: CallOutcome): boolean =>
  kind === 'unreachable' ||
  kind === 'stopped' ||
  (kind === 'timeout' && 'phase' in outcome && outcome.phase === 'connect');

/** Opens the book of a run. */
export function createCallBook(parts: LoadParts): CallBook {
  const { time, abort, signal } = parts;
  const entries = new Set<Entry>();
  const recent = createRecentCalls();
  const stopped = Promise.withResolvers<Exclude<LoadEnd['end'], { how: 'complete' }>>();
  let measuredFromMs = Infinity;
  let requests = 0;
  let errors = 0;
  let peak = 0;
  let failedConnections = 0;
  let reachedMs = time.nowMs();
  let onEmpty: (() => void) | undefined;

  const abortWith = (why: string): void => stopped.resolve({ how: 'aborted', why });
  const onSignal = (): void => {
    const { reason } = signal;
    stopped.resolve({ how: 'interrupted', why: reason instanceof Error ? reason.message : String(reason) });
  };
  signal.addEventListener('abort', onSignal, { once: true });
  if (signal.aborted) onSignal();

  const judge = (): void => {
    if (abort.errorRatio === undefined && abort.p99Ms === undefined) return;
    const figures = recent.figures(time.nowMs());
    if (figures.requests < LEAST_TO_JUDGE) return;
    const { errorRatio, p99Ms } = abort;
    if (errorRatio !== undefined && figures.errorRatio > errorRatio) {
      abortWith(
        `want at most ${errorRatio * 100} % errors, got ${(figures.errorRatio * 100).toPrecision(3)} % in the last seconds`,
      );
    }
    if (p99Ms !== undefined && (figures.p99Ms ?? 0) > p99Ms) {
      abortWith(
        `want a P99 of at most ${p99Ms} ms, got ${(figures.p99Ms ?? 0).toPrecision(3)} ms in the last seconds`,
      );
    }
  };

  let cancelSweep: () => void = () => {};
  const sweep = (): void => {
    const oldestMs = time.nowMs() - parts.timeoutMs;
    // In the order in which they began.
    for (const entry of entries) {
      if (entry.startedMs > oldestMs) break;
      entry.open?.abandon(TIMED_OUT);
    }
    judge();
    cancelSweep = time.at(time.nowMs() + SWEEP_MS, sweep);
  };
  cancelSweep = time.at(time.nowMs() + SWEEP_MS, sweep);

  const note = (latencyMs: number, outcome: CallOutcome, kind: string): void => {
    const isOk = kind === 'ok';
    recent.add(time.nowMs(), latencyMs, isOk);
    requests += 1;
    if (!isOk) errors += 1;
    if (!isConnectionFailure(outcome)) {
      failedConnections = 0;
      reachedMs = time.nowMs();
      return;
    }
    failedConnections += 1;
    if (failedConnections >= abort.connectionFailures && time.nowMs() - reachedMs >= GONE_MS) {
      abortWith(
        `want a server that can be reached, got ${failedConnections} failed connections one after another`,
      );
    }
  };

  return {
    inFlight: () => entries.size,
    peak: () => peak,
    requests: () => requests,
    errors: () => errors,
    start: (user, dueMs, onEnd) => {
      const call = parts.draw();
      const entry: Entry = { startedMs: time.nowMs(), open: undefined };
      entries.add(entry);
      peak = Math.max(peak, entries.size);
      entry.open = parts.callers.call(user, call, ({ outcome, endMs, firstByteMs, retryAfterMs }) => {
        entries.delete(entry);
        const kind = parts.kindOf(outcome);
        if (kind !== 'cancelled') {
          note(endMs - dueMs, outcome, kind);
          if (dueMs >= measuredFromMs) {
            parts.record({
              row: call.row,
              dueMs: dueMs - measuredFromMs,
              sentMs: entry.startedMs - measuredFromMs,
              endMs: endMs - measuredFromMs,
              firstByteMs,
              kind,
            });
          }
        }
        onEnd({ isUnreached: isConnectionFailure(outcome), retryAfterMs });
        if (entries.size === 0) onEmpty?.();
      });
    },
    measureFrom: (ms) => {
      measuredFromMs = ms;
      requests = 0;
      errors = 0;
    },
    giveUp: (dueMs) => {
      const nowMs = time.nowMs();
      note(nowMs - dueMs, TIMED_OUT, 'timeout');
      if (dueMs < measuredFromMs) return;
      const sinceMs = nowMs - measuredFromMs;
      parts.record({
        row: parts.draw().row,
        dueMs: dueMs - measuredFromMs,
        sentMs: undefined,
        endMs: sinceMs,
        firstByteMs: undefined,
        kind: 'timeout',
      });
    },
    recent: () => recent.figures(time.nowMs()),
    stopped: stopped.promise,
    finish: async (limitMs) => {
      if (entries.size === 0) return;
      const empty = Promise.withResolvers<void>();
      // One who waits already is told as well.
      const before = onEmpty;
      onEmpty = () => {
        before?.();
        empty.resolve();
      };
      const cancel = time.at(time.nowMs() + limitMs, empty.resolve);
      await empty.promise;
      cancel();
      for (const entry of entries) entry.open?.abandon(GIVEN_UP);
    },
    close: () => {
      signal.removeEventListener('abort', onSignal);
      cancelSweep();
      // Nobody waits for the rest any more.
      onEmpty?.();
    },
  };
}
