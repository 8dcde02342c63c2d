import type { QueryType } from '../model/database-traffic.ts';

/** What the empty name is as a number. */
const UNNAMED = 0;

/** Kinds of queries by the name of a prepared statement or a portal, as a number; bounded: the oldest name goes first. */
export class NamedTypes {
  #unnamed: QueryType | undefined;
  #named: Map<number, QueryType> | undefined;

  /** Number of names, the empty one not counted. */
  get size(): number {
    return this.#named?.size ?? 0;
  }

  get(name: number): QueryType | undefined {
    return name === UNNAMED ? this.#unnamed : this.#named?.get(name);
  }

  /** Enters a name in place of what it stood for; `limit` is the most names that are kept. */
  set(name: number, type: QueryType, limit: number): void {
    if (name === UNNAMED) {
      this.#unnamed = type;
      return;
    }
    this.#named ??= new Map();
    this.#named.delete(name);
    while (this.#named.size >= limit && this.#named.size > 0) this.#dropOldest(this.#named);
    if (limit > 0) this.#named.set(name, type);
  }

  delete(name: number): void {
    if (name === UNNAMED) this.#unnamed = undefined;
    else this.#named?.delete(name);
  }

  /** Forgets all names but the empty one. */
  clearNamed(): void {
    this.#named = undefined;
  }

  #dropOldest(named: Map<number, QueryType>): void {
    for (const name of named.keys()) {
      named.delete(name);
      return;
    }
  }
}
