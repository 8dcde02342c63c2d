import type { BinSummary } from './open-bin.ts';

const FIELDS = 3;
const UNKNOWN: BinSummary = { low: Number.NaN, high: Number.NaN, load: Number.NaN };

/** Numbers that a ring of so many bins takes. */
export const ringSize = (bins: number): number => FIELDS * bins;

/** The last bins of one width, by their number since the epoch, in fixed memory. Bins that were not measured are NaN. */
export class BinRing {
  readonly widthMs: number;
  readonly capacity: number;
  /** Low sides, then high sides, then loads. */
  readonly #room: Float32Array;
  /** Number of the newest bin; -1 while there is none. */
  #newest: number;

  /** @param room {@link ringSize} numbers, kept as they are if `newest` says that they hold bins. */
  constructor(widthMs: number, room: Float32Array, newest: number) {
    this.widthMs = widthMs;
    this.capacity = room.length / FIELDS;
    this.#room = room;
    this.#newest = newest;
    if (newest === -1) room.fill(Number.NaN);
  }

  get newest(): number {
    return this.#newest;
  }

  get oldest(): number {
    return Math.max(0, this.#newest - this.capacity + 1);
  }

  low(bin: number): number {
    return this.#read(0, bin);
  }

  high(bin: number): number {
    return this.#read(1, bin);
  }

  load(bin: number): number {
    return this.#read(2, bin);
  }

  /** Sets a bin that is newer than the newest; those between become unknown. */
  put(bin: number, summary: BinSummary): void {
    const unknownFrom = Math.max(this.#newest + 1, bin - this.capacity + 1);
    for (let between = unknownFrom; between < bin; between++) this.#set(between, UNKNOWN);
    this.#set(bin, summary);
    this.#newest = bin;
  }

  /** Forgets all bins from this one on. */
  cut(bin: number): void {
    for (let cut = Math.max(bin, this.oldest); cut <= this.#newest; cut++) this.#set(cut, UNKNOWN);
    if (bin <= this.#newest) this.#newest = bin - 1 < this.oldest ? -1 : bin - 1;
  }

  #read(field: number, bin: number): number {
    if (bin > this.#newest || bin < this.oldest) return Number.NaN;
    return this.#room[field * this.capacity + (bin % this.capacity)] ?? Number.NaN;
  }

  #set(bin: number, { low, high, load }: BinSummary): void {
    const slot = bin % this.capacity;
    this.#room[slot] = low;
    this.#room[this.capacity + slot] = high;
    this.#room[2 * this.capacity + slot] = load;
  }
}
