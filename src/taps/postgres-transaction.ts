import type { QueryType } from '../model/database-traffic.ts';

/** Transaction status in ReadyForQuery outside of a transaction block, `I`. */
const IDLE = 0x49;

/** Follows the explicit transaction of a connection. */
export class PostgresTransaction {
  /** When the message arrived that began it, in milliseconds; undefined if none is open. */
  sinceMs: number | undefined;

  /** A statement succeeded that was sent at `sentMs`. */
  completed(type: QueryType, sentMs: number): void {
    if (type === 'begin') this.sinceMs ??= sentMs;
    // COMMIT AND CHAIN begins another: ReadyForQuery will tell.
    else if (type === 'commit') this.sinceMs = undefined;
  }

  /** ReadyForQuery told its status, at the end of what was sent at `sentMs`. */
  ready(status: number, sentMs: number): void {
    if (status === IDLE) this.sinceMs = undefined;
    else this.sinceMs ??= sentMs;
  }
}
