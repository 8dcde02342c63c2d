import type { ExpositionSeries } from './exposition-sample.ts';

type Selected = readonly ExpositionSeries[];

/** Whether a selector matched nothing. */
export const noSeries = (selected: Selected | undefined): boolean => (selected?.length ?? 0) === 0;

const sum = (selected: Selected | undefined): number =>
  (selected ?? []).reduce((total, { value }) => total + value, 0);

/** Sum of the first selection. */
export const toSum = ([series]: readonly Selected[]): number => sum(series);

/** Sum of the first selection divided by that of the second; not finite if that is 0. */
export const toQuotient = ([part, whole]: readonly Selected[]): number => sum(part) / sum(whole);

/** Increase of counters since the values before; undefined if one fell or went away: the server started anew. */
function increase(selected: Selected, before: ReadonlyMap<string, number>): number | undefined {
  const now = new Map(selected.map(({ key, value }) => [key, value]));
  let total = 0;
  for (const [key, value] of before) {
    const current = now.get(key);
    if (current === undefined || current < value) return undefined;
    total -= value;
  }
  // A series that was not there before was made by its first count, so that it counts from 0.
  return total + sum(selected);
}

/**
 * Computes hits / (hits + misses), or hits / lookups, of what counters gained since the call before.
 * @returns undefined for the first call, after a reset and without traffic.
 */
export function createRatioOfDeltas(
  other: 'misses' | 'lookups',
): (selected: readonly Selected[]) => number | undefined {
  let before: readonly ReadonlyMap<string, number>[] | undefined;
  return (selected) => {
    const last = before;
    before = selected.map((series) => new Map(series.map(({ key, value }) => [key, value])));
    if (last === undefined) return undefined;
    const [hits, rest] = selected.map((series, part) => increase(series, last[part] ?? new Map()));
    if (hits === undefined || rest === undefined) return undefined;
    const lookups = other === 'misses' ? hits + rest : rest;
    return lookups > 0 ? hits / lookups : undefined;
  };
}
