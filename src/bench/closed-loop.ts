import { createCallBook } from './call-book.ts';
import type { LoadEnd, LoadParts } from './load-parts.ts';

/** How much a closed loop does. */
export interface ClosedLoopOrder {
  readonly name: string;
  /** Users who take part, the first ones. */
  readonly users: number;
  /** Requests in all, or undefined: until the time is over. */
  readonly requests: number | undefined;
  readonly durationMs: number | undefined;
  /** Users begin one after another over this time. */
  readonly rampUpMs: number;
  /** Pause between an answer and the next request. */
  readonly thinkTimeMs: number;
  /** False for a warm-up. */
  readonly isMeasured: boolean;
}

const PROGRESS_MS = 250;
const GRACE_MS = 2000;
/** A server that cannot be reached is not asked again at once: it would be a loop without a pause. */
const BACK_OFF_MS = 100;

/** Makes requests for a number of users, each of whom sends the next one when the last is answered. */
export async function runClosedLoop(parts: LoadParts, order: ClosedLoopOrder): Promise<LoadEnd> {
  const { time } = parts;
  const book = createCallBook(parts);
  const startMs = time.nowMs();
  const { requests = Infinity, durationMs = Infinity } = order;
  let started = 0;
  let isOver = false;
  let active = 0;
  /** What takes back the pauses of users, so that none outlasts the loop. */
  const pauses = new Map<number, () => void>();
  const over = Promise.withResolvers<'complete'>();
  if (order.isMeasured) book.measureFrom(startMs);

  const leave = (): void => {
    active -= 1;
    if (active === 0) over.resolve('complete');
  };
  const nextAt = (user: number, atMs: number): void => {
    // No pause goes on beyond the end: a server may ask for an hour of Retry-After.
    const untilMs = Math.min(atMs, startMs + durationMs);
    pauses.set(
      user,
      time.at(untilMs, () => next(user)),
    );
  };
  const next = (user: number): void => {
    pauses.delete(user);
    if (isOver || started >= requests || time.nowMs() - startMs >= durationMs) {
      leave();
      return;
    }
    started += 1;
    book.start(user, time.nowMs(), ({ isUnreached, retryAfterMs }) => {
      const asked = parts.honorRetryAfter ? (retryAfterMs ?? 0) : 0;
      const pauseMs = Math.max(order.thinkTimeMs, asked, isUnreached ? BACK_OFF_MS : 0);
      if (pauseMs === 0) next(user);
      else nextAt(user, time.nowMs() + pauseMs);
    });
  };
  const users = Math.min(order.users, requests);
  active = users;
  for (let user = 0; user < users; user += 1) {
    const waitMs = (order.rampUpMs * user) / users;
    if (waitMs === 0) next(user);
    else nextAt(user, startMs + waitMs);
  }

  let cancelProgress: () => void = () => {};
  const progress = (): void => {
    const elapsedMs = time.nowMs() - startMs;
    parts.onProgress({
      stage: order.name,
      doneRatio: Math.min(1, Math.max((started - book.inFlight()) / requests, elapsedMs / durationMs)),
      elapsedMs,
      totalMs: order.durationMs,
      aimPerSecond: undefined,
      recent: book.recent(),
      inFlight: book.inFlight(),
      waiting: 0,
      requests: book.requests(),
      errors: book.errors(),
    });
    cancelProgress = time.at(time.nowMs() + PROGRESS_MS, progress);
  };
  cancelProgress = time.at(startMs + PROGRESS_MS, progress);

  try {
    const why = await Promise.race([over.promise, book.stopped]);
    isOver = true;
    await book.finish(GRACE_MS);
    return {
      end: why === 'complete' ? { how: 'complete' } : why,
      measuredMs: startMs,
      lateStarts: { requests: 0, maxMs: 0 },
      heldBack: 0,
      peakInFlight: book.peak(),
    };
  } finally {
    cancelProgress();
    for (const cancel of pauses.values()) cancel();
    book.close();
  }
}
