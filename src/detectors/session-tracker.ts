import type { Clock } from '../model/clock.ts';
import { UNKNOWN_CLIENT, type SessionCensus } from '../model/session-census.ts';
import type { SessionCloseReason } from '../model/traffic.ts';
import { readAfterDelete, type Checkpoint } from './after-delete.ts';
import { clientIn, HOURS_KEPT, SessionHours, type SessionHour } from './session-hours.ts';
import { concludeSessions, type SessionInsight } from './session-insight.ts';

const HOUR_MS = 3_600_000;
/** The hours that are concluded from, if enough sessions came to an end in them. */
const FEW_HOURS = 6;
const ENOUGH_SESSIONS = 30;
/** A session that was shorter is one of many. */
const SHORT_MS = 60_000;

/** What sources say of the server at a moment, as far as they do. */
export interface ServerReading {
  /** How many sessions it says it holds. */
  readonly sessions: number | undefined;
  readonly memoryBytes: number | undefined;
  /** When its process started; a change is a restart. */
  readonly startedAt: number | undefined;
}

/** Follows what becomes of sessions, hour by hour, in bounded memory. */
export interface SessionTracker {
  readonly opened: (how: 'initialize' | 'adopted') => void;
  /** @param client name that it gave itself; undefined if it is not known. */
  readonly introduced: (client: string | undefined) => void;
  readonly closed: (reason: SessionCloseReason, lifetimeMs: number, client: string | undefined) => void;
  /** A request was answered. */
  readonly called: () => void;
  /** Takes in what sources say; to be called every few seconds. */
  readonly read: (reading: ServerReading) => void;
  /** @param census the sessions that are open now. */
  readonly insight: (census: SessionCensus) => SessionInsight;
}

/** Makes a tracker that knows nothing yet. */
export function createSessionTracker(clock: Clock): SessionTracker {
  const startedAtMs = clock.nowMs();
  const hours = new SessionHours();
  /** By the number of the hour that each begins. */
  const checkpoints = new Map<number, Checkpoint>();
  const total = { active: 0, deleted: 0, left: 0, calls: 0 };
  let last: ServerReading = { sessions: undefined, memoryBytes: undefined, startedAt: undefined };

  const hourNumber = (): number => Math.floor((clock.nowMs() - startedAtMs) / HOUR_MS);
  const hourNow = (): SessionHour => hours.at(hourNumber());
  const checkpoint = (memoryLowBytes: number | undefined): Checkpoint => ({
    ...total,
    serverSessions: last.sessions,
    memoryLowBytes,
  });

  const concludeFrom = (number: number, census: SessionCensus): SessionInsight => {
    return concludeSessions({
      ...hours.since(number),
      spanMs: clock.nowMs() - startedAtMs - Math.max(0, number) * HOUR_MS,
      census,
      afterDelete: readAfterDelete([...checkpoints.values()], checkpoint(undefined)),
    });
  };

  return {
    opened: (how) => {
      const hour = hourNow();
      total.active++;
      if (how === 'initialize') hour.opened++;
      else {
        hour.adopted++;
        total.left--;
      }
    },
    introduced: (client) => void clientIn(hourNow(), client ?? UNKNOWN_CLIENT).opened++,
    closed: (reason, lifetimeMs, client) => {
      const hour = hourNow();
      const counts = clientIn(hour, client ?? UNKNOWN_CLIENT);
      total.active--;
      hour.closed[reason]++;
      if (reason === 'stream_closed' && lifetimeMs < SHORT_MS) hour.shortLived++;
      if (reason === 'delete') {
        counts.deleted++;
        total.deleted++;
      } else if (reason === 'idle' || reason === 'evicted') {
        counts.left++;
        total.left++;
      }
    },
    called: () => void total.calls++,
    read: (reading) => {
      const startedAt = reading.startedAt ?? last.startedAt;
      // What a process that is gone held says nothing of the one that came after it.
      if (last.startedAt !== undefined && startedAt !== last.startedAt) checkpoints.clear();
      last = { ...reading, startedAt };
      const number = hourNumber();
      const begun = checkpoints.get(number);
      const low = Math.min(begun?.memoryLowBytes ?? Infinity, reading.memoryBytes ?? Infinity);
      const memoryLowBytes = low === Infinity ? undefined : low;
      // Its counts are those of its first reading, or of the first that has the server's own.
      const isNew =
        begun === undefined || (begun.serverSessions === undefined && reading.sessions !== undefined);
      checkpoints.set(number, isNew ? checkpoint(memoryLowBytes) : { ...begun, memoryLowBytes });
      for (const old of checkpoints.keys()) if (old <= number - HOURS_KEPT) checkpoints.delete(old);
    },
    insight: (census) => {
      const number = hourNumber();
      const recent = concludeFrom(number - FEW_HOURS + 1, census);
      const ended = Object.values(recent.closed).reduce((sum, count) => sum + count, recent.silent);
      const isEnough = ended >= ENOUGH_SESSIONS || number < FEW_HOURS;
      return isEnough ? recent : concludeFrom(number - HOURS_KEPT + 1, census);
    },
  };
}
