/** Points of the answers to one piece that are worth the memory: about 4 MB of JSON, parsed in a tenth of a second. */
const WANTED_POINTS = 100_000;
/** A server refuses a range of more points than this for a series. */
const MOST_STEPS = 10_000;
const FIRST_STEPS = 60;
/** Answers grow with every new series, so a span grows by no more than this at a time. */
const GROWTH = 4;

/** Finds how long a range may be that is asked for at once, in milliseconds, from what earlier answers came to. */
export class ChunkSpan {
  readonly #stepMs: number;
  #steps = FIRST_STEPS;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** From the first to the last point. */
  get ms(): number {
    return (this.#steps - 1) * this.#stepMs;
  }

  /** An answer over `steps` times had so many points. */
  answered(steps: number, points: number): void {
    const fitting = Math.floor((WANTED_POINTS * steps) / Math.max(points, 1));
    this.#steps = Math.max(1, Math.min(fitting, this.#steps * GROWTH, MOST_STEPS));
  }

  /** A range was refused: it may have been too long. */
  refused(): void {
    this.#steps = Math.max(1, Math.floor(this.#steps / 2));
  }
}
