import type { DatabaseConnectionState, DatabaseSink, QueryType } from '../model/database-traffic.ts';
import { QUERY_CANCELED, sqlstateError } from '../postgres/sqlstate.ts';
import type { Pending } from './postgres-pending.ts';
import { PostgresPipeline } from './postgres-pipeline.ts';
import type { PostgresTapOptions } from './postgres-tap-options.ts';
import { PostgresTransaction } from './postgres-transaction.ts';

/**
 * What a client has asked of a database on one connection, matched with what
 * comes back (PostgreSQL documentation, "Message Flow"). The server answers in
 * order; ReadyForQuery marks the places where both sides surely agree.
 */
export class PostgresQueries {
  /** Arrival of the bytes that are being read, in milliseconds. */
  atMs = 0;
  readonly transaction = new PostgresTransaction();
  readonly #sink: DatabaseSink;
  readonly #pipeline: PostgresPipeline;
  #lastDoneMs = 0;
  /** When the client asked to cancel what runs here; undefined if it did not, or that is settled. */
  #canceledAtMs: number | undefined;
  #isLoggedIn = false;
  /** After an error the server passes over everything up to a Sync. */
  #isIgnoring = false;
  /** The server reads a COPY from the client: it passes over Sync, and anything else is an error. */
  #isCopying = false;
  #isGone = false;
  #hasLostTrack = false;
  /** Messages of the extended protocol since the last Sync. */
  #isUnsynced = false;
  #groupSinceMs: number | undefined;
  #lastType: QueryType | undefined;

