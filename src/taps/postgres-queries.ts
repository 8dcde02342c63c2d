import type { DatabaseConnectionState, DatabaseSink, QueryType } from '../model/database-traffic.ts';
import { PostgresErrors } from './postgres-errors.ts';
import { statementType, type Pending } from './postgres-pending.ts';
import { PostgresPipeline } from './postgres-pipeline.ts';
import { PostgresRequests } from './postgres-requests.ts';
import type { PostgresTapOptions } from './postgres-tap-options.ts';
import { PostgresTiming } from './postgres-timing.ts';
import { PostgresTransaction } from './postgres-transaction.ts';

/**
 * Matches what a client asked of a database on one connection with what comes
 * back (PostgreSQL documentation, "Message Flow"). The server answers in
 * order; ReadyForQuery marks the places where both sides surely agree.
 *
 * A query is what has an answer of its own: each statement of a Query and each
 * Execute. An Execute with a limit of rows is one that fetches, as FETCH is.
 */
export class PostgresQueries {
  /** What the client sends. */
  readonly requests: PostgresRequests;
  /** Arrival of the server's bytes that are being read, in milliseconds. */
  atMs = 0;
  readonly #errors: PostgresErrors;
  readonly #timing: PostgresTiming;
  readonly #pipeline: PostgresPipeline;
  readonly #transaction = new PostgresTransaction();
  #isLoggedIn = false;
  /** The server gives no answers any more. */
  #isOver = false;
  /** SQLSTATE of the notice that a server gives before it closes every connection, should it be one. */
  #farewell: string | undefined;
  #hasLostTrack = false;

  constructor(sink: DatabaseSink, options: () => PostgresTapOptions) {
    this.#errors = new PostgresErrors(sink);
    this.#timing = new PostgresTiming(sink.query);
    this.#pipeline = new PostgresPipeline(() => options().maxPipeline, {
      onFull: () => sink.dropped('pipeline_full'),
      onUnknownAnswer: () => {
        if (!this.#hasLostTrack) sink.dropped('unknown_answer');
        this.#hasLostTrack = true;
      },
    });
    this.requests = new PostgresRequests(this.#pipeline);
  }

  /** Whether nothing is under way, not even the beginning of an extended query. */
  get isSettled(): boolean {
    return this.#pipeline.isQuiet && !this.requests.isUnsynced;
  }

  /** Entries that memory is held for. */
  get capacity(): number {
    return this.#pipeline.capacity;
  }

  /** A request came at `atMs` to cancel what runs here: the client wants it to fail. */
  cancel(atMs: number): void {
    this.#errors.cancel(atMs);
  }

  /** CommandComplete. @param tagged kind by its tag. */
  complete(tagged: QueryType): void {
    this.requests.isCopying = false;
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
    this.requests.isCopying = !this.#pipeline.voidSyncsOfCopy();
  }

  /** CopyBothResponse: replication streams from here on. */
  copyBoth(): void {
    const head = this.#pipeline.answered();
    if (head) head.isStream = true;
  }

