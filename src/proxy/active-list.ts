/** Something that an `ActiveList` can hold: it remembers its own place there. */
export interface Listed {
  /** Kept by the list; -1 outside. */
  slot: number;
}

/**
 * An unordered collection for members that come and go thousands of times a
 * second. A `Set` would rebuild its table all the time, and each dead table
 * keeps its former members alive until a major garbage collection.
 */
export class ActiveList<T extends Listed> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: T): void {
    member.slot = this.#members.length;
    this.#members.push(member);
  }

  delete(member: T): void {
    const { slot } = member;
    if (slot < 0) return;
    member.slot = -1;
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    this.#members[slot] = last;
    last.slot = slot;
  }

  /** A copy, so that members may leave while it is walked. */
  toArray(): T[] {
    return [...this.#members];
  }
}
