import type { Clock } from '../model/clock.ts';

const SLOT_MS = 1000;
const SLOTS = 10;

/** Counts events and gives their rate over the last 10 whole seconds. */
export class RateWindow {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  /** One slot more than the window: the running second is not complete. */
  readonly #counts = new Uint32Array(SLOTS + 1);
  #slot: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#slot = Math.floor(this.#startedAtMs / SLOT_MS);
  }

  add(): void {
    this.#advance();
    const index = this.#slot % this.#counts.length;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** Events per second; over the time since the start while that is shorter than the window. */
  perSecond(): number {
    this.#advance();
    const running = this.#counts[this.#slot % this.#counts.length] ?? 0;
    const all = this.#counts.reduce((sum, count) => sum + count, 0);
    const sinceStartMs = this.#clock.nowMs() - this.#startedAtMs;
    if (sinceStartMs < SLOTS * SLOT_MS)
      return sinceStartMs <= 0 ? 0 : (all * 1000) / Math.max(sinceStartMs, SLOT_MS);
    return (all - running) / SLOTS;
  }

  #advance(): void {
    const now = Math.floor(this.#clock.nowMs() / SLOT_MS);
    const stale = Math.min(now - this.#slot, this.#counts.length);
    for (let step = 1; step <= stale; step++) this.#counts[(this.#slot + step) % this.#counts.length] = 0;
    if (stale > 0) this.#slot = now;
  }
}
