import { createTask, parse } from 'node-cron';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Offsets of time zones change at full quarters of an hour. */
const QUARTER_MS = 15 * MINUTE_MS;

/** When a cron expression is due. */
export interface CronSlots {
  /**
   * The first slot after a moment, both as Unix time in milliseconds; undefined if there is none within the horizon.
   *
   * Where the clocks go forward, a time of day that does not exist is due at the
   * moment after it; where they go back, one that comes twice is due the first
   * time. An expression for every hour simply goes on in both (as in Vixie cron).
   */
  readonly next: (afterMs: number, horizonMs: number) => number | undefined;
}

/** Offset of a time zone's clocks from UTC, in milliseconds. */
function offsetReader(timeZone: string): (wallMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const known = { quarter: Number.NaN, offsetMs: 0 };
  return (wallMs) => {
    const quarter = Math.floor(wallMs / QUARTER_MS);
    if (quarter === known.quarter) return known.offsetMs;
    const text = format.formatToParts(wallMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(text) ?? [];
    known.quarter = quarter;
    known.offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
    return known.offsetMs;
  };
}

/**
 * Reads a cron expression, with or without a field of seconds, as node-cron does.
 * @throws Error if the expression or the time zone is none.
 */
export function cronSlots(expression: string, timeZone: string): CronSlots {
  const fields = parse(expression);
  const seconds = fields.second.toSorted((a, b) => a - b);
  const minutes = new Set(fields.minute);
  const hours = new Set(fields.hour);
  const everyHour = hours.size === 24;
  const offsetAt = offsetReader(timeZone);
  // It is never started, only asked which days match: its own clock cannot be injected.
  const task = createTask(expression, () => {}, { timezone: 'UTC' });
  void task.destroy();
  const [aSecond = 0] = seconds;
  const [aMinute = 0] = fields.minute;
  const [anHour = 0] = fields.hour;
  const knownDay = { day: Number.NaN, matches: false };

  const matchesDay = (localMs: number): boolean => {
    const day = Math.floor(localMs / DAY_MS);
    if (day !== knownDay.day) {
      knownDay.day = day;
      knownDay.matches = task.match(
        new Date(day * DAY_MS + ((anHour * 60 + aMinute) * 60 + aSecond) * SECOND_MS),
      );
    }
    return knownDay.matches;
  };
  /** Whether a minute matches, given as the clocks of the zone show it, as if that were UTC. */
  const matchesMinute = (localMs: number): boolean => {
    const ofDay = Math.floor(localMs / MINUTE_MS) % (24 * 60);
    return minutes.has(ofDay % 60) && hours.has(Math.floor(ofDay / 60)) && matchesDay(localMs);
  };
  /** Whether the clocks skip a matching minute just before this one. */
  const skipsMatch = (minuteMs: number, offsetMs: number): boolean => {
    const before = offsetAt(minuteMs - MINUTE_MS);
    for (let local = minuteMs + before; local < minuteMs + offsetMs; local += MINUTE_MS) {
      if (matchesMinute(local)) return true;
    }
    return false;
  };
  /** Whether the clocks showed the same minute before. */
  const isRepeated = (minuteMs: number, offsetMs: number): boolean => {
    const backMs = offsetAt(minuteMs - 2 * 60 * MINUTE_MS) - offsetMs;
    return backMs > 0 && offsetAt(minuteMs - backMs) === offsetMs + backMs;
  };

  return {
    next: (afterMs, horizonMs) => {
      const untilMs = afterMs + horizonMs;
      for (
        let minuteMs = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS;
        minuteMs <= untilMs;
        minuteMs += MINUTE_MS
      ) {
        const offsetMs = offsetAt(minuteMs);
        if (!everyHour && minuteMs % QUARTER_MS === 0) {
          if (minuteMs > afterMs && skipsMatch(minuteMs, offsetMs)) return minuteMs;
        }
        if (!matchesMinute(minuteMs + offsetMs)) continue;
        if (!everyHour && isRepeated(minuteMs, offsetMs)) continue;
        const second = seconds.find((each) => minuteMs + each * SECOND_MS > afterMs);
        if (second === undefined) continue;
        const slotMs = minuteMs + second * SECOND_MS;
        return slotMs <= untilMs ? slotMs : undefined;
      }
      return undefined;
    },
  };
}
