import type { Registry } from '@prometheus-io/client';
import { PERCENTILES, type Baseline, type LatencyBaseline } from '../model/baseline.ts';
import type { Objectives } from '../model/server-set-up.ts';
import { TIER_RESOURCES, type Tier } from '../model/tier.ts';
import { instrument } from './instruments.ts';

/** Exports the baseline in force as series that live ones can be joined with; an empty tool is the server as a whole. */
export function exportBaseline(baseline: Baseline, registry: Registry): void {
  const latency = instrument('mcp_baseline_latency_seconds', registry);
  const throughput = instrument('mcp_baseline_throughput', registry);
  const setLatency = (tool: string, expected: LatencyBaseline): void => {
    for (const { label, field } of PERCENTILES) {
      const limitMs = expected[field];
      if (limitMs !== undefined) latency.set({ tool, percentile: label }, limitMs / 1000);
    }
  };
  setLatency('', baseline.latency);
  throughput.set({ tool: '' }, baseline.throughputPerSecond);
  for (const [tool, expected] of baseline.tools) {
    setLatency(tool, expected.latency);
    if (expected.throughputPerSecond !== undefined) throughput.set({ tool }, expected.throughputPerSecond);
  }
  instrument('mcp_baseline_error_ratio', registry).set(baseline.errorRatio);
  instrument('mcp_baseline_cpu_ratio', registry).set(baseline.cpuRatio);
  instrument('mcp_baseline_memory_bytes', registry).set(baseline.memoryBytes);
  instrument('mcp_baseline_pool_ratio', registry).set(baseline.poolRatio);
  instrument('mcp_baseline_cache_hit_ratio', registry).set(baseline.cacheHitRatio);
}

/** Exports what is promised of the server, and the limits of its hardware tier where one is stated. */
export function exportObjectives(objectives: Objectives, tier: Tier | undefined, registry: Registry): void {
  const objective = instrument('mcp_slo_objective_ratio', registry);
  objective.set({ slo: 'availability' }, objectives.availability);
  objective.set({ slo: 'latency' }, objectives.latency);
  const info = instrument('mcp_tier_info', registry);
  const limit = instrument('mcp_tier_limit', registry);
  if (tier === undefined) return;
  info.set({ tier: String(tier.tier), name: tier.name }, 1);
  for (const resource of TIER_RESOURCES) limit.set({ resource }, tier.limits[resource]);
}

/** Every latency that a baseline states, in seconds: bounds that histograms should have to be read exactly. */
export function baselineSeconds(baseline: Baseline): number[] {
  const expected = [baseline.latency];
  for (const tool of baseline.tools.values()) {
    expected.push(tool.latency, ...(tool.batches ?? []).map((batch) => batch.latency));
  }
  return expected.flatMap((latency) =>
    PERCENTILES.flatMap(({ field }) => {
      const limitMs = latency[field];
      return limitMs === undefined ? [] : [limitMs / 1000];
    }),
  );
}
