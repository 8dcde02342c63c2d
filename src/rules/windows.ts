import type { Windows } from './rule-model.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a Prometheus duration of one unit, such as `30s`, `5m` or `3d`. */
export function durationSeconds(duration: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const seconds = UNIT_SECONDS[unit];
  if (seconds === undefined) throw new Error(`duration ${duration}: want a number with s, m, h or d`);
  return Number(digits) * seconds;
}

/** Durations as they are declared: those of the files that ship. */
export const declaredWindows: Windows = (duration) => duration;

/**
 * Durations for a rehearsal: all of them divided by the same number, in milliseconds, none below `least`.
 * A rule that watches for an hour then watches for a minute, and nothing else of it changes.
 */
export function shortenedWindows(divisor: number, leastMs: number): Windows {
  return (duration) => {
    const seconds = durationSeconds(duration);
    return seconds === 0 ? '0s' : `${Math.max(leastMs, Math.round((seconds * 1000) / divisor))}ms`;
  };
}
