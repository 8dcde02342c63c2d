import type { Random } from './random.ts';

/** What was drawn for a series, by name, for the person who looks at a wrong verdict. */
export type DrawnParameters = Readonly<Record<string, number | string | boolean>>;

/** Draws the parameters of a series and writes down what it drew. */
export class Parameters {
  readonly #random: Random;
  readonly #drawn: Record<string, number | string | boolean> = {};

  constructor(random: Random) {
    this.#random = random;
  }

  get drawn(): DrawnParameters {
    return this.#drawn;
  }

  /** Writes down what follows from others. */
  note<T extends number | string | boolean>(name: string, value: T): T {
    this.#drawn[name] = typeof value === 'number' ? Number(value.toPrecision(5)) : value;
    return value;
  }

  uniform(name: string, low: number, high: number): number {
    return this.note(name, this.#random.uniform(low, high));
  }

  logUniform(name: string, low: number, high: number): number {
    return this.note(name, this.#random.logUniform(low, high));
  }

  integer(name: string, low: number, high: number): number {
    return this.note(name, this.#random.integer(low, high));
  }

  chance(name: string, probability: number): boolean {
    return this.note(name, this.#random.chance(probability));
  }

  pick<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const chosen = choices[this.#random.integer(0, choices.length - 1)] ?? choices[0];
    return this.note(name, chosen);
  }

  /** Several numbers, ascending. */
  times(name: string, count: number, low: number, high: number): readonly number[] {
    const times = Array.from({ length: count }, () => this.#random.uniform(low, high)).toSorted(
      (a, b) => a - b,
    );
    this.note(name, times.map((time) => time.toFixed(2)).join(' '));
    return times;
  }
}
