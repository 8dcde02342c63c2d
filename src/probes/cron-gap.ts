import { cronSlots } from './cron-slots.ts';

/** Slots that are looked at, and how far ahead. */
const LOOKED_AT = 200;
const AHEAD_MS = 32 * 86_400_000;

/** The longest gap between the next slots of a cron expression, in milliseconds; undefined if it has fewer than two in a month. */
export function longestGapMs(expression: string, timeZone: string, fromMs: number): number | undefined {
  const slots = cronSlots(expression, timeZone);
  let longest: number | undefined;
  let before: number | undefined;
  let afterMs = fromMs;
  for (let i = 0; i < LOOKED_AT; i += 1) {
    const slot = slots.next(afterMs, fromMs + AHEAD_MS - afterMs);
    if (slot === undefined) break;
    if (before !== undefined) longest = Math.max(longest ?? 0, slot - before);
    before = slot;
    afterMs = slot;
  }
  return longest;
}
