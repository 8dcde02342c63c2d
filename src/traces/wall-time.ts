import type { Clock } from '../model/clock.ts';

/** How far the wall clock may seem to have gone back before it is believed, in milliseconds. */
const TOLERANCE_MS = 2;

/**
 * Turns times of the monotonic clock into Unix time with fractions of a millisecond. The wall clock shows whole ones, rounded
 * down: the greatest distance that was seen between both is the true one, until the wall clock is set.
 */
export function createWallTime(clock: Clock): (monotonicMs: number) => number {
  let distanceMs = -Infinity;
  return (monotonicMs) => {
    const seenMs = clock.wallMs() - clock.nowMs();
    if (seenMs > distanceMs || seenMs < distanceMs - TOLERANCE_MS) distanceMs = seenMs;
    return monotonicMs + distanceMs;
  };
}
