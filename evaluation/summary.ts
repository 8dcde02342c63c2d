import { estimate, type Estimated } from './bootstrap.ts';
import { findClass } from './classes.ts';
import type { JudgedSeries } from './judge.ts';
import type { Truth } from './labelled-series.ts';
import { outcomesOf, scoreOf, type Score } from './score.ts';
import type { Kind } from './series-id.ts';

/** How the methods did on one kind of series. */
export interface KindSummary {
  readonly kind: Kind;
  readonly series: number;
  readonly methods: readonly { readonly name: string; readonly estimated: Estimated }[];
  readonly classes: readonly ClassSummary[];
  /** Leaking series by how far the limit still was when watching ended. */
  readonly distances: readonly DistanceSummary[];
}

/** How the methods did on leaks that were as far from the limit. */
export interface DistanceSummary {
  readonly distance: Distance;
  /** By the name of the method. */
  readonly scores: Readonly<Record<string, Score>>;
}

/** How far the limit still was, in spans that the leak had been watched. */
export const DISTANCES = [
  'limit reached',
  'up to half a span away',
  'up to one span away',
  'up to two spans away',
  'cleared by restarts before',
] as const;

/** One of {@link DISTANCES}. */
export type Distance = (typeof DISTANCES)[number];

/** Where a leaking series belongs. */
export function distanceOf({ exhaustions, exhaustionHour, leakStartHour }: Truth, hours: number): Distance {
  if (exhaustions > 0) return 'limit reached';
  const spans = (exhaustionHour - hours) / (hours - (leakStartHour ?? 0));
  if (spans <= 0) return 'cleared by restarts before';
  if (spans <= 0.5) return 'up to half a span away';
  return spans <= 1 ? 'up to one span away' : 'up to two spans away';
}

/** How the methods did on one class. */
export interface ClassSummary {
  readonly name: string;
  readonly about: string;
  readonly leaks: boolean;
  readonly series: number;
  /** By the name of the method. */
  readonly scores: Readonly<Record<string, Score>>;
}

const BOOTSTRAP_ROUNDS = 1000;

/** Sums up what was judged of one kind, in total and by class. */
export function summarize(kind: Kind, judged: readonly JudgedSeries[]): KindSummary {
  const names = Object.keys(judged[0]?.episodes ?? {});
  const leaking = judged.filter(({ truth }) => truth.label === 'leaks');
  const byDistance = Map.groupBy(leaking, ({ truth, hours }) => distanceOf(truth, hours));
  const scoresOf = (some: readonly JudgedSeries[]): Readonly<Record<string, Score>> =>
    Object.fromEntries(names.map((method) => [method, scoreOf(outcomesOf(some, method))]));
  const byClass = Map.groupBy(judged, ({ id }) => id.className);
  return {
    kind,
    series: judged.length,
    methods: names.map((name) => ({
      name,
      estimated: estimate(outcomesOf(judged, name), BOOTSTRAP_ROUNDS),
    })),
    classes: [...byClass].map(([name, ofClass]) => {
      const { about, leaks } = findClass(kind, name);
      return { name, about, leaks, series: ofClass.length, scores: scoresOf(ofClass) };
    }),
    distances: DISTANCES.map((distance) => ({ distance, scores: scoresOf(byDistance.get(distance) ?? []) })),
  };
}
