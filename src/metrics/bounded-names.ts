/** What a name that is not admitted is called. */
export const OTHER = 'other';

/** How far a name that is seen is to be believed. */
export type Trust = 'none' | 'provisional' | 'vouched';

/** A label's values, bounded: the names admitted so far, and `other` for the rest. */
export class BoundedNames {
  /** Name → whether it was vouched for. */
  readonly #admitted = new Map<string, boolean>();
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
   * @param trust `vouched`: a name not known yet may be admitted, for good; `provisional`: it may too, but gives way
   * to a vouched one for which there is no room, so that no more than twice the cap are ever admitted.
   */
  admit(name: string, trust: Trust): string {
    const isVouched = this.#admitted.get(name);
    if (isVouched === undefined && !this.#hasRoom(trust)) {
      this.#onRefused();
      return OTHER;
    }
    if (isVouched === undefined) this.#admitted.set(name, trust === 'vouched');
    else if (!isVouched && trust === 'vouched') this.#admitted.set(name, true);
    return name;
  }

  #hasRoom(trust: Trust): boolean {
    if (trust === 'none') return false;
    if (this.#admitted.size < this.#cap()) return true;
    return trust === 'vouched' && this.#giveUpProvisional();
  }

  #giveUpProvisional(): boolean {
    for (const [name, isVouched] of this.#admitted) {
      if (!isVouched) return this.#admitted.delete(name);
    }
    return false;
  }
}
