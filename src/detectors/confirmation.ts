import { HOUR_MS } from './series-history.ts';

/** A finding that fails for no longer than this goes on. */
const GAP_HOURS = 0.6;

/** Numbers of a streak: since when it has been found, and when last; NaN for never. */
const FIELDS = 2;

/** Streaks of several findings, in fixed memory. */
export class Streaks {
  readonly numbers: Float64Array;

  /** @param numbers of a former one. */
  constructor(count: number, numbers = new Float64Array(FIELDS * count).fill(Number.NaN)) {
    this.numbers = numbers;
  }

  /** Takes note of whether something was found now. */
  note(streak: number, isFound: boolean, nowMs: number): void {
    const [since, last] = [FIELDS * streak, FIELDS * streak + 1];
    const sinceLastMs = nowMs - this.numbers[last]!;
    if (!isFound) {
      if (!(sinceLastMs <= GAP_HOURS * HOUR_MS)) this.numbers[since] = Number.NaN;
      return;
    }
    const goesOn = sinceLastMs >= 0 && sinceLastMs <= (GAP_HOURS + 0.5) * HOUR_MS;
    if (!goesOn || Number.isNaN(this.numbers[since])) this.numbers[since] = nowMs;
    this.numbers[last] = nowMs;
  }

  /** Whether it was found for so long, and now. */
  isConfirmed(streak: number, hours: number, nowMs: number): boolean {
    const [since, last] = [this.numbers[FIELDS * streak]!, this.numbers[FIELDS * streak + 1]!];
    return last === nowMs && nowMs - since >= hours * HOUR_MS;
  }
}
