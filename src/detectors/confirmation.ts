import { HOUR_MS } from './series-history.ts';

/** A finding that fails for no longer than this goes on. */
const GAP_HOURS = 0.6;

/** Since when something has been found, and when last; NaN for never. */
export interface Streak {
  sinceMs: number;
  lastMs: number;
}

/** A streak that has not begun. */
export const noStreak = (): Streak => ({ sinceMs: Number.NaN, lastMs: Number.NaN });

/** Takes note of whether something was found now. */
export function note(streak: Streak, isFound: boolean, nowMs: number): void {
  if (!isFound) {
    if (!(nowMs - streak.lastMs <= GAP_HOURS * HOUR_MS)) streak.sinceMs = Number.NaN;
    return;
  }
  const goesOn = nowMs >= streak.lastMs && nowMs - streak.lastMs <= (GAP_HOURS + 0.5) * HOUR_MS;
  if (!goesOn || Number.isNaN(streak.sinceMs)) streak.sinceMs = nowMs;
  streak.lastMs = nowMs;
}

/** Whether it was found for so long, and now. */
export const isConfirmed = ({ sinceMs, lastMs }: Streak, hours: number, nowMs: number): boolean =>
  lastMs === nowMs && nowMs - sinceMs >= hours * HOUR_MS;
