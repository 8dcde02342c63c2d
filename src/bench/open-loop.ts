import { createCallBook } from './call-book.ts';
import type { LoadEnd, LoadParts } from './load-parts.ts';
import { createSchedule, type Segment } from './schedule.ts';

/** A part of the schedule with its name. */
export interface NamedSegment extends Segment {
  readonly name: string;
}

/** A start later than this is counted. */
const LATE_MS = 1;
/** For the pacer's thread to be there. */
const LEAD_MS = 100;
const PROGRESS_MS = 250;
/** How long answers are waited for when a run is ended before its time. */
const GRACE_MS = 2000;

/**
 * Makes requests when they are due, whatever the server does with them. A request that finds as many under way as may
 * be waits for one of them to end; its latency counts from when it was due all the same, so that a server that stalls
 * cannot hide it (no coordinated omission).
 * @param warmUpMs what is due before is not recorded; the first segment is at least that long.
 */
export async function runOpenLoop(
  parts: LoadParts,
  segments: readonly NamedSegment[],
  warmUpMs: number,
): Promise<LoadEnd> {
  const { time, callers, timeoutMs } = parts;
  const schedule = createSchedule(segments);
  const startMs = time.nowMs() + LEAD_MS;
  const lateStarts = { requests: 0, maxMs: 0 };
  const book = createCallBook({
    ...parts,
    record: (call) => {
      const lateMs = (call.sentMs ?? call.endMs) - call.dueMs;
      if (lateMs > LATE_MS) {
        lateStarts.requests += 1;
        lateStarts.maxMs = Math.max(lateStarts.maxMs, lateMs);
      }
      parts.record(call);
    },
  });
  const pausedUntilMs = new Float64Array(callers.users);
  /** When those were due that wait; taken from the front without moving the rest. */
  let waiting: number[] = [];
  let taken = 0;
  let next = 0;
  let user = 0;
  let heldBack = 0;
  let isOver = false;
  let onAllStarted: (() => void) | undefined;

  /** The next user who is not asked to wait; undefined if all are. */
  const nextUser = (): number | undefined => {
    for (let tried = 0; tried < callers.users; tried += 1) {
      user = (user + 1) % callers.users;
      if ((pausedUntilMs[user] ?? 0) <= time.nowMs()) return user;
    }
    return undefined;
  };

  const launch = (dueMs: number): void => {
    const lateMs = time.nowMs() - dueMs;
    if (lateMs > timeoutMs) {
      book.giveUp(dueMs);
      return;
    }
    const by = nextUser();
    if (by === undefined) {
      if (dueMs >= startMs + warmUpMs) heldBack += 1;
      return;
    }
    book.start(by, dueMs, ({ retryAfterMs }) => {
      if (parts.honorRetryAfter && retryAfterMs !== undefined)
        pausedUntilMs[by] = time.nowMs() + retryAfterMs;
      pump();
    });
  };

  function pump(): void {
    if (isOver) return;
    const nowMs = time.nowMs();
    for (let dueMs = startMs + schedule.dueMs(next); dueMs <= nowMs; dueMs = startMs + schedule.dueMs(next)) {
      waiting.push(dueMs);
      next += 1;
    }
    while (taken < waiting.length && book.inFlight() < parts.maxInFlight) {
      const dueMs = waiting[taken] ?? 0;
      taken += 1;
      launch(dueMs);
    }
    if (taken > 1024 && taken * 2 > waiting.length) {
      waiting = waiting.slice(taken);
      taken = 0;
    }
    pacer.started(next);
    if (next >= schedule.count && taken === waiting.length) onAllStarted?.();
  }

  const failed = Promise.withResolvers<never>();
  const allStarted = Promise.withResolvers<'complete'>();
  onAllStarted = () => allStarted.resolve('complete');
  const pacer = parts.startPacer(segments, startMs, pump, failed.reject);
  book.measureFrom(startMs + warmUpMs);

  let cancelProgress: () => void = () => {};
  const progress = (): void => {
    // What waits is looked at even if nothing ends and nothing is due.
    pump();
    const elapsedMs = Math.max(0, time.nowMs() - startMs);
    let endMs = 0;
    const stage = segments.find((each) => (endMs += each.durationMs) > elapsedMs) ?? segments.at(-1);
    parts.onProgress({
      stage: stage?.name ?? '',
      doneRatio: Math.min(1, elapsedMs / schedule.durationMs),
      elapsedMs,
      totalMs: schedule.durationMs,
      aimPerSecond: schedule.ratePerSecond(elapsedMs),
      recent: book.recent(),
      inFlight: book.inFlight(),
      waiting: waiting.length - taken,
      requests: book.requests(),
      errors: book.errors(),
    });
    cancelProgress = time.at(time.nowMs() + PROGRESS_MS, progress);
  };
  cancelProgress = time.at(startMs + PROGRESS_MS, progress);

  try {
    const why = await Promise.race([allStarted.promise, book.stopped, failed.promise]);
    if (why === 'complete') {
      // The last stretch is over at its end, not with its last request.
      const restMs = startMs + schedule.durationMs - time.nowMs();
      const left = Promise.withResolvers<'complete'>();
      const cancel = time.at(time.nowMs() + Math.max(0, restMs), () => left.resolve('complete'));
      await Promise.race([left.promise, book.stopped]);
      cancel();
    }
    isOver = true;
    await pacer.stop();
    const stopped = why === 'complete' ? await Promise.race([book.stopped, drained()]) : why;
    await book.finish(GRACE_MS);
    return {
      end: stopped === 'complete' ? { how: 'complete' } : stopped,
      measuredMs: startMs + warmUpMs,
      lateStarts,
      heldBack,
      peakInFlight: book.peak(),
    };
  } finally {
    cancelProgress();
    book.close();
    await pacer.stop();
  }

  async function drained(): Promise<'complete'> {
    await book.finish(timeoutMs * 2);
    return 'complete';
  }
}
