import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';

/** How long a reading may hold the event loop at a time, in milliseconds. */
const SLICE_MS = 1;

/** Lets a reading that is made of short synchronous steps share the event loop. */
export interface Pace {
  /**
   * To be awaited between steps: gives way once the slice is used up.
   * @throws the signal's reason if it was aborted.
   */
  readonly step: () => Promise<void> | undefined;
}

/** A pace of slices of about a millisecond; synchronous reads of /proc cost a fraction of what asynchronous ones do. */
export function createPace(clock: Clock, signal: AbortSignal): Pace {
  let sliceStartMs = clock.nowMs();
  const giveWay = async (): Promise<void> => {
    await nextTurn();
    signal.throwIfAborted();
    sliceStartMs = clock.nowMs();
  };
  return {
    step: () => {
      signal.throwIfAborted();
      return clock.nowMs() - sliceStartMs < SLICE_MS ? undefined : giveWay();
    },
  };
}
