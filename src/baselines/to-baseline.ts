import type { Baseline, BatchBaseline, LatencyBaseline, ToolBaseline } from '../model/baseline.ts';
import type { BaselineTables } from './baseline-schema.ts';
import { GIB } from './gib.ts';

interface Percentiles {
  readonly p50Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly p999Ms?: number | undefined;
}

/** The percentiles that are stated. */
function latency({ p50Ms, p95Ms, p99Ms, p999Ms }: Percentiles): LatencyBaseline {
  return {
    ...(p50Ms !== undefined && { p50Ms }),
    ...(p95Ms !== undefined && { p95Ms }),
    ...(p99Ms !== undefined && { p99Ms }),
    ...(p999Ms !== undefined && { p999Ms }),
  };
}

function toTool(stated: BaselineTables['tools'][string]): ToolBaseline {
  const { throughputPerSecond, batches: rows, usualBatchSize } = stated;
  const batches = rows?.map(({ size, batchesPerSecond, p99Ms }): BatchBaseline => ({
    size,
    batchesPerSecond,
    latency: { p99Ms },
  }));
  // Without a size a call is held against the usual one; without that against the largest, to cry no wolf.
  const usual = batches?.find(({ size }) => size === usualBatchSize) ?? batches?.at(-1);
  return {
    ...(throughputPerSecond !== undefined && { throughputPerSecond }),
    latency: { ...usual?.latency, ...latency(stated) },
    ...(batches && { batches }),
  };
}

/** The baseline that tables state for their standard configuration. */
export function toBaseline({ results, tools }: BaselineTables): Baseline {
  const { throughputPerSecond, errorRatio, cpuRatio, memoryGib, poolRatio, cacheHitRatio } = results;
  return {
    throughputPerSecond,
    latency: latency(results),
    errorRatio,
    cpuRatio,
    memoryBytes: memoryGib * GIB,
    poolRatio,
    cacheHitRatio,
    tools: new Map(Object.entries(tools).map(([name, stated]) => [name, toTool(stated)])),
  };
}
