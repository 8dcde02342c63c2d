import type { Verdict } from '../../src/model/verdict.ts';

const HOURS = 3600;

/** A memory leak of 62 MiB an hour, seen for 14 hours. */
export const aLeak: Verdict = {
  state: 'ticket',
  atMs: Date.UTC(2026, 0, 5, 14),
  sinceMs: Date.UTC(2026, 0, 5, 14),
  path: 'trend',
  slopePerHour: { low: 50 * 1024 ** 2, best: 62 * 1024 ** 2, high: 80 * 1024 ** 2 },
  growth: 860 * 1024 ** 2,
  spanMs: 14 * HOURS * 1000,
  watchedMs: 15 * HOURS * 1000,
  level: 2.5 * 1024 ** 3,
  limit: 4 * 1024 ** 3,
  isLimitKnown: true,
  secondsToLimit: { low: 18 * HOURS, best: 24 * HOURS, high: 31 * HOURS },
  loadExplained: undefined,
  restarts: 0,
  lives: [],
  rules: [],
};

/** A series of which there is nothing to say. */
export const aQuietOne: Verdict = {
  ...aLeak,
  state: 'none',
  path: undefined,
  slopePerHour: undefined,
  growth: undefined,
  spanMs: undefined,
  secondsToLimit: undefined,
};
