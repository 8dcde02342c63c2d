import type { Sample, SampleName } from '../model/sample.ts';
import { parseSelector } from '../model/series-selector.ts';
import type { Selector } from '../model/series-selector.ts';
import type { ExpositionSeries } from './exposition-sample.ts';
import { isOutOfRange, targetText, toSample } from './mapped-sample-checks.ts';
import type { SampleProblem } from './mapped-sample-problems.ts';
import { createRatioOfDeltas, noSeries, toQuotient, toSum } from './mapped-sample-value.ts';

/** How a sample of ours is made from another program's series; the texts are selectors. */
export interface SampleMapping {
  readonly to: SampleName;
  readonly labels: Readonly<Record<string, string>>;
  readonly from:
    /** The sum of the matching series. */
    | { readonly value: string }
    /** The sum of some divided by the sum of others, e.g. connections in use by the most there may be. */
    | { readonly value: string; readonly of: string }
    /** Counters: the share of hits since the last reading, 0 as long as hits have no series yet beside others of their name. */
    | { readonly hits: string; readonly misses: string }
    | { readonly hits: string; readonly lookups: string };
}

/** What a mapping makes of one page. */
export type MappedOutcome =
  | { readonly kind: 'sample'; readonly sample: Sample }
  /** Not known this time; with a problem if an operator may want to know why. */
  | { readonly kind: 'none'; readonly problem?: SampleProblem }
  /** The mapping must be wrong. */
  | { readonly kind: 'failed'; readonly problem: SampleProblem };

/** A mapping at work. */
export interface MappedSample {
  /** Name of what it makes, e.g. `cache_hit_rate{cache_type="l1"}`. */
  readonly target: string;
  readonly selectors: readonly Selector[];
  /** Takes the series of a page, of which it remembers the counters. */
  readonly read: (page: readonly ExpositionSeries[]) => MappedOutcome;
}

type Compute = (selected: readonly (readonly ExpositionSeries[])[]) => number | undefined;

function toParts(from: SampleMapping['from']): {
  readonly texts: readonly string[];
  readonly compute: Compute;
  /** Whether the first selector is one of counters, which may make their series at the first count only. */
  readonly countsHits: boolean;
} {
  if ('value' in from) {
    if ('of' in from) return { texts: [from.value, from.of], compute: toQuotient, countsHits: false };
    return { texts: [from.value], compute: toSum, countsHits: false };
  }
  const other = 'misses' in from ? 'misses' : 'lookups';
  const rest = 'misses' in from ? from.misses : from.lookups;
  return { texts: [from.hits, rest], compute: createRatioOfDeltas(other), countsHits: true };
}

/**
 * Puts a mapping to work.
 * @throws Error if a selector cannot be parsed.
 */
export function createMappedSample(mapping: SampleMapping): MappedSample {
  const target = targetText(mapping);
  const { texts, compute, countsHits } = toParts(mapping.from);
  const selectors = texts.map(parseSelector);
  let matchedHits = false;
  /** Whether hits that have no series are none so far, and not a wrong selector. */
  const areHitsKnown = (page: readonly ExpositionSeries[]): boolean =>
    matchedHits || page.some(({ name }) => name === selectors[0]?.name);
  const read = (page: readonly ExpositionSeries[]): MappedOutcome => {
    const selected = selectors.map(({ matches }) => page.filter(matches));
    const value = compute(selected);
    if (countsHits && !noSeries(selected[0])) matchedHits = true;
    const isExcused = (part: number): boolean => countsHits && part === 0 && areHitsKnown(page);
    const empty = selectors.find((_, part) => noSeries(selected[part]) && !isExcused(part));
    if (empty !== undefined) {
      const text = `${target}: want series that match ${empty.text}, got none`;
      return { kind: 'none', problem: { kind: `no series for ${empty.text}`, text } };
    }
    if (value === undefined || !Number.isFinite(value)) return { kind: 'none' };
    if (isOutOfRange(mapping.to, value)) {
      const text = `${target}: want a ratio from 0 to 1, got ${value}`;
      return { kind: 'failed', problem: { kind: 'out of range', text } };
    }
    return { kind: 'sample', sample: toSample(mapping, value) };
  };
  return { target, selectors, read };
}