  /**
   * ErrorResponse: of the first query without an answer, since the server sends
   * what it held back along with it.
   * @param sqlstate five characters; undefined if it has none.
   * @param isFatal whether the server closes the connection.
   */
  error(sqlstate: string | undefined, isFatal: boolean): void {
    this.requests.isCopying = false;
    this.#farewell = undefined;
    const head = this.#pipeline.head();
    const isDoubtful = head?.isDoubtful === true && head.completed === 0 && !head.hasFailed;
    this.#errors.report(
      isDoubtful ? undefined : this.#failingType(head, isFatal),
      sqlstate,
      head?.isAborted ?? false,
    );
    if (isFatal) {
      if (head && !isDoubtful) this.#failed(head);
      this.#end();
    } else if (isDoubtful) {
      this.requests.isIgnoring = !this.#pipeline.passOverToSync();
    } else {
      if (head) this.#failed(head);
      if (this.#pipeline.isBlind || (head && head.kind !== 'execute')) return;
      // The server passes over all up to a Sync, be it sent already or still to come.
      if (!this.#pipeline.skipToSync())
        this.requests.isIgnoring = head !== undefined || this.requests.isUnsynced;
    }
  }

  /** NoticeResponse of a state with which a server cuts every connection at once; code of users may give it, too. */
  farewell(sqlstate: string): void {
    this.#farewell = sqlstate;
  }

  /** ReadyForQuery. @param status its transaction status, a byte. */
  ready(status: number): void {
    this.requests.isCopying = false;
    this.#farewell = undefined;
    if (!this.#isLoggedIn) {
      this.#isLoggedIn = true;
      return;
    }
    // Of a server that passes all over up to a Sync there is none before that: it was a Query that failed.
    const sentMs = this.requests.isIgnoring ? undefined : this.#pipeline.takeMarker();
    this.requests.isIgnoring = false;
    this.#transaction.ready(status, sentMs ?? this.atMs);
    this.#timing.ready();
  }

  /** A chunk is read to its end. @param isCutShort whether that lies within what a query gives: rows or notices. */
  settle(isCutShort: boolean): void {
    this.#timing.settle(this.atMs, isCutShort && this.#pipeline.running() !== undefined);
  }

  // How it ends.

  /** The database closed its side, or its connection broke. */
  databaseEnded(): void {
    const running = this.#cutOff();
    const farewell = this.#farewell;
    if (farewell !== undefined) this.#errors.report(running, farewell, false);
    else if (running !== undefined && !this.requests.hasLeft)
      this.#errors.brokenOff(running, 'connection_lost');
    this.#end();
  }

  /** The client closed, or its connection broke. */
  clientEnded(): void {
    const running = this.#cutOff();
    if (running !== undefined && !this.requests.hasLeft) this.#errors.brokenOff(running, 'client_gone');
    this.#end();
  }

  // What is known.

  /** The state of a connection that can be read. */
  state(): DatabaseConnectionState {
    if (this.#isOver) return 'closing';
    if (!this.#isLoggedIn) return 'starting';
    if (this.#pipeline.head()?.isStream) return 'opaque';
    if (!this.#pipeline.isQuiet) return 'active';
    return this.transactionSinceMs() === undefined ? 'idle' : 'idle_in_transaction';
  }

  /** When its transaction began, in milliseconds; undefined if none is open, or the client left it. */
  transactionSinceMs(): number | undefined {
    return this.requests.hasLeft && this.#pipeline.isQuiet ? undefined : this.#transaction.sinceMs;
  }

  /** When the query that runs now began to run, in milliseconds; undefined if none does. */
  runningSinceMs(): number | undefined {
    const head = this.#pipeline.running();
    return head && this.#timing.begunMs(head.startedMs);
  }

  /**
   * Records the query that runs, with the time until now; gives its kind. Which
   * it is cannot be known if several were sent as one: it is taken to be the
   * first without an answer, or the next if that is a BEGIN. Those behind it
   * may never have begun, and do not count.
   */
  #cutOff(): QueryType | undefined {
    const head = this.#pipeline.running();
    if (!head) return undefined;
    const type = this.#pipeline.typeRunning();
    this.#timing.answered(type, head.startedMs);
    this.#timing.settle(this.atMs, false);
    return type;
  }

  #end(): void {
    this.#isOver = true;
    this.#farewell = undefined;
    this.requests.stop();
    this.#pipeline.forget();
    this.#transaction.sinceMs = undefined;
  }

  /** Kind of the query that an error belongs to; undefined if it happened outside of one. */
  #failingType(head: Pending | undefined, isFatal: boolean): QueryType | undefined {
    if (head) return head.hasFailed ? undefined : head.kind === 'sync' ? head.type : statementType(head);
    const isPreparing = this.requests.isUnsynced && !isFatal && !this.#pipeline.isBlind;
    return isPreparing ? this.requests.lastType : undefined;
  }

  #succeed(head: Pending, type: QueryType): void {
    if (!head.isStream) {
      this.#transaction.completed(type, head.startedMs);
      this.#record(head, type);
    }
    head.completed++;
    if (head.kind === 'execute') this.#pipeline.shift();
  }

  #failed(head: Pending): void {
    if (head.kind === 'sync' || head.hasFailed) return;
    if (!head.isStream) this.#record(head, statementType(head));
    head.hasFailed = true;
  }

  #record(head: Pending, type: QueryType): void {
    this.#errors.answered(head.startedMs);
    this.#timing.answered(type, head.startedMs);
  }
}
