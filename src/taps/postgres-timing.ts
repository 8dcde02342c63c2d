import type { QueryType } from '../model/database-traffic.ts';

/**
 * Says how long the queries of a connection lasted. A server works on one at a
 * time, but holds its answers back until ReadyForQuery, a Flush or a full
 * buffer: what comes in one chunk was done at any time since the last one. The
 * queries answered in a chunk therefore share that time evenly, but for BEGIN,
 * which takes none; what comes alone has its exact time. The times of a
 * connection never add up to more than has passed.
 */
export class PostgresTiming {
  readonly #record: (type: QueryType, durationMs: number) => void;
  /** Number of queries answered in the chunk that is being read. */
  #count = 0;
  /** Kind of the first of them. */
  #type: QueryType = 'other';
  /** How many of them are of another kind; made when one is. */
  #others: Map<QueryType, number> | undefined;
  /** Since when they have run, in milliseconds. */
  #sinceMs = 0;
  #isReady = false;
  /** Up to when time is accounted for. */
  #doneMs = 0;

  /** @param record told of each query once its chunk is read. */
  constructor(record: (type: QueryType, durationMs: number) => void) {
    this.#record = record;
  }

  /** When a query that was sent at `startedMs` began to run, if it is the first without an answer. */
  begunMs(startedMs: number): number {
    return Math.max(startedMs, this.#doneMs);
  }

  /** A query that was sent at `startedMs` has its answer. */
  answered(type: QueryType, startedMs: number): void {
    if (this.#count++ === 0) {
      this.#sinceMs = this.begunMs(startedMs);
      this.#type = type;
    } else if (type !== this.#type) {
      this.#others ??= new Map();
      this.#others.set(type, (this.#others.get(type) ?? 0) + 1);
    }
  }

  /** ReadyForQuery came: whatever follows begins after it. */
  ready(): void {
    this.#isReady = true;
  }

  /**
   * The chunk that came at `atMs` is read.
   * @param isNextRunning whether it ends within what the next query gives: that one shares, too.
   */
  settle(atMs: number, isNextRunning: boolean): void {
    // By far the most common.
    if (this.#count === 1 && !isNextRunning) {
      this.#count = 0;
      this.#record(this.#type, Math.max(0, atMs - this.#sinceMs));
      this.#doneMs = atMs;
    } else if (this.#count > 0) this.#share(atMs, isNextRunning);
    else if (this.#isReady && !isNextRunning) this.#doneMs = atMs;
    this.#isReady = false;
  }

  #share(atMs: number, isNextRunning: boolean): void {
    const counts: [QueryType, number][] = [[this.#type, this.#count], ...(this.#others ?? [])];
    for (const [, count] of counts.slice(1)) counts[0]![1] -= count;
    const begins = counts.find(([type]) => type === 'begin')?.[1] ?? 0;
    const sharers = this.#count - begins + Number(isNextRunning);
    const shareMs = Math.max(0, atMs - this.#sinceMs) / (sharers === 0 ? begins : sharers);
    this.#doneMs = isNextRunning ? atMs - shareMs : atMs;
    this.#count = 0;
    this.#others = undefined;
    for (const [type, count] of counts) {
      const durationMs = type === 'begin' && sharers > 0 ? 0 : shareMs;
      for (let i = 0; i < count; i++) this.#record(type, durationMs);
    }
  }
}
