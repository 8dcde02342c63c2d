import type { QueryType } from '../model/database-traffic.ts';

/** What a client sent and awaits an answer for. */
export type PendingKind =
  /** Query: one or more statements, up to ReadyForQuery. */
  | 'simple'
  /** Execute of the extended protocol: up to its completion. */
  | 'execute'
  /** FunctionCall: up to ReadyForQuery. */
  | 'function'
  /** Sync: up to ReadyForQuery. */
  | 'sync'
  /** CopyDone or CopyFail that came before the server was seen to want a COPY: a place in the order, awaits nothing. */
  | 'copy_end'
  /** Awaits nothing any more. */
  | 'void';

/** One entry of the {@link PendingQueue}. */
export interface Pending {
  kind: PendingKind;
  /** Kind of the query; of a sync, that of the last statement before it; undefined if there is none. */
  type: QueryType | undefined;
  /** Kinds of all statements of a simple query, if there are several. */
  types: readonly QueryType[] | undefined;
  /** When the first message of it arrived, in milliseconds. */
  startedMs: number;
  /** Statements of a simple query that are completed. */
  completed: number;
  /** The error has come: of a simple query or a function call, only ReadyForQuery is still to follow. */
  hasFailed: boolean;
  /** The client gave its COPY up by CopyFail; also of the `copy_end` that stands for it. */
  isAborted: boolean;
  /** Streams for as long as it pleases: it has no duration. */
  isStream: boolean;
  /** Should the first answer be an error, it may be of a message before it, and this one is passed over. */
  isDoubtful: boolean;
}

/** Kind of the statement that runs, or `ahead` of that; of a text too long to be known, `other`. */
export function statementType(entry: Pending, ahead = 0): QueryType {
  const place = entry.completed + ahead;
  if (entry.types) return entry.types[place] ?? 'other';
  return place === 0 ? (entry.type ?? 'other') : 'other';
}

const EMPTY_CAPACITY = 8;
/** Capacity, in entries, that a queue gives back once it has run empty. */
const LARGE_CAPACITY = 64;

const entry = (): Pending => ({
  kind: 'void',
  type: undefined,
  types: undefined,
  startedMs: 0,
  completed: 0,
  hasFailed: false,
  isAborted: false,
  isStream: false,
  isDoubtful: false,
});

/** First in, first out; its entries are used again and again, so that a query costs no allocation. */
export class PendingQueue {
  /** A ring whose size is a power of two. */
  #ring: Pending[] = [];
  #first = 0;
  #length = 0;

  /** Number of entries, void ones too. */
  get length(): number {
    return this.#length;
  }

  /** Number of entries that memory is held for. */
  get capacity(): number {
    return this.#ring.length;
  }

  /** Adds an entry and returns it; good until it is taken out. */
  push(kind: PendingKind, type: QueryType | undefined, startedMs: number): Pending {
    if (this.#length === this.#ring.length) this.#grow();
    const added = this.at(this.#length++)!;
    added.kind = kind;
    added.type = type;
    added.types = undefined;
    added.startedMs = startedMs;
    added.completed = 0;
    added.hasFailed = false;
    added.isAborted = false;
    added.isStream = false;
    added.isDoubtful = false;
    return added;
  }

  /** The entry at a place, 0 for the first; undefined beyond what memory is held for. */
  at(place: number): Pending | undefined {
    return this.#ring[(this.#first + place) & (this.#ring.length - 1)];
  }

  /** The first entry that awaits something; drops those before it that do not. */
  head(): Pending | undefined {
    while (this.#length > 0) {
      const first = this.#ring[this.#first]!;
      if (first.kind !== 'void' && first.kind !== 'copy_end') return first;
      this.shift();
    }
    return undefined;
  }

  /** The entry that was added last. */
  last(): Pending | undefined {
    return this.#length === 0 ? undefined : this.at(this.#length - 1);
  }

  /** Takes the first entry out. */
  shift(): void {
    if (this.#length === 0) return;
    this.#ring[this.#first]!.types = undefined;
    this.#first = (this.#first + 1) & (this.#ring.length - 1);
    if (--this.#length === 0 && this.#ring.length > LARGE_CAPACITY) this.clear();
  }

  /** Takes all entries out and gives their memory back. */
  clear(): void {
    this.#ring = [];
    this.#first = 0;
    this.#length = 0;
  }

  #grow(): void {
    const ring: Pending[] = [];
    for (let place = 0; place < this.#length; place++) ring.push(this.at(place)!);
    const capacity = Math.max(EMPTY_CAPACITY, ring.length * 2);
    while (ring.length < capacity) ring.push(entry());
    this.#ring = ring;
    this.#first = 0;
  }
}
