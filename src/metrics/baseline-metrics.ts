import type { Registry } from '@prometheus-io/client';
import { PERCENTILES, type Baseline, type LatencyBaseline } from '../model/baseline.ts';
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
