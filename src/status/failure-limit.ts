import type { Clock } from '../model/clock.ts';

/** Holds back who fails too often. */
export interface FailureLimit {
  /** How long it is held back, in milliseconds; 0: it may try. */
  readonly waitMs: (who: string) => number;
  readonly failed: (who: string) => void;
}

/** Bounds of a {@link FailureLimit}. */
export interface FailureLimitOptions {
  /** Failures of one within the window. */
  readonly ofOne: number;
  /** Failures of all together: many addresses are no way around the limit. */
  readonly ofAll: number;
  readonly windowMs: number;
}

/** Those who are told apart; the memory of more would be theirs to fill. */
const MOST = 1000;

/** Allows a number of failures in a window that begins with the first of them. */
export function createFailureLimit(
  clock: Clock,
  { ofOne, ofAll, windowMs }: FailureLimitOptions,
): FailureLimit {
  const counts = new Map<string, { count: number; readonly sinceMs: number }>();
  const all = 'all of them';
  const current = (who: string) => {
    const entry = counts.get(who);
    if (entry !== undefined && clock.nowMs() - entry.sinceMs >= windowMs) {
      counts.delete(who);
      return undefined;
    }
    return entry;
  };
  const count = (who: string): void => {
    const entry = current(who) ?? { count: 0, sinceMs: clock.nowMs() };
    entry.count++;
    counts.set(who, entry);
  };
  const waitOf = (who: string, most: number): number => {
    const entry = current(who);
    return entry === undefined || entry.count < most ? 0 : entry.sinceMs + windowMs - clock.nowMs();
  };
  return {
    waitMs: (who) => Math.max(waitOf(`one ${who}`, ofOne), waitOf(all, ofAll)),
    failed: (who) => {
      for (const key of counts.keys()) {
        if (counts.size < MOST) break;
        if (key !== all) counts.delete(key);
      }
      count(`one ${who}`);
      count(all);
    },
  };
}
