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
  /** Queries answered in the chunk that is being read; as many numbers as there are types. */
  readonly #answered = new Map<QueryType, number>();
  #count = 0;
  /** Since when those have run, in milliseconds. */
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
    if (this.#count === 0) this.#sinceMs = this.begunMs(startedMs);
    this.#count++;
    this.#answered.set(type, (this.#answered.get(type) ?? 0) + 1);
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
    if (this.#count === 0) {
      if (this.#isReady && !isNextRunning) this.#doneMs = atMs;
      this.#isReady = false;
      return;
    }
    const begins = this.#answered.get('begin') ?? 0;
    const others = this.#count - begins + Number(isNextRunning);
    const shareMs = Math.max(0, atMs - this.#sinceMs) / (others === 0 ? begins : others);
    for (const [type, count] of this.#answered) {
      const durationMs = type === 'begin' && others > 0 ? 0 : shareMs;
      for (let i = 0; i < count; i++) this.#record(type, durationMs);
    }
    this.#doneMs = isNextRunning ? atMs - shareMs : atMs;
    this.#answered.clear();
    this.#count = 0;
    this.#isReady = false;
  }
}
