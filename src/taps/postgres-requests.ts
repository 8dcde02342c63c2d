import type { QueryType } from '../model/database-traffic.ts';
import type { Pending } from './postgres-pending.ts';
import type { PostgresPipeline } from './postgres-pipeline.ts';

/**
 * Enters what a client sends into the pipeline, as far as the server will act
 * on it (PostgreSQL documentation, "Message Flow").
 */
export class PostgresRequests {
  /** Arrival of the bytes that are being read, in milliseconds. */
  atMs = 0;
  /** After an error the server passes over everything up to a Sync. */
  isIgnoring = false;
  /** The server reads a COPY from the client: it passes over Sync, and anything else is an error. */
  isCopying = false;
  readonly #pipeline: PostgresPipeline;
  #hasLeft = false;
  #isUnheard = false;
  #isUnsynced = false;
  /** Messages that may fail came since the last Execute. */
  #isPreparing = false;
  #groupSinceMs: number | undefined;
  #lastType: QueryType | undefined;

  constructor(pipeline: PostgresPipeline) {
    this.#pipeline = pipeline;
  }

  /** Whether the client took its leave: nothing more comes of it. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Whether messages of the extended protocol came since the last Sync or Query. */
  get isUnsynced(): boolean {
    return this.#isUnsynced;
  }

  /** Kind of the last statement that those were about. */
  get lastType(): QueryType | undefined {
    return this.#lastType;
  }

  /** Takes in a message that is neither Sync nor part of a COPY; says whether the server will act on it. */
  admit(): boolean {
    if (this.#isUnheard) return false;
    const isHeard = !this.isCopying && !this.isIgnoring;
    // Such a message ends a COPY with an error, and is lost with it.
    if (this.isCopying) this.isIgnoring = this.#pipeline.head()?.kind === 'execute';
    this.isCopying = false;
    return isHeard;
  }

  /** Query. @param types kinds of its statements; copied. */
  simple(types: readonly QueryType[]): void {
    if (!this.admit()) return;
    const entry = this.#call('simple', types[0] ?? 'other');
    if (entry && types.length > 1) entry.types = types.slice();
  }

  functionCall(): void {
    if (this.admit()) this.#call('function', 'other');
  }

  /** Parse, Bind or Describe, if admitted. @param type of the statement that it is about, if known. */
  prepare(type: QueryType | undefined): void {
    this.#extended(this.atMs);
    this.#isPreparing = true;
    if (type !== undefined) this.#lastType = type;
  }

  /** Close, if admitted: it never fails. */
  close(): void {
    this.#extended(this.atMs);
  }

  /** Execute, if admitted. @param sinceMs arrival of the first message of this query. */
  execute(type: QueryType, sinceMs: number): void {
    this.#extended(sinceMs);
    this.#isPreparing = false;
    this.#lastType = type;
    this.#pipeline.enter('execute', type, sinceMs);
  }

  sync(): void {
    if (this.isCopying || this.#isUnheard) return;
    this.isIgnoring = false;
    this.#pipeline.enter('sync', this.#lastType, this.#groupSinceMs ?? this.atMs);
    this.#synced();
  }

  /** CopyDone, or CopyFail if `isAborted`. */
  copyEnd(isAborted: boolean): void {
    const head = this.#pipeline.head();
    if (this.isCopying && head) head.isAborted = isAborted;
    // It may have been sent before the answer that asks for it was seen.
    else if (head && !this.isIgnoring) this.#pipeline.enterCopyEnd(isAborted, this.atMs);
    this.isCopying = false;
  }

  /** Terminate: the client waits for nothing, but the server still answers what came before. */
  terminate(): void {
    this.#hasLeft = true;
    this.stop();
  }

  /** Nothing that comes from here on gets an answer. */
  stop(): void {
    this.#isUnheard = true;
  }

  /** Query or FunctionCall, which end what the extended protocol began. */
  #call(kind: 'simple' | 'function', type: QueryType): Pending | undefined {
    const entry = this.#pipeline.enter(kind, type, this.atMs);
    // If it was a message before it that fails, the server passes it over.
    if (entry) entry.isDoubtful = this.#isPreparing;
    this.#synced();
    return entry;
  }

  #extended(sinceMs: number): void {
    this.#isUnsynced = true;
    this.#groupSinceMs ??= sinceMs;
  }

  #synced(): void {
    this.#isUnsynced = false;
    this.#isPreparing = false;
    this.#groupSinceMs = undefined;
    this.#lastType = undefined;
  }
}
