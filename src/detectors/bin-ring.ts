import type { BinSummary } from './open-bin.ts';

const FIELDS = 3;

/** Numbers that a ring of so many bins takes. */
export const ringSize = (bins: number): number => FIELDS * bins;

/** The last bins of one width, by their number since the epoch, in fixed memory. Bins that were not measured are NaN. */
export class BinRing {
  readonly widthMs: number;
  readonly capacity: number;
  readonly #low: Float32Array;
  readonly #high: Float32Array;
  readonly #load: Float32Array;
  /** Number of the newest bin; -1 while there is none. */
  #newest: number;

  /** @param room {@link ringSize} numbers, kept as they are if `newest` says that they hold bins. */
  constructor(widthMs: number, room: Float32Array, newest = -1) {
    this.widthMs = widthMs;
    this.capacity = room.length / FIELDS;
    this.#low = room.subarray(0, this.capacity);
    this.#high = room.subarray(this.capacity, 2 * this.capacity);
    this.#load = room.subarray(2 * this.capacity);
    this.#newest = newest;
    if (newest === -1) room.fill(Number.NaN);
  }

  get newest(): number {
    return this.#newest;
  }

  get oldest(): number {
    return Math.max(0, this.#newest - this.capacity + 1);
  }

  low = (bin: number): number => this.#read(this.#low, bin);
  high = (bin: number): number => this.#read(this.#high, bin);
  load = (bin: number): number => this.#read(this.#load, bin);

  /** Sets a bin that is not older than the newest; those between become unknown. */
  put(bin: number, { low, high, load }: BinSummary): void {
    const unknownFrom = Math.max(this.#newest + 1, bin - this.capacity + 1);
    for (let between = unknownFrom; between < bin; between++)
      this.#set(between, Number.NaN, Number.NaN, Number.NaN);
    this.#set(bin, low, high, load);
    this.#newest = bin;
  }

  /** Forgets all bins from this one on. */
  cut(bin: number): void {
    for (let cut = Math.max(bin, this.oldest); cut <= this.#newest; cut++) {
      this.#set(cut, Number.NaN, Number.NaN, Number.NaN);
    }
    if (bin <= this.#newest) this.#newest = bin - 1 < this.oldest ? -1 : bin - 1;
  }

  #read(field: Float32Array, bin: number): number {
    return bin > this.#newest || bin < this.oldest || bin < 0
      ? Number.NaN
      : (field[bin % this.capacity] ?? Number.NaN);
  }

  #set(bin: number, low: number, high: number, load: number): void {
    const slot = bin % this.capacity;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#load[slot] = load;
  }
}
