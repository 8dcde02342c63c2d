import { build, type Histogram } from 'hdr-histogram-js';
import { BENCH_PERCENTILES, type BenchLatency } from './bench-report.ts';

/** Latencies as they were recorded; percentiles are exact to 3 significant digits, least, greatest and mean exactly. */
export interface LatencyHistogram {
  readonly record: (ms: number) => void;
  readonly count: () => number;
  /** Value below which the fraction lies, in milliseconds; 0 of nothing. */
  readonly quantileMs: (fraction: number) => number;
  /** undefined where nothing was recorded. */
  readonly summary: () => BenchLatency | undefined;
  readonly reset: () => void;
}

/** An hour, in microseconds. */
const GREATEST_US = 3_600_000_000;

/** Makes an empty one; it takes some 100 KB, and a tenth of a microsecond to record a value. */
export function createLatencyHistogram(): LatencyHistogram {
  const histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: GREATEST_US,
    numberOfSignificantValueDigits: 3,
  });
  let least = Infinity;
  let greatest = 0;
  let sum = 0;
  const quantileMs = (fraction: number): number => {
    if (histogram.totalCount === 0) return 0;
    const value = histogram.getValueAtPercentile(fraction * 100) / 1000;
    // The histogram gives the upper end of a bucket, which may lie beyond all values.
    return Math.min(greatest, Math.max(least, value));
  };
  return {
    record: (ms) => {
      if (ms < least) least = ms;
      if (ms > greatest) greatest = ms;
      sum += ms;
      histogram.recordValue(Math.min(GREATEST_US, Math.max(0, Math.round(ms * 1000))));
    },
    count: () => histogram.totalCount,
    quantileMs,
    summary: () => {
      const count = histogram.totalCount;
      if (count === 0) return undefined;
      const quantiles = BENCH_PERCENTILES.map(({ field, quantile }) => [field, quantileMs(quantile)]);
      const read: Omit<BenchLatency, 'minMs' | 'maxMs' | 'meanMs'> = Object.fromEntries(quantiles);
      return { minMs: least, ...read, maxMs: greatest, meanMs: sum / count };
    },
    reset: () => {
      histogram.reset();
      least = Infinity;
      greatest = 0;
      sum = 0;
    },
  };
}
