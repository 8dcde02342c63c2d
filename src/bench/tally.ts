import type { BenchFigures } from './bench-report.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency-histogram.ts';

/** Counts what came of requests: of a run, a stage, a tool, an hour. */
export interface Tally {
  readonly latency: LatencyHistogram;
  /** A request that was to start in this stretch has ended. */
  readonly ended: (kind: string, latencyMs: number) => void;
  /** A good answer came within it, whenever its request started: this is what throughput counts. */
  readonly answered: () => void;
  readonly requests: () => number;
  /** @param seconds how long it lasted. */
  readonly figures: (seconds: number, intendedPerSecond?: number) => BenchFigures;
}

/** Makes an empty one. */
export function createTally(): Tally {
  const latency = createLatencyHistogram();
  const errors = new Map<string, number>();
  let requests = 0;
  let ok = 0;
  let answers = 0;
  return {
    latency,
    ended: (kind, latencyMs) => {
      requests += 1;
      if (kind === 'ok') ok += 1;
      else errors.set(kind, (errors.get(kind) ?? 0) + 1);
      // What timed out took at least so long; how fast something fails says nothing of how fast it works.
      if (kind === 'ok' || kind === 'timeout') latency.record(latencyMs);
    },
    answered: () => {
      answers += 1;
    },
    requests: () => requests,
    figures: (seconds, intendedPerSecond) => {
      const summary = latency.summary();
      return {
        requests,
        ok,
        errors: Object.fromEntries([...errors].toSorted(([one], [other]) => (one < other ? -1 : 1))),
        ...(intendedPerSecond !== undefined && { intendedPerSecond }),
        throughputPerSecond: seconds > 0 ? answers / seconds : 0,
        ...(summary && { latency: summary }),
      };
    },
  };
}
