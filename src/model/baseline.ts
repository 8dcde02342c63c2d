/** Percentiles of a latency distribution; those that a source does not state are absent. */
export interface LatencyBaseline {
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly p999Ms?: number;
}

/** Names of the percentiles, as they appear in labels, with their fields. */
export const PERCENTILES = [
  { label: 'p50', field: 'p50Ms' },
  { label: 'p95', field: 'p95Ms' },
  { label: 'p99', field: 'p99Ms' },
  { label: 'p99.9', field: 'p999Ms' },
] as const satisfies readonly { label: string; field: keyof LatencyBaseline }[];

/** What is expected of a batch of a certain size. */
export interface BatchBaseline {
  readonly size: number;
  readonly batchesPerSecond: number;
  readonly latency: LatencyBaseline;
}

/** What is expected of one tool. */
export interface ToolBaseline {
  readonly throughputPerSecond?: number;
  readonly latency: LatencyBaseline;
  /** By batch size, smallest first; a batch is held against the smallest size that it fits in. */
  readonly batches?: readonly BatchBaseline[];
}

/** What is expected of a server; ratios lie between 0 and 1. */
export interface Baseline {
  readonly throughputPerSecond: number;
  readonly latency: LatencyBaseline;
  readonly errorRatio: number;
  readonly cpuRatio: number;
  readonly memoryBytes: number;
  readonly poolRatio: number;
  readonly cacheHitRatio: number;
  readonly tools: ReadonlyMap<string, ToolBaseline>;
}

/**
 * The latency that a call of a tool is held against: the tool's own, by batch
 * size where it has several; the server's if the tool has none.
 */
export function latencyBaseline(baseline: Baseline, tool: string, batchSize?: number): LatencyBaseline {
  const own = baseline.tools.get(tool);
  if (!own) return baseline.latency;
  if (batchSize === undefined || !own.batches) return own.latency;
  return (own.batches.find(({ size }) => batchSize <= size) ?? own.batches.at(-1))?.latency ?? own.latency;
}