  constructor(sink: DatabaseSink, options: () => PostgresTapOptions) {
    this.#sink = sink;
    this.#pipeline = new PostgresPipeline(() => options().maxPipeline, {
      onFull: () => sink.dropped('pipeline_full'),
      onUnknownAnswer: () => this.#lostTrack(),
    });
  }

  /** Whether nothing is under way, not even the beginning of an extended query. */
  get isSettled(): boolean {
    return this.#pipeline.isQuiet && !this.#isUnsynced;
  }

  /** Entries that memory is held for. */
  get capacity(): number {
    return this.#pipeline.capacity;
  }

  // What the client sends.

  /** Whether the server will act on a message that is neither Sync nor part of a COPY; to be asked once for each. */
  hears(): boolean {
    const isHeard = !this.#isCopying && !this.#isIgnoring && !this.#isGone;
    // Such a message ends a COPY with an error, and is lost with it.
    if (this.#isCopying) this.#isIgnoring = this.#pipeline.head()?.kind === 'execute';
    this.#isCopying = false;
    return isHeard;
  }

  /** Query. @param types kinds of its statements; copied. */
  simple(types: readonly QueryType[]): void {
    if (!this.hears()) return;
    const entry = this.#pipeline.enter('simple', types[0] ?? 'other', this.atMs);
    if (entry && types.length > 1) entry.types = types.slice();
  }

  /** Parse, Bind, Describe or Close, if they are heard. @param type of the statement that it is about, if known. */
  prepare(type: QueryType | undefined): void {
    this.#isUnsynced = true;
    this.#groupSinceMs ??= this.atMs;
    if (type !== undefined) this.#lastType = type;
  }

  /** Execute, if it is heard. @param sinceMs arrival of the first message of this query. */
  execute(type: QueryType, sinceMs: number): void {
    this.#isUnsynced = true;
    this.#groupSinceMs ??= sinceMs;
    this.#lastType = type;
    this.#pipeline.enter('execute', type, sinceMs);
  }

  sync(): void {
    if (this.#isCopying || this.#isGone) return;
    this.#isIgnoring = false;
    this.#pipeline.enter('sync', this.#lastType, this.#groupSinceMs ?? this.atMs);
    this.#isUnsynced = false;
    this.#groupSinceMs = undefined;
    this.#lastType = undefined;
  }

  functionCall(): void {
    if (this.hears()) this.#pipeline.enter('function', 'other', this.atMs);
  }

  /** CopyDone, or CopyFail if `isAborted`. */
  copyEnd(isAborted: boolean): void {
    const head = this.#pipeline.head();
    if (this.#isCopying && head) head.isAborted = isAborted;
    // It may have been sent before the answer that asks for it was seen.
    else if (head && !this.#isIgnoring) this.#pipeline.enterCopyEnd(isAborted, this.atMs);
    this.#isCopying = false;
  }

  /** A request came at `atMs` to cancel what runs here: the client wants it to fail. */
  cancel(atMs: number): void {
    this.#canceledAtMs = atMs;
  }

  /** Nothing that was asked gets an answer any more: Terminate of the client, or a fatal error. */
  left(): void {
    this.#isGone = true;
    this.#pipeline.forget();
    this.transaction.sinceMs = undefined;
  }

  // What the server answers.

  /** CommandComplete. @param tagged kind by its tag. */
  complete(tagged: QueryType): void {
    this.#isCopying = false;
    const head = this.#pipeline.answered();
    if (!head) return;
    // The tag knows what became of a WITH or an EXECUTE; that of CREATE TABLE AS tells of its rows instead.
    const isTableOfRows = tagged === 'select' && statementType(head) === 'ddl';
    this.#succeed(head, isTableOfRows ? 'ddl' : tagged);
  }

  /** EmptyQueryResponse. */
  empty(): void {
    const head = this.#pipeline.answered();
    if (head) this.#succeed(head, 'other');
  }

  /** PortalSuspended: the rows that were asked for have come, there are more. */
  suspended(): void {
    const head = this.#pipeline.answered();
    if (head) this.#succeed(head, statementType(head));
  }

  /** FunctionCallResponse. */
  functionDone(): void {
    const head = this.#pipeline.answered();
    if (head) this.#succeed(head, 'other');
  }

  /** CopyInResponse. */
  copyIn(): void {
    const head = this.#pipeline.answered();
    if (!head) return;
    // A Sync on its way before the end of the data gets no answer ("COPY Operations"); libpq sends such a one.
    this.#isCopying = !this.#pipeline.voidSyncsOfCopy();
  }

  /** CopyBothResponse: replication streams from here on. */
  copyBoth(): void {
    const head = this.#pipeline.answered();
    if (head) head.isStream = true;
  }

  /**
   * ErrorResponse. @param sqlstate five characters; undefined if it has none.
   * @param isFatal whether the server closes the connection.
   */
  error(sqlstate: string | undefined, isFatal: boolean): void {
    this.#isCopying = false;
    const head = this.#pipeline.head();
    this.#report(this.#failingType(head, isFatal), sqlstate, head?.isAborted ?? false);
    if (head && head.kind !== 'sync' && !head.hasFailed) {
      if (!head.isStream) this.#record(head, statementType(head));
      head.hasFailed = true;
    }
    if (isFatal) {
      this.left();
    } else if (!this.#pipeline.isBlind && (!head || head.kind === 'execute')) {
      // The server passes over all up to a Sync, be it sent already or still to come.
      if (!this.#pipeline.skipToSync()) this.#isIgnoring = head !== undefined || this.#isUnsynced;
    }
  }

  /** ReadyForQuery. @param status its transaction status, a byte. */
  ready(status: number): void {
    this.#isCopying = false;
    if (!this.#isLoggedIn) {
      this.#isLoggedIn = true;
      return;
    }
    this.transaction.ready(status, this.#pipeline.takeMarker() ?? this.atMs);
    this.#lastDoneMs = this.atMs;
  }

  // What is known.

  /** The state of a connection that can be read. */
  state(): DatabaseConnectionState {
    if (!this.#isLoggedIn) return 'starting';
    if (!this.#pipeline.isQuiet) return 'active';
    return this.transaction.sinceMs === undefined ? 'idle' : 'idle_in_transaction';
  }

  /** When the query that runs now began to run, in milliseconds; undefined if none does. */
  runningSinceMs(): number | undefined {
    const head = this.#running();
    return head && Math.max(head.startedMs, this.#lastDoneMs);
  }

  /** The connection broke. */
  lost(): void {
    const head = this.#running();
    if (!head) return;
    this.#sink.error({
      queryType: statementType(head),
      errorType: 'connection_lost',
      sqlstateClass: undefined,
    });
  }

  #running(): Pending | undefined {
    const head = this.#pipeline.head();
    return !head || head.kind === 'sync' || head.hasFailed || head.isStream ? undefined : head;
  }

  /** Kind of the query that an error belongs to; undefined if it happened outside of one. */
  #failingType(head: Pending | undefined, isFatal: boolean): QueryType | undefined {
    if (head) return head.hasFailed ? undefined : head.kind === 'sync' ? head.type : statementType(head);
    const isPreparing = this.#isUnsynced && !isFatal && !this.#pipeline.isBlind;
    return isPreparing ? this.#lastType : undefined;
  }

  #succeed(head: Pending, type: QueryType): void {
    if (!head.isStream) {
      this.transaction.completed(type, head.startedMs);
      this.#record(head, type);
    }
    head.completed++;
    if (head.kind === 'execute') this.#pipeline.shift();
  }

  #record(head: Pending, type: QueryType): void {
    const sinceMs = Math.max(head.startedMs, this.#lastDoneMs);
    this.#lastDoneMs = this.atMs;
    // A cancel request that came too late may still hit the next query, but none after it.
    if (this.#canceledAtMs !== undefined && head.startedMs > this.#canceledAtMs) {
      this.#canceledAtMs = undefined;
    }
    this.#sink.query(type, Math.max(0, this.atMs - sinceMs));
  }

  #report(queryType: QueryType | undefined, sqlstate: string | undefined, isAborted: boolean): void {
    const { errorType, sqlstateClass } =
      sqlstate === undefined ? { errorType: 'other', sqlstateClass: undefined } : sqlstateError(sqlstate);
    // One state for what ran too long and for what the client did not want any more.
    const isCanceled = sqlstate === QUERY_CANCELED && (isAborted || this.#canceledAtMs !== undefined);
    if (isCanceled && !isAborted) this.#canceledAtMs = undefined;
    this.#sink.error({ queryType, errorType: isCanceled ? 'canceled' : errorType, sqlstateClass });
  }

  #lostTrack(): void {
    if (!this.#hasLostTrack) this.#sink.dropped('unknown_answer');
    this.#hasLostTrack = true;
  }
}

/** Kind of the statement that runs; of a text too long to be known, `other`. */
function statementType(head: Pending): QueryType {
  if (head.types) return head.types[head.completed] ?? 'other';
  return head.completed === 0 ? (head.type ?? 'other') : 'other';
}
