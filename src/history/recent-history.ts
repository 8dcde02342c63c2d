/** Bounds of a {@link RecentHistory}. */
export interface RecentHistoryOptions {
  /** Between two values of a series, in milliseconds. */
  readonly stepMs: number;
  /** How far it reaches back, in milliseconds; a whole number of steps. */
  readonly spanMs: number;
  /** Series beyond this many are refused, and counted. */
  readonly mostSeries: number;
}

/** What a series is kept in. */
interface Kept {
  readonly values: Float32Array;
  /** The slot of its last value. */
  lastSlot: number;
}

/**
 * The last hours of many series in memory that is bounded: for each a ring of 4-byte floats that is taken as a whole
 * when the series first has a value, and used again when the series was silent for the whole span. A value stands for
 * the step that ended at its time; where none was put there is a gap, never a 0.
 */
export class RecentHistory {
  readonly stepMs: number;
  readonly spanMs: number;
  readonly #slots: number;
  readonly #mostSeries: number;
  readonly #series = new Map<string, Kept>();
  readonly #free: Float32Array[] = [];
  /** Steps since 1970 that ended, for the newest values; undefined: there is none yet. */
  #newest: number | undefined;
  #oldest = 0;
  #refused = 0;
  readonly #refusedNames = new Set<string>();

  constructor({ stepMs, spanMs, mostSeries }: RecentHistoryOptions) {
    this.stepMs = stepMs;
    this.#slots = Math.max(1, Math.round(spanMs / stepMs));
    this.spanMs = this.#slots * stepMs;
    this.#mostSeries = mostSeries;
  }

  /** Series that are kept. */
  get size(): number {
    return this.#series.size;
  }

  /** Series that were refused because of the cap. */
  get refused(): number {
    return this.#refused;
  }

  /** Bytes that the values take, those that wait to be used again included. */
  get bytes(): number {
    return (this.#series.size + this.#free.length) * this.#slots * Float32Array.BYTES_PER_ELEMENT;
  }

  /** Names of the series, in the order in which they came. */
  names(): readonly string[] {
    return [...this.#series.keys()];
  }

  has(name: string): boolean {
    return this.#series.has(name);
  }

  /** Unix time of the newest values, in milliseconds. */
  get newestMs(): number | undefined {
    return this.#newest === undefined ? undefined : this.#newest * this.stepMs;
  }

  /** Unix time of the oldest values that there can be, in milliseconds. */
  get oldestMs(): number | undefined {
    return this.#newest === undefined
      ? undefined
      : Math.max(this.#oldest, this.#newest - this.#slots + 1) * this.stepMs;
  }

  /**
   * Puts the values of the step that ended at about `atMs`. A clock that was set back takes what was put for times to
   * come with it.
   */
  put(atMs: number, figures: Iterable<readonly [name: string, value: number]>): void {
    const slot = Math.round(atMs / this.stepMs);
    this.#moveTo(slot);
    for (const [name, value] of figures) {
      if (!Number.isFinite(value)) continue;
      const kept = this.#series.get(name) ?? this.#take(name);
      if (kept === undefined) continue;
      kept.values[slot % this.#slots] = value;
      kept.lastSlot = slot;
    }
  }

  /** The value of the newest step; undefined if there is none. */
  last(name: string): number | undefined {
    if (this.#newest === undefined) return undefined;
    const value = this.#series.get(name)?.values[this.#newest % this.#slots];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /**
   * The values of the steps that ended after `fromMs` and not after `toMs`, in order of time; NaN where there is none,
   * also for a name that is not known.
   */
  read(name: string, fromMs: number, toMs: number): Float32Array {
    const first = Math.floor(fromMs / this.stepMs) + 1;
    const length = Math.max(0, Math.floor(toMs / this.stepMs) - first + 1);
    const values = new Float32Array(length).fill(Number.NaN);
    const kept = this.#series.get(name);
    if (kept === undefined || this.#newest === undefined) return values;
    const [from, to] = [Math.max(first, this.#newest - this.#slots + 1), this.#newest];
    for (let slot = Math.max(0, from); slot <= to && slot - first < length; slot++) {
      values[slot - first] = kept.values[slot % this.#slots]!;
    }
    return values;
  }

  /** Puts what was kept before: values of a series, the last of which is of `lastMs`; what is too old is left out. */
  restore(name: string, lastMs: number, values: Float32Array): void {
    if (this.#newest === undefined)
      throw new Error('history: want a time before series are restored, got none');
    const kept = this.#series.get(name) ?? this.#take(name);
    if (kept === undefined) return;
    const last = Math.round(lastMs / this.stepMs);
    for (const [at, value] of values.entries()) {
      const slot = last - values.length + 1 + at;
      if (slot > this.#newest || slot <= this.#newest - this.#slots || Number.isNaN(value)) continue;
      kept.values[slot % this.#slots] = value;
      kept.lastSlot = Math.max(kept.lastSlot, slot);
      this.#oldest = Math.min(this.#oldest, slot);
    }
  }

  /** Goes to the step of a time without a value, as after a restart. */
  moveTo(atMs: number): void {
    this.#moveTo(Math.round(atMs / this.stepMs));
  }

  #moveTo(slot: number): void {
    if (this.#newest === undefined) {
      this.#newest = slot;
      this.#oldest = slot;
      return;
    }
    if (slot === this.#newest) return;
    // Forwards the slots in between are gaps; backwards those of times to come are.
    const [from, to] = slot > this.#newest ? [this.#newest + 1, slot] : [slot + 1, this.#newest];
    const count = Math.min(to - from + 1, this.#slots);
    for (const kept of this.#series.values()) {
      for (let step = 0; step < count; step++) kept.values[(to - step) % this.#slots] = Number.NaN;
      // What was of a time to come is gone; it must not keep a silent series beyond the span.
      kept.lastSlot = Math.min(kept.lastSlot, slot);
    }
    this.#newest = slot;
    this.#oldest = Math.min(this.#oldest, slot);
    this.#forgetSilent();
  }

  #forgetSilent(): void {
    const newest = this.#newest ?? 0;
    for (const [name, { values, lastSlot }] of this.#series) {
      if (lastSlot > newest - this.#slots) continue;
      this.#series.delete(name);
      this.#free.push(values);
      this.#refusedNames.clear();
    }
  }

  #take(name: string): Kept | undefined {
    if (this.#series.size >= this.#mostSeries) {
      this.#refuse(name);
      return undefined;
    }
    const values = this.#free.pop() ?? new Float32Array(this.#slots);
    const kept: Kept = { values: values.fill(Number.NaN), lastSlot: this.#newest ?? 0 };
    this.#series.set(name, kept);
    return kept;
  }

  /** Counts each name once, as far as they can be told apart in bounded memory. */
  #refuse(name: string): void {
    if (this.#refusedNames.has(name) || this.#refusedNames.size >= this.#mostSeries) return;
    this.#refusedNames.add(name);
    this.#refused++;
  }
}
