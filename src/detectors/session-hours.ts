import type { SessionCloseReason } from '../model/traffic.ts';
import type { ClientCounts } from './session-insight.ts';

/** How many hours are remembered. */
export const HOURS_KEPT = 24;
/** Most clients that are told apart in an hour; the rest is {@link OTHER_CLIENTS}. */
const MAX_CLIENTS = 50;
const OTHER_CLIENTS = 'other';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What happened to sessions in one hour, or in several joined. */
export interface SessionHour {
  opened: number;
  adopted: number;
  readonly closed: Record<SessionCloseReason, number>;
  /** Ended with their stream within a minute. */
  shortLived: number;
  readonly clients: Map<string, Writable<ClientCounts>>;
}

const emptyHour = (): SessionHour => ({
  opened: 0,
  adopted: 0,
  closed: { delete: 0, not_found: 0, idle: 0, stream_closed: 0, evicted: 0, exit: 0 },
  shortLived: 0,
  clients: new Map(),
});

/** What a client did in an hour; beyond the cap what all others did. */
export function clientIn({ clients }: SessionHour, name: string): Writable<ClientCounts> {
  const key = clients.has(name) || clients.size < MAX_CLIENTS ? name : OTHER_CLIENTS;
  let counts = clients.get(key);
  if (!counts) clients.set(key, (counts = { opened: 0, deleted: 0, left: 0 }));
  return counts;
}

function add(sum: SessionHour, hour: SessionHour): void {
  sum.opened += hour.opened;
  sum.adopted += hour.adopted;
  sum.shortLived += hour.shortLived;
  sum.closed.delete += hour.closed.delete;
  sum.closed.not_found += hour.closed.not_found;
  sum.closed.idle += hour.closed.idle;
  sum.closed.stream_closed += hour.closed.stream_closed;
  sum.closed.evicted += hour.closed.evicted;
  sum.closed.exit += hour.closed.exit;
  for (const [name, { opened, deleted, left }] of hour.clients) {
    const client = clientIn(sum, name);
    client.opened += opened;
    client.deleted += deleted;
    client.left += left;
  }
}

/** The last hours, each with what happened in it; hours in which nothing did take no room. */
export class SessionHours {
  /** In order; the number of an hour counts from the first. */
  readonly #hours = new Map<number, SessionHour>();

  /** The hour of a number, to be written to; numbers never fall. */
  at(number: number): SessionHour {
    let hour = this.#hours.get(number);
    if (hour) return hour;
    for (const old of this.#hours.keys()) if (old <= number - HOURS_KEPT) this.#hours.delete(old);
    hour = emptyHour();
    this.#hours.set(number, hour);
    return hour;
  }

  /** All from one hour on, joined. */
  since(number: number): SessionHour {
    const sum = emptyHour();
    for (const [each, hour] of this.#hours) if (each >= number) add(sum, hour);
    return sum;
  }
}
