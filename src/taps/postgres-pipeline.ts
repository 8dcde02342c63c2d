import type { QueryType } from '../model/database-traffic.ts';
import { PendingQueue, statementType, type Pending, type PendingKind } from './postgres-pending.ts';

/** Entries beside its query that one query may need: a Sync, and the end of a COPY. */
const ENTRIES_PER_QUERY = 3;

/** Whether ReadyForQuery ends it. */
const isMarker = (kind: PendingKind): boolean => kind === 'simple' || kind === 'sync' || kind === 'function';

/** Told of what cannot be followed. */
export interface PipelineTrouble {
  readonly onFull: () => void;
  readonly onUnknownAnswer: () => void;
}

/**
 * What a client sent and awaits answers for, in order and bounded. When more
 * is under way than is followed it goes blind: it forgets all, and only counts
 * ReadyForQuery until everything that was sent is answered.
 */
export class PostgresPipeline {
  readonly #maxQueries: () => number;
  readonly #trouble: PipelineTrouble;
  readonly #pending = new PendingQueue();
  #queries = 0;
  /** ReadyForQuery that are to come before it sees again; undefined if it sees. */
  #blindFor: number | undefined;

  constructor(maxQueries: () => number, trouble: PipelineTrouble) {
    this.#maxQueries = maxQueries;
    this.#trouble = trouble;
  }

  /** Whether more is under way than is followed. */
  get isBlind(): boolean {
    return this.#blindFor !== undefined;
  }

  /** Whether nothing awaits an answer. */
  get isQuiet(): boolean {
    return !this.isBlind && this.head() === undefined;
  }

  /** Entries that memory is held for. */
  get capacity(): number {
    return this.#pending.capacity;
  }

  /** Enters what the client sent; undefined if it is not followed. */
  enter(kind: PendingKind, type: QueryType | undefined, sinceMs: number): Pending | undefined {
    if (this.#blindFor === undefined) {
      const isQuery = kind !== 'sync' && kind !== 'copy_end';
      const limit = this.#maxQueries();
      if (this.#queries + Number(isQuery) <= limit && this.#pending.length < limit * ENTRIES_PER_QUERY) {
        if (isQuery) this.#queries++;
        return this.#pending.push(kind, type, sinceMs);
      }
      this.#trouble.onFull();
      this.#blindFor = this.#countMarkers(0);
      this.forget();
    }
    if (isMarker(kind)) this.#blindFor++;
    return undefined;
  }

  /** The entry that awaits the next answer. */
  head(): Pending | undefined {
    return this.#pending.head();
  }

  /** The query that runs now, as far as is known: the first entry, unless that is no query or has failed. */
  running(): Pending | undefined {
    const head = this.head();
    return !head || head.kind === 'sync' || head.hasFailed || head.isStream ? undefined : head;
  }

  /** Enters the end of a COPY that was not seen to begin; one is enough between two others. */
  enterCopyEnd(isAborted: boolean, sinceMs: number): void {
    if (this.#pending.last()?.kind === 'copy_end') return;
    const entry = this.enter('copy_end', undefined, sinceMs);
    if (entry) entry.isAborted = isAborted;
  }

  /** The query that an answer belongs to. */
  answered(): Pending | undefined {
    if (this.isBlind) return undefined;
    const head = this.head();
    if (head && head.kind !== 'sync') return head;
    this.#trouble.onUnknownAnswer();
    return undefined;
  }

  /** Takes the first entry out: it awaits nothing more. */
  shift(): void {
    const kind = this.head()?.kind;
    if (kind === undefined) return;
    if (kind !== 'sync') this.#queries--;
    this.#pending.shift();
  }

  /** Takes out what ReadyForQuery ends; gives when the marker was sent. */
  takeMarker(): number | undefined {
    if (this.#blindFor !== undefined) {
      if (--this.#blindFor <= 0) this.#blindFor = undefined;
      return undefined;
    }
    for (let head = this.head(); head; head = this.head()) {
      const { kind, startedMs } = head;
      this.shift();
      if (isMarker(kind)) return startedMs;
      // An Execute that should have had an answer of its own.
      this.#trouble.onUnknownAnswer();
    }
    this.#trouble.onUnknownAnswer();
    return undefined;
  }

  /** Takes out what the server passes over after an error; says whether a Sync was found that ends it. */
  skipToSync(): boolean {
    for (let head = this.head(); head; head = this.head()) {
      if (head.kind === 'sync') return true;
      this.shift();
    }
    return false;
  }

  /**
   * After an error that the server may pass over the first entry for: goes
   * blind for what that leaves to be answered, the next Sync and all behind it.
   * Should it have been the first entry that failed, ReadyForQuery comes once
   * more than that, which does no lasting harm; one that never comes would.
   * @returns whether a Sync was found.
   */
  passOverToSync(): boolean {
    let place = 0;
    while (place < this.#pending.length && this.#pending.at(place)!.kind !== 'sync') place++;
    const markers = this.#countMarkers(place);
    if (markers > 0) this.#blindFor = markers;
    this.forget();
    return markers > 0;
  }

  /** Kind of the first statement without an answer; if that is a BEGIN and more was sent as one with it, of the next. */
  typeRunning(): QueryType {
    const head = this.#pending.at(0)!;
    const type = statementType(head);
    if (type !== 'begin') return type;
    if (head.types) return head.completed + 1 < head.types.length ? statementType(head, 1) : type;
    if (head.kind !== 'execute') return type;
    for (let place = 1; place < this.#pending.length; place++) {
      const entry = this.#pending.at(place)!;
      if (entry.kind === 'execute') return statementType(entry);
      if (isMarker(entry.kind)) break;
    }
    return type;
  }

  /**
   * Voids each Sync between the first entry and the end of its COPY.
   * @returns whether the end is known: it was sent, or a query that ends it with an error.
   */
  voidSyncsOfCopy(): boolean {
    for (let place = 1; place < this.#pending.length; place++) {
      const entry = this.#pending.at(place)!;
      const { kind } = entry;
      if (kind === 'sync' || kind === 'copy_end') entry.kind = 'void';
      else if (kind !== 'void') return true;
      if (kind !== 'copy_end') continue;
      this.#pending.at(0)!.isAborted = entry.isAborted;
      return true;
    }
    return false;
  }

  /** Takes all entries out. */
  forget(): void {
    this.#pending.clear();
    this.#queries = 0;
  }

  #countMarkers(from: number): number {
    let markers = 0;
    for (let place = from; place < this.#pending.length; place++) {
      if (isMarker(this.#pending.at(place)!.kind)) markers++;
    }
    return markers;
  }
}
