import type { LatencyBaseline } from '../model/baseline.ts';
import { readBeyond } from './read-beyond.ts';

/** Requests of one stretch of time with the P99 that they had. */
export interface LatencyShare {
  readonly requests: number;
  readonly p99Ms: number;
}

/** Share of requests that are slower than a multiple of P99, as the baseline's percentiles have it; logarithms make the tail straight. */
function tail(shape: LatencyBaseline, multiple: number): number {
  const { p50Ms, p95Ms, p99Ms = 1, p999Ms } = shape;
  const stated = [
    [p50Ms, 0.5],
    [p95Ms, 0.05],
    [p99Ms, 0.01],
    [p999Ms, 0.001],
  ] as const;
  const points = stated.flatMap(([ms, share]): [number, number][] =>
    ms === undefined ? [] : [[Math.log(ms / p99Ms), Math.log(share)]],
  );
  return Math.exp(readBeyond(points, Math.log(multiple)).value);
}

/**
 * The P99 of all requests of several stretches together, in milliseconds. Each is taken to have the shape of the baseline's
 * percentiles around its own P99; a mean of P99s would be none.
 */
export function pooledP99(stretches: readonly LatencyShare[], shape: LatencyBaseline): number {
  const total = stretches.reduce((sum, { requests }) => sum + requests, 0);
  if (total === 0) return 0;
  const slower = (ms: number) =>
    stretches.reduce((sum, { requests, p99Ms }) => sum + requests * tail(shape, ms / p99Ms), 0) / total;
  let [low, high] = [
    Math.min(...stretches.map(({ p99Ms }) => p99Ms)),
    Math.max(...stretches.map(({ p99Ms }) => p99Ms)),
  ];
  for (let step = 0; step < 40 && high - low > 0.01; step += 1) {
    const middle = (low + high) / 2;
    if (slower(middle) > 0.01) low = middle;
    else high = middle;
  }
  return high;
}
