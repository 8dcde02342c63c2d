import type { BenchMeasure } from '../model/bench-figure.ts';
import type { Spread } from './spread.ts';

/** What a comparison comes to, in words, and whether it is bad news. */
export interface FigureVerdict {
  readonly word: string;
  readonly tone: 'good' | 'same' | 'bad' | 'unsure';
}

/** Within this much of the expectation a figure is as expected: two machines of one kind differ by as much. */
export const TOLERANCE_RATIO = 0.1;

/** Requests beyond a percentile, below which it says little. */
const LEAST_BEYOND = 10;

/** Chance below which an excess of errors is not put down to luck. */
const ERROR_SIGNIFICANCE = 0.05;

const WORDS: Readonly<
  Record<BenchMeasure, readonly [less: string, more: string, better: 'less' | 'more' | 'neither']>
> = {
  throughput: ['lower', 'higher', 'more'],
  min: ['faster', 'slower', 'less'],
  p50: ['faster', 'slower', 'less'],
  p75: ['faster', 'slower', 'less'],
  p90: ['faster', 'slower', 'less'],
  p95: ['faster', 'slower', 'less'],
  p99: ['faster', 'slower', 'less'],
  'p99.9': ['faster', 'slower', 'less'],
  max: ['faster', 'slower', 'less'],
  mean: ['faster', 'slower', 'less'],
  errors: ['fewer', 'more', 'less'],
  cpu: ['less', 'more', 'less'],
  memory: ['less', 'more', 'less'],
  connections: ['fewer', 'more', 'less'],
  instances: ['fewer', 'more', 'neither'],
  efficiency: ['lower', 'higher', 'more'],
  recovery: ['sooner', 'later', 'less'],
};

/** Which direction of a measure is the good one. */
export const betterWhen = (measure: BenchMeasure): 'less' | 'more' | 'neither' => WORDS[measure][2];

/** The words for less and for more of a measure. */
export const wordsOf = (measure: BenchMeasure): readonly [less: string, more: string] => [
  WORDS[measure][0],
  WORDS[measure][1],
];

const QUANTILES: Partial<Record<BenchMeasure, number>> = {
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  'p99.9': 0.999,
};

/** Requests that a percentile needs before it is judged: ten beyond it; 1 for what is no percentile. */
export function requestsNeeded(measure: BenchMeasure): number {
  const quantile = QUANTILES[measure];
  return quantile === undefined ? 1 : Math.round(LEAST_BEYOND / (1 - quantile));
}

/** Chance of at most `count` events where `mean` are expected (Poisson). */
function poissonAtMost(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= count; k += 1) {
    term *= mean / k;
    sum += term;
  }
  return Math.min(1, sum);
}

/** Errors are counted: a ratio to the expectation means nothing where both are a handful. */
function judgeErrors(ratio: number, expected: number, requests: number): FigureVerdict {
  const count = Math.round(ratio * requests);
  const mean = expected * requests;
  // Of many both tails are certain, and the sum above would underflow.
  const isMany = mean > 500;
  const isMore =
    count > mean &&
    (isMany ? ratio > expected * 1.1 : 1 - poissonAtMost(count - 1, mean) < ERROR_SIGNIFICANCE);
  const isFewer =
    count < mean && (isMany ? ratio < expected * 0.9 : poissonAtMost(count, mean) < ERROR_SIGNIFICANCE);
  if (isMore) return { word: 'more', tone: 'bad' };
  if (isFewer) return { word: 'fewer', tone: 'good' };
  return { word: 'as expected', tone: 'same' };
}

/**
 * Holds the runs' values against one expected value.
 * @param requests of all the runs together.
 */
export function judgeFigure(
  measure: BenchMeasure,
  measured: Spread,
  expected: number,
  requests: number,
): FigureVerdict {
  if (requests < requestsNeeded(measure)) {
    return { word: `too few requests to tell`, tone: 'unsure' };
  }
  if (measure === 'errors') return judgeErrors(measured.median, expected, requests);
  const isNear = Math.abs(measured.median - expected) <= TOLERANCE_RATIO * expected;
  // Runs on both sides of the expectation do not contradict it.
  const isWithin = measured.runs > 1 && measured.min <= expected && expected <= measured.max;
  if (isNear || isWithin) return { word: 'as expected', tone: 'same' };
  const [less, more, better] = WORDS[measure];
  const isLess = measured.median < expected;
  const tone = better === 'neither' ? 'same' : (better === 'less') === isLess ? 'good' : 'bad';
  return { word: isLess ? less : more, tone };
}
