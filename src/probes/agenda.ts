import type { ProbeSchedule } from '../model/probe.ts';
import { cronSlots, type CronSlots } from './cron-slots.ts';
import { nameShare } from './name-share.ts';

/** One moment on both clocks. */
export interface Moment {
  /** Monotonic milliseconds: intervals are counted by it, whatever happens to the time of day. */
  readonly nowMs: number;
  /** Unix time in milliseconds: cron expressions are about it. */
  readonly wallMs: number;
}

/** A run that is due. */
export interface DueRun {
  readonly name: string;
  /** How late it is; undefined where the clock was set, and lateness says nothing. */
  readonly latenessMs: number | undefined;
}

/** When which probe is due: no timers, no clock, only what follows from the moments it is told. */
export interface Agenda {
  /** Enters a probe, or replaces its schedule. */
  readonly set: (name: string, every: ProbeSchedule['every'], jitterMs: number, now: Moment) => void;
  readonly remove: (name: string) => void;
  /** What is due now; each is due once, however many of its times have passed. */
  readonly due: (now: Moment) => readonly DueRun[];
  /** Time until something may be due, or the clock has to be looked at again. */
  readonly restMs: (now: Moment) => number;
}

/** How far ahead cron expressions are read; what comes later is found when it is nearer. */
const HORIZON_MS = 3_600_000;
/** A step of the wall clock that is more than being slewed. */
const JUMP_MS = 1000;
/** Longest rest where a jump of the wall clock has to be noticed. */
const WALL_REST_MS = 1000;
const REST_MS = 60_000;

interface Entry {
  readonly name: string;
  /** When it is due, on its own clock; undefined if not within the horizon. */
  dueMs: number | undefined;
}

interface IntervalEntry extends Entry {
  readonly clock: 'nowMs';
  readonly intervalMs: number;
}

interface CronEntry extends Entry {
  readonly clock: 'wallMs';
  readonly slots: CronSlots;
  readonly share: number;
  readonly jitterMs: number;
  /** The slot that `dueMs` belongs to, or the last one. */
  slotMs: number;
  /** The end of what was read. */
  readUntilMs: number;
  /** When it was last due, on the monotonic clock. */
  lastRunMs: number | undefined;
}

/** Looks for a cron entry's next slot after a moment of the wall clock. */
function lookAhead(entry: CronEntry, afterMs: number): void {
  const slotMs = entry.slots.next(afterMs, HORIZON_MS);
  entry.readUntilMs = afterMs + HORIZON_MS;
  entry.dueMs = undefined;
  if (slotMs === undefined) return;
  const following = entry.slots.next(slotMs, HORIZON_MS);
  const gapMs = (following ?? slotMs + HORIZON_MS) - slotMs;
  entry.slotMs = slotMs;
  // Within the first half of the time to the next slot, so that slots stay apart.
  entry.dueMs = slotMs + entry.share * Math.min(entry.jitterMs, gapMs / 2);
}

/**
 * Enters the next slot after the clock was set back. Slots that have run come
 * again then; one that would run twice within half a gap is left out.
 */
function lookAgain(entry: CronEntry, now: Moment): void {
  lookAhead(entry, now.wallMs);
  if (entry.dueMs === undefined || entry.lastRunMs === undefined) return;
  const sinceRunMs = now.nowMs - entry.lastRunMs + (entry.dueMs - now.wallMs);
  const following = entry.slots.next(entry.slotMs, HORIZON_MS) ?? entry.slotMs + HORIZON_MS;
  if (sinceRunMs < (following - entry.slotMs) / 2) lookAhead(entry, entry.slotMs);
}

/** Makes an empty agenda. */
export function createAgenda(): Agenda {
  const entries = new Map<string, IntervalEntry | CronEntry>();
  /** Wall clock less monotonic clock, when last seen. */
  let skewMs: number | undefined;
  let hasCron = false;

  const isJump = ({ nowMs, wallMs }: Moment): boolean => {
    const skew = wallMs - nowMs;
    const jumped = skewMs !== undefined && Math.abs(skew - skewMs) > JUMP_MS;
    skewMs = skew;
    return jumped;
  };

  const advance = (entry: IntervalEntry | CronEntry, now: Moment): void => {
    if (entry.clock === 'nowMs') {
      const dueMs = entry.dueMs ?? now.nowMs;
      // The beats that were missed are over: the next one is in the future, in step with the first.
      entry.dueMs = dueMs + entry.intervalMs * (Math.floor((now.nowMs - dueMs) / entry.intervalMs) + 1);
      return;
    }
    entry.lastRunMs = now.nowMs;
    lookAhead(entry, Math.max(now.wallMs, entry.slotMs));
  };

  return {
    set: (name, every, jitterMs, now) => {
      const share = nameShare(name);
      if ('intervalMs' in every) {
        const { intervalMs } = every;
        const dueMs = now.nowMs + share * Math.min(jitterMs, intervalMs);
        entries.set(name, { name, clock: 'nowMs', intervalMs, dueMs });
        return;
      }
      const entry: CronEntry = {
        name,
        clock: 'wallMs',
        slots: cronSlots(every.cron, every.timeZone),
        share,
        jitterMs,
        dueMs: undefined,
        slotMs: 0,
        readUntilMs: 0,
        lastRunMs: undefined,
      };
      hasCron = true;
      lookAhead(entry, now.wallMs);
      entries.set(name, entry);
    },
    remove: (name) => {
      entries.delete(name);
      hasCron = [...entries.values()].some(({ clock }) => clock === 'wallMs');
    },
    due: (now) => {
      const before = skewMs;
      const jumped = isJump(now);
      const wentBack = jumped && before !== undefined && now.wallMs - now.nowMs < before;
      const found: DueRun[] = [];
      for (const entry of entries.values()) {
        if (entry.clock === 'wallMs') {
          if (wentBack) lookAgain(entry, now);
          else if (entry.dueMs === undefined && now.wallMs >= entry.readUntilMs - WALL_REST_MS) {
            lookAhead(entry, Math.min(now.wallMs, entry.readUntilMs));
          }
        }
        const at = now[entry.clock];
        if (entry.dueMs === undefined || entry.dueMs > at) continue;
        const isLateByJump = jumped && entry.clock === 'wallMs';
        found.push({ name: entry.name, latenessMs: isLateByJump ? undefined : at - entry.dueMs });
        advance(entry, now);
      }
      return found;
    },
    restMs: (now) => {
      let rest = hasCron ? WALL_REST_MS : REST_MS;
      for (const { clock, dueMs } of entries.values()) {
        if (dueMs !== undefined) rest = Math.min(rest, dueMs - now[clock]);
      }
      return Math.max(0, rest);
    },
  };
}
