import type { Clock } from '../model/clock.ts';

const SLOT_MS = 10_000;
const SLOTS = 6;

/** Counts events over about the last minute, the same time that a `LatencyWindow` looks back on. */
export class CountWindow {
  readonly #clock: Clock;
  readonly #counts = new Uint32Array(SLOTS);
  #slot: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slot = Math.floor(clock.nowMs() / SLOT_MS);
  }

  /** @param nowMs the clock's time. */
  add(nowMs: number): void {
    this.#advance(nowMs);
    this.#counts[this.#slot % SLOTS]!++;
  }

  /** Events in the window. */
  count(): number {
    this.#advance(this.#clock.nowMs());
    return this.#counts.reduce((sum, each) => sum + each, 0);
  }

  #advance(nowMs: number): void {
    const now = Math.floor(nowMs / SLOT_MS);
    const stale = Math.min(now - this.#slot, SLOTS);
    for (let step = 1; step <= stale; step++) this.#counts[(this.#slot + step) % SLOTS] = 0;
    if (stale > 0) this.#slot = now;
  }
}
