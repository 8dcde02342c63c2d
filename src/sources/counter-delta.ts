/** Counters as one reading found them. */
export interface CounterReading<Name extends string> {
  /** What the counts began with, e.g. the start of the server: counts of different origins cannot be compared. */
  readonly origin: string;
  readonly counts: Readonly<Record<Name, number>>;
}

/**
 * How far each counter went since the reading before.
 * @returns undefined if there was none, or if the counters began anew in between: another origin, or one that went back.
 */
export function counterDelta<Name extends string>(
  previous: CounterReading<Name> | undefined,
  current: CounterReading<Name>,
): Readonly<Record<Name, number>> | undefined {
  if (previous === undefined || previous.origin !== current.origin) return undefined;
  const delta: Record<Name, number> = { ...current.counts };
  for (const name in delta) {
    delta[name] -= previous.counts[name];
    if (!(delta[name] >= 0)) return undefined;
  }
  return delta;
}

/** Share of hits in all lookups, 0 to 1; undefined without lookups, since no traffic is not a rate. */
export function hitRate(hits: number, misses: number): number | undefined {
  const lookups = hits + misses;
  return lookups > 0 ? hits / lookups : undefined;
}
