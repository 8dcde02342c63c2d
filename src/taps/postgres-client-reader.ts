import type { QueryType } from '../model/database-traffic.ts';
import { interest, type MessageReader } from '../postgres/message-framer.ts';
import { NameHash } from '../postgres/name-hash.ts';
import { SqlReader } from '../postgres/sql-reader.ts';
import { NamedTypes } from './postgres-named-types.ts';
import type { PostgresRequests } from './postgres-requests.ts';
import type { PostgresTapOptions } from './postgres-tap-options.ts';

/** Messages of a client by type byte; passwords and data of COPY are passed over. */
export const CLIENT_MESSAGES = interest('dp', 'DSHFcfX', 'QPBEC');

const QUERY = 0x51; // Q
const PARSE = 0x50; // P
const BIND = 0x42; // B
const EXECUTE = 0x45; // E
const CLOSE = 0x43; // C
const DESCRIBE = 0x44; // D
const SYNC = 0x53; // S
const FLUSH = 0x48; // H
const FUNCTION_CALL = 0x46; // F
const COPY_DONE = 0x63; // c
const TERMINATE = 0x58; // X
const COPY_FAIL = 0x66; // f
const STATEMENT = 0x53; // S in Close

// What of a payload comes next.
const TARGET = 0; // a byte of Close: statement or portal
const NAME = 1;
const STATEMENT_NAME = 2; // of Bind, behind the portal's
const SQL = 3;
const REST = 4;

/** Reads what a client sends after its start-up packet: kinds of queries and which names stand for them. */
export class PostgresClientReader implements MessageReader {
  readonly #requests: PostgresRequests;
  readonly #options: () => PostgresTapOptions;
  readonly #onBroken: () => void;
  readonly #statements = new NamedTypes();
  readonly #portals = new NamedTypes();
  readonly #sql = new SqlReader();
  readonly #hash = new NameHash();
  #next = REST;
  #type = 0;
  #target = 0;
  /** The first name of the message. */
  #name = 0;
  /** When the first Parse, Bind or Describe of the next Execute arrived, in milliseconds. */
  #sinceMs: number | undefined;

  constructor(requests: PostgresRequests, options: () => PostgresTapOptions, onBroken: () => void) {
    this.#requests = requests;
    this.#options = options;
    this.#onBroken = onBroken;
  }

  /** Number of names that are kept. */
  get names(): number {
    return this.#statements.size + this.#portals.size;
  }

  /** A transaction ended, and nothing is under way: no portal is left. */
  forgetPortals(): void {
    this.#portals.clearNamed();
  }

  begin(type: number): void {
    this.#type = type;
    this.#name = 0;
    this.#hash.reset();
    if (type === QUERY || type === PARSE) this.#sql.reset(type === PARSE);
    this.#next = type === QUERY ? SQL : type === CLOSE ? TARGET : NAME;
  }

  payload(chunk: Buffer, from: number, end: number): boolean {
    let at = from;
    if (this.#next === TARGET && at < end) {
      this.#target = chunk[at++]!;
      this.#next = NAME;
    }
    if (this.#next === NAME) {
      at = this.#hash.push(chunk, at, end);
      if (at === end) return true;
      at++;
      this.#name = this.#hash.value;
      this.#hash.reset();
      this.#next = this.#type === PARSE ? SQL : this.#type === BIND ? STATEMENT_NAME : REST;
    }
    if (this.#next === STATEMENT_NAME) {
      if (this.#hash.push(chunk, at, end) === end) return true;
      this.#next = REST;
    }
    if (this.#next === SQL) {
      this.#sql.push(chunk, at, end);
      return !this.#sql.isDone;
    }
    return false;
  }

  finish(type: number): void {
    const requests = this.#requests;
    switch (type) {
      case QUERY:
        this.#sinceMs = undefined;
        this.#sql.end();
        requests.simple(this.#sql.types);
        break;
      case SYNC:
        this.#sinceMs = undefined;
        requests.sync();
        break;
      case FLUSH:
        this.#sinceMs = undefined;
        break;
      case FUNCTION_CALL:
        requests.functionCall();
        break;
      case COPY_DONE:
      case COPY_FAIL:
        requests.copyEnd(type === COPY_FAIL);
        break;
      case TERMINATE:
        requests.terminate();
        break;
      default:
        // Names that the server will not come to know are not entered.
        if (requests.admit()) this.#extended(type);
    }
  }

  broken(): void {
    this.#onBroken();
  }

  #extended(message: number): void {
    const { maxStatements } = this.#options();
    let type: QueryType;
    switch (message) {
      case PARSE:
        this.#sql.end();
        type = this.#sql.types[0] ?? 'other';
        this.#statements.set(this.#name, type, maxStatements);
        this.#begun(type);
        break;
      case BIND:
        type = this.#statements.get(this.#hash.value) ?? 'other';
        this.#portals.set(this.#name, type, maxStatements);
        this.#begun(type);
        break;
      case DESCRIBE:
        this.#begun(undefined);
        break;
      case CLOSE:
        (this.#target === STATEMENT ? this.#statements : this.#portals).delete(this.#name);
        this.#requests.close();
        break;
      case EXECUTE:
        this.#requests.execute(
          this.#portals.get(this.#name) ?? 'other',
          this.#sinceMs ?? this.#requests.atMs,
        );
        this.#sinceMs = undefined;
        break;
    }
  }

  #begun(type: QueryType | undefined): void {
    this.#sinceMs ??= this.#requests.atMs;
    this.#requests.prepare(type);
  }
}
