import type { Clock } from '../model/clock.ts';

const SLOT_MS = 5000;
const SLOTS = 12;

/** Counts hits and misses and gives the share of hits over about the last minute. */
export class HitWindow {
  readonly #clock: Clock;
  readonly #hits = new Float64Array(SLOTS);
  readonly #lookups = new Float64Array(SLOTS);
  #slot: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slot = Math.floor(clock.nowMs() / SLOT_MS);
  }

  add(hits: number, misses: number): void {
    this.#advance();
    const index = this.#slot % SLOTS;
    this.#hits[index] = (this.#hits[index] ?? 0) + hits;
    this.#lookups[index] = (this.#lookups[index] ?? 0) + hits + misses;
  }

  /** Share of lookups that hit, 0 to 1; undefined if there were none in the last 55 to 60 seconds. */
  ratio(): number | undefined {
    this.#advance();
    const lookups = this.#lookups.reduce((sum, count) => sum + count, 0);
    return lookups === 0 ? undefined : this.#hits.reduce((sum, count) => sum + count, 0) / lookups;
  }

  #advance(): void {
    const now = Math.floor(this.#clock.nowMs() / SLOT_MS);
    const stale = Math.min(now - this.#slot, SLOTS);
    for (let step = 1; step <= stale; step++) {
      this.#hits[(this.#slot + step) % SLOTS] = 0;
      this.#lookups[(this.#slot + step) % SLOTS] = 0;
    }
    if (stale > 0) this.#slot = now;
  }
}
