/** 128 bits of state from a text (xmur3 by bryc, public domain): near texts give unrelated states. */
function hash(text: string): readonly [number, number, number, number] {
  let h = 1_779_033_703 ^ text.length;
  for (let at = 0; at < text.length; at++) {
    h = Math.imul(h ^ text.charCodeAt(at), 3_432_918_353);
    h = (h << 13) | (h >>> 19);
  }
  const word = (): number => {
    h = Math.imul(h ^ (h >>> 16), 2_246_822_507);
    h = Math.imul(h ^ (h >>> 13), 3_266_489_909);
    h ^= h >>> 16;
    return h | 0;
  };
  return [word(), word(), word(), word()];
}

/** A source of random numbers that a text determines (sfc32, from PractRand): the same text, the same numbers. */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare = Number.NaN;

  constructor(seed: string) {
    this.#seed = seed;
    [this.#a, this.#b, this.#c, this.#d] = hash(seed);
    for (let round = 0; round < 12; round++) this.next();
  }

  /** An independent source: drawing from it leaves this one where it is. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** From 0 to below 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** For what has a scale: every factor of two is as likely as any other. */
  logUniform(low: number, high: number): number {
    return Math.exp(this.uniform(Math.log(low), Math.log(high)));
  }

  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next());
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Mean 0, standard deviation 1 (Marsaglia's polar method). */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** At least 1, heavy-tailed: the smaller the shape, the heavier. */
  pareto(shape: number): number {
    return (1 - this.next()) ** (-1 / shape);
  }

  /** A number of events; over 30 of them by the normal distribution. */
  poisson(mean: number): number {
    if (!(mean > 0)) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const least = Math.exp(-mean);
    let count = 0;
    for (let product = this.next(); product > least; product *= this.next()) count++;
    return count;
  }

  /** How many of `count` leave, each with the same probability. */
  binomial(count: number, probability: number): number {
    const mean = count * probability;
    if (mean > 30) {
      const value = Math.round(mean + Math.sqrt(mean * (1 - probability)) * this.normal());
      return Math.min(count, Math.max(0, value));
    }
    return Math.min(count, this.poisson(mean));
  }
}
