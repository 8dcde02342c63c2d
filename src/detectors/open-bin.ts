import { quantileOfSorted } from './order-statistics.ts';

/** Samples that are kept of a bin; a bin of more is thinned evenly. */
export const OPEN_SAMPLES = 64;

/** What a bin comes to. */
export interface BinSummary {
  /** P10 of the values, or their median. */
  readonly low: number;
  /** P90 of the values. */
  readonly high: number;
  /** Mean load; NaN if none was told. */
  readonly load: number;
}

/** Gathers the samples of one bin in fixed memory. */
export class OpenBin {
  readonly #samples: Float32Array;
  readonly #lowShare: number;
  #count = 0;
  /** Every how many samples one is kept, and how many have passed since the last one kept. */
  #stride = 1;
  #passed = 0;
  #loadSum = 0;
  #loadCount = 0;

  /**
   * @param samples room for {@link OPEN_SAMPLES}.
   * @param lowShare which quantile the low side is: 0.1 or 0.5.
   */
  constructor(samples: Float32Array, lowShare: number) {
    this.#samples = samples;
    this.#lowShare = lowShare;
  }

  add(value: number, load: number | undefined): void {
    if (load !== undefined && Number.isFinite(load)) {
      this.#loadSum += load;
      this.#loadCount++;
    }
    if (++this.#passed < this.#stride) return;
    this.#passed = 0;
    if (this.#count === this.#samples.length) this.#thin();
    this.#samples[this.#count++] = value;
  }

  /** What was gathered, undefined if nothing was; empty afterwards. */
  close(): BinSummary | undefined {
    if (this.#count === 0) return undefined;
    const sorted = this.#samples.subarray(0, this.#count).toSorted();
    const summary = {
      low: quantileOfSorted(sorted, this.#lowShare),
      high: quantileOfSorted(sorted, 0.9),
      load: this.#loadCount === 0 ? Number.NaN : this.#loadSum / this.#loadCount,
    };
    this.discard();
    return summary;
  }

  discard(): void {
    this.#count = 0;
    this.#stride = 1;
    this.#passed = 0;
    this.#loadSum = 0;
    this.#loadCount = 0;
  }

  #thin(): void {
    for (let at = 0; at * 2 < this.#count; at++) this.#samples[at] = this.#samples[at * 2] ?? 0;
    this.#count = Math.ceil(this.#count / 2);
    this.#stride *= 2;
  }
}
