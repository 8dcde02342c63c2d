/** Jump ahead that is believed at once. */
const AHEAD_MS = 2 * 3_600_000;
/** Samples in a row that make a clock believed that has jumped. */
const AGREEING = 5;

/** What to do with a sample by its time: take it, leave it, or take it after the clock was set back to it. */
export type TimeVerdict = 'take' | 'leave' | 'take_after_step_back';

/**
 * Tells samples that are late, repeated or wildly dated from a clock that was really set: one odd time is left out,
 * several that go on from it are believed.
 */
export class TimeGuard {
  #lastMs: number;
  #oddMs = Number.NaN;
  #odd = 0;

  /** @param lastMs time of the last sample that was taken; NaN if there was none. */
  constructor(lastMs: number) {
    this.#lastMs = lastMs;
  }

  judge(atMs: number): TimeVerdict {
    if (!Number.isFinite(atMs) || atMs < 0) return 'leave';
    if (Number.isNaN(this.#lastMs) || (atMs > this.#lastMs && atMs <= this.#lastMs + AHEAD_MS)) {
      return this.#take(atMs, 'take');
    }
    const goesOn = atMs > this.#oddMs && atMs <= this.#oddMs + AHEAD_MS;
    this.#odd = goesOn ? this.#odd + 1 : 1;
    this.#oddMs = atMs;
    if (this.#odd < AGREEING) return 'leave';
    return this.#take(atMs, atMs < this.#lastMs ? 'take_after_step_back' : 'take');
  }

  #take(atMs: number, verdict: TimeVerdict): TimeVerdict {
    this.#lastMs = atMs;
    this.#oddMs = Number.NaN;
    this.#odd = 0;
    return verdict;
  }
}
