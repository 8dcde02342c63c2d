import type { Labels } from '../model/labels.ts';
import type { QueriedSeries } from './queried-series.ts';

/** What belongs to a series: one other, none, or more than can be told apart. */
export type Joined =
  | { readonly found: 'one'; readonly series: QueriedSeries }
  | { readonly found: 'none' }
  | { readonly found: 'several'; readonly count: number };

/** Finds what belongs to a series by its labels. */
export type Join = (labels: Labels) => Joined;

/** Companions with the same label names. */
interface Group {
  readonly names: readonly string[];
  readonly members: readonly QueriedSeries[];
  /** By the names that are shared with the series asked for, then by their values. */
  readonly indexes: Map<string, ReadonlyMap<string, readonly QueriedSeries[]>>;
}

const NAME = '__name__';
const valuesKey = (labels: Labels, names: readonly string[]): string =>
  JSON.stringify(names.map((name) => labels[name] ?? ''));

function toGroups(companions: readonly QueriedSeries[], on: readonly string[] | undefined): readonly Group[] {
  const groups = new Map<string, { names: readonly string[]; members: QueriedSeries[] }>();
  for (const series of companions) {
    const own = Object.keys(series.labels).filter((name) => name !== NAME);
    const names = (on === undefined ? own : own.filter((name) => on.includes(name))).toSorted();
    // One that lacks a label to join on belongs to nothing.
    if (on !== undefined && names.length < new Set(on).size) continue;
    const key = JSON.stringify(names);
    const group = groups.get(key) ?? { names, members: [] };
    group.members.push(series);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({ ...group, indexes: new Map() }));
}

function matches(group: Group, labels: Labels): readonly QueriedSeries[] {
  const shared = group.names.filter((name) => name in labels);
  const sharedKey = JSON.stringify(shared);
  let index = group.indexes.get(sharedKey);
  if (index === undefined) {
    index = Map.groupBy(group.members, (series) => valuesKey(series.labels, shared));
    group.indexes.set(sharedKey, index);
  }
  return index.get(valuesKey(labels, shared)) ?? [];
}

/**
 * Finds the companion (limit, load, start) of each series: the one that agrees in the labels `on`, or without them in
 * every label that both have, so that one without labels belongs to all.
 */
export function createJoin(companions: readonly QueriedSeries[], on?: readonly string[]): Join {
  const groups = toGroups(companions, on);
  return (labels) => {
    if (on !== undefined && !on.every((name) => name in labels)) return { found: 'none' };
    const found = groups.flatMap((group) => matches(group, labels));
    const [first] = found;
    if (first === undefined) return { found: 'none' };
    return found.length === 1 ? { found: 'one', series: first } : { found: 'several', count: found.length };
  };
}
