/**
 * Turns names of statements and portals into numbers of 53 bits, byte by
 * byte, so that names of any length are told apart without being kept. The
 * empty name has the number 0.
 */
export class NameHash {
  #high = 0;
  #low = 0;

  /** Begins another name. */
  reset(): void {
    this.#high = 0;
    this.#low = 0;
  }

  /** Reads on in a name up to its NUL or the end of the range; returns the index of where it stopped. */
  push(chunk: Uint8Array, from: number, end: number): number {
    let high = this.#high;
    let low = this.#low;
    let at = from;
    for (; at < end; at++) {
      const byte = chunk[at]!;
      if (byte === 0) break;
      // Two independent hashes (FNV-1a's prime, and one of Murmur's constants).
      low = Math.imul(low ^ byte, 0x01000193) + 1;
      high = Math.imul(high + byte, 0x5bd1e995) ^ (high >>> 15);
    }
    this.#high = high;
    this.#low = low;
    return at;
  }

  /** The number of the name so far. */
  get value(): number {
    return (this.#high >>> 11) * 0x1_0000_0000 + (this.#low >>> 0);
  }
}
