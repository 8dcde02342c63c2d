import type { SpanCounts } from '../model/spans.ts';

/**
 * Keeps count of spans from their end to what became of them. It lets no more wait than the queue of the batches takes, so
 * that the queue, which would drop without telling, never has to.
 */
export class SpanBook {
  readonly #maxWaiting: number;
  #waiting = 0;
  #exported = 0;
  #failed = 0;
  #queueFull = 0;
  #faulty = 0;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Whether one more may wait; if not, it counts as lost. */
  hasRoom(): boolean {
    if (this.#waiting < this.#maxWaiting) return true;
    this.#queueFull++;
    return false;
  }

  /** A span ended and now waits. */
  ended(): void {
    this.#waiting++;
  }

  /** Spans left the queue for the collector. */
  sent(count: number): void {
    this.#waiting -= count;
  }

  /** What the collector did with spans that were sent. */
  settled(count: number, taken: boolean): void {
    if (taken) this.#exported += count;
    else this.#failed += count;
  }

  /** A span could not be made. */
  faulty(): void {
    this.#faulty++;
  }

  counts(): SpanCounts {
    return {
      exported: this.#exported,
      failed: this.#failed,
      queueFull: this.#queueFull,
      faulty: this.#faulty,
      waiting: this.#waiting,
    };
  }
}
