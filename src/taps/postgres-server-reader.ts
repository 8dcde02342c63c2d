import { interest, type MessageReader } from '../postgres/message-framer.ts';
import { SqlReader } from '../postgres/sql-reader.ts';
import { ErrorFields } from '../postgres/error-fields.ts';
import type { PostgresQueries } from './postgres-queries.ts';

/** Messages of a server by type byte; rows, data of COPY and all that only confirms are passed over. */
export const SERVER_MESSAGES = interest('DdRSTtn123AHcv', 'GWIsV', 'CEZKN');

const COMMAND_COMPLETE = 0x43; // C
const ERROR_RESPONSE = 0x45; // E
const NOTICE_RESPONSE = 0x4e; // N
const READY_FOR_QUERY = 0x5a; // Z
const BACKEND_KEY_DATA = 0x4b; // K
const COPY_IN = 0x47; // G
const COPY_BOTH = 0x57; // W
const EMPTY_QUERY = 0x49; // I
const PORTAL_SUSPENDED = 0x73; // s
const FUNCTION_RESPONSE = 0x56; // V
const DATA_ROW = 0x44; // D
const COPY_DATA = 0x64; // d

/** Bytes of a process id. */
const PROCESS_ID_BYTES = 4;

/** States that a server gives notice of when it closes every connection at once, without an error. */
const FAREWELLS: ReadonlySet<string> = new Set(['57P01', '57P02']);

/** Whether messages of a type show that a query runs which has no answer yet. */
export const isFromRunning = (type: number): boolean =>
  type === DATA_ROW || type === COPY_DATA || type === NOTICE_RESPONSE;

/** What a {@link PostgresServerReader} tells beside the answers to queries. */
export interface ServerEvents {
  /** BackendKeyData told the process that serves the connection. */
  readonly onProcessId: (processId: number) => void;
  readonly onReady: (status: number) => void;
  readonly onBroken: () => void;
}

/** Reads what a server sends: the ends of queries, errors and states. */
export class PostgresServerReader implements MessageReader {
  readonly #queries: PostgresQueries;
  readonly #events: ServerEvents;
  readonly #tag = new SqlReader();
  readonly #fields = new ErrorFields();
  #type = 0;
  #status = 0;
  #processId = 0;
  #processIdBytes = 0;

  constructor(queries: PostgresQueries, events: ServerEvents) {
    this.#queries = queries;
    this.#events = events;
  }

  begin(type: number): void {
    this.#type = type;
    if (type === COMMAND_COMPLETE) this.#tag.reset(true);
    else if (type === BACKEND_KEY_DATA) this.#processIdBytes = 0;
    else if (type === READY_FOR_QUERY) this.#status = 0;
    else this.#fields.reset();
  }

  payload(chunk: Buffer, from: number, end: number): boolean {
    switch (this.#type) {
      case COMMAND_COMPLETE:
        this.#tag.push(chunk, from, end);
        return !this.#tag.isDone;
      case READY_FOR_QUERY:
        this.#status = chunk[from]!;
        return false;
      case BACKEND_KEY_DATA:
        // The secret behind the process id is not read.
        for (let at = from; at < end && this.#processIdBytes < PROCESS_ID_BYTES; at++) {
          this.#processId = (this.#processId << 8) | chunk[at]!;
          this.#processIdBytes++;
        }
        return this.#processIdBytes < PROCESS_ID_BYTES;
      default:
        return this.#fields.push(chunk, from, end);
    }
  }

  finish(type: number): void {
    const queries = this.#queries;
    switch (type) {
      case COMMAND_COMPLETE:
        this.#tag.end();
        queries.complete(this.#tag.types[0] ?? 'other');
        break;
      case READY_FOR_QUERY:
        queries.ready(this.#status);
        this.#events.onReady(this.#status);
        break;
      case ERROR_RESPONSE:
        queries.error(this.#fields.sqlstate, this.#fields.isFatal);
        break;
      case NOTICE_RESPONSE:
        this.#noticed(this.#fields.sqlstate);
        break;
      case BACKEND_KEY_DATA:
        if (this.#processIdBytes === PROCESS_ID_BYTES) this.#events.onProcessId(this.#processId);
        break;
      case COPY_IN:
        queries.copyIn();
        break;
      case COPY_BOTH:
        queries.copyBoth();
        break;
      case EMPTY_QUERY:
        queries.empty();
        break;
      case PORTAL_SUSPENDED:
        queries.suspended();
        break;
      case FUNCTION_RESPONSE:
        queries.functionDone();
        break;
    }
  }

  broken(): void {
    this.#events.onBroken();
  }

  #noticed(sqlstate: string | undefined): void {
    if (sqlstate !== undefined && FAREWELLS.has(sqlstate)) this.#queries.farewell(sqlstate);
  }
}
