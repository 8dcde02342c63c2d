/** What a name that is not admitted is called. */
export const OTHER = 'other';

/** A label's values, bounded: the names admitted so far, and `other` for the rest. */
export class BoundedNames {
  readonly #admitted = new Set<string>();
  readonly #cap: () => number;
  readonly #onRefused: () => void;

  /**
   * @param cap asked each time, so that a reload takes effect at once.
   * @param onRefused called each time a name becomes `other`.
   */
  constructor(cap: () => number, onRefused: () => void) {
    this.#cap = cap;
    this.#onRefused = onRefused;
  }

  /**
   * The name itself if it is known, or may now become known; else `other`.
   * @param trusted whether a name that is not known yet may be admitted.
   */
  admit(name: string, trusted: boolean): string {
    if (this.#admitted.has(name)) return name;
    if (trusted && this.#admitted.size < this.#cap()) {
      this.#admitted.add(name);
      return name;
    }
    this.#onRefused();
    return OTHER;
  }
}
