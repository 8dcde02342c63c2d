import type { DatabaseSink, QueryType } from '../model/database-traffic.ts';
import { QUERY_CANCELED, sqlstateError } from '../postgres/sqlstate.ts';

/** Names the errors of a connection, and tells the query that was cancelled from the one that took too long. */
export class PostgresErrors {
  readonly #sink: DatabaseSink;
  /** When the client asked to cancel what runs here; undefined if it did not, or that is settled. */
  #canceledAtMs: number | undefined;

  constructor(sink: DatabaseSink) {
    this.#sink = sink;
  }

  /** A request came at `atMs` to cancel what runs: the client wants it to fail. */
  cancel(atMs: number): void {
    this.#canceledAtMs = atMs;
  }

  /** A query that was sent at `startedMs` has its answer. */
  answered(startedMs: number): void {
    // A cancel request that came too late may still hit the next query, but none after it.
    if (this.#canceledAtMs !== undefined && startedMs > this.#canceledAtMs) this.#canceledAtMs = undefined;
  }

  /** An error of the server's. @param isAborted whether its client gave the COPY up that failed. */
  report(queryType: QueryType | undefined, sqlstate: string | undefined, isAborted: boolean): void {
    const { errorType, sqlstateClass } =
      sqlstate === undefined ? { errorType: 'other', sqlstateClass: undefined } : sqlstateError(sqlstate);
    // One state for what ran too long and for what the client did not want any more.
    const isCanceled = sqlstate === QUERY_CANCELED && (isAborted || this.#canceledAtMs !== undefined);
    if (isCanceled && !isAborted) this.#canceledAtMs = undefined;
    this.#sink.error({ queryType, errorType: isCanceled ? 'canceled' : errorType, sqlstateClass });
  }

  /** An end of the connection that no server gave a SQLSTATE for. */
  brokenOff(queryType: QueryType | undefined, errorType: 'connection_lost' | 'client_gone'): void {
    this.#sink.error({ queryType, errorType, sqlstateClass: undefined });
  }
}
