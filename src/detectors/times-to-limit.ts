import type { Estimate, SeriesUnit, Verdict } from '../model/verdict.ts';
import type { WordedSeries } from './describe-verdict.ts';
import { formatSpanRange } from './format-span.ts';
import { formatValue } from './format-value.ts';

/** When the series would reach a limit, were it that one. */
export interface TimeToLimit {
  readonly limit: number;
  readonly seconds: Estimate;
  /** Whether it is the limit in force. */
  readonly isInForce: boolean;
}

const ROWS = 6;

/** Round limits above a level: for bytes by doubling from a power of two, else 1, 2, 5, 10, … */
function roundAbove(level: number, unit: SeriesUnit): readonly number[] {
  if (unit === 'bytes') {
    const first = 2 ** (Math.floor(Math.log2(Math.max(level, 1))) + 1);
    return Array.from({ length: ROWS }, (_, n) => first * 2 ** n);
  }
  const decade = 10 ** Math.floor(Math.log10(Math.max(level, 1e-6)));
  return [1, 2, 5, 10, 20, 50, 100, 200, 500]
    .map((step) => Number((step * decade).toPrecision(1)))
    .filter((limit) => limit > level)
    .slice(0, ROWS);
}

/** Shares of a level that a falling series may come down to. */
const roundBelow = (level: number): readonly number[] =>
  [0.9, 0.75, 0.5, 0.25, 0.1].map((share) => level * share);

/**
 * The table of times to exhaustion by limit, nearest first, with the limit in force among round ones: what a growth
 * means depends on the limit, and a limit may be wrong. Empty where nothing grows.
 */
export function timesToLimit(verdict: Verdict, { unit, direction }: WordedSeries): readonly TimeToLimit[] {
  const { level, slopePerHour, limit: inForce } = verdict;
  if (level === undefined || slopePerHour === undefined || !(slopePerHour.best > 0)) return [];
  const rises = direction === 'up';
  const round = rises ? roundAbove(level, unit) : roundBelow(level);
  const limits = inForce === undefined ? round : [...round, inForce];
  const secondsAt = (limit: number, perHour: number): number => {
    const left = Math.max(0, rises ? limit - level : level - limit);
    return perHour > 0 ? (left / perHour) * 3600 : Infinity;
  };
  return [...new Set(limits)]
    .toSorted((a, b) => (rises ? a - b : b - a))
    .map((limit) => ({
      limit,
      seconds: {
        low: secondsAt(limit, slopePerHour.high),
        best: secondsAt(limit, slopePerHour.best),
        high: secondsAt(limit, slopePerHour.low),
      },
      isInForce: limit === inForce,
    }));
}

/** The table as lines of a terminal, the limit in force marked. */
export function timesToLimitLines(verdict: Verdict, series: WordedSeries): readonly string[] {
  const rows = timesToLimit(verdict, series).map(({ limit, seconds, isInForce }) => ({
    limit: formatValue(limit, series.unit),
    time: formatSpanRange(seconds.low, seconds.high),
    mark: isInForce ? '  (in force)' : '',
  }));
  const width = Math.max(0, ...rows.map(({ limit }) => limit.length));
  return rows.map(({ limit, time, mark }) => `limit ${limit.padStart(width)}  in ${time}${mark}`);
}
