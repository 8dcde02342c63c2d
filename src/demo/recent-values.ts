/** A cache of the values used last, each for a while: what the benchmark document calls L1. */
export interface RecentValues<Value> {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value) => void;
}

/** Makes a cache of at most `max` values, none older than `maxAgeMs`. */
export function createRecentValues<Value>(max: number, maxAgeMs: number): RecentValues<Value> {
  const entries = new Map<string, { readonly value: Value; readonly sinceMs: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (performance.now() - entry.sinceMs > maxAgeMs) return undefined;
      // Behind the others: the one that was not used for longest is first.
      entries.set(key, entry);
      return entry.value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, { value, sinceMs: performance.now() });
      const [oldest] = entries.keys();
      if (entries.size > max && oldest !== undefined) entries.delete(oldest);
    },
  };
}
