import type { Registry } from '@prometheus-io/client';
import { SUMMARY_PERCENTILES, type BenchSummary } from '../model/bench-summary.ts';
import { instrument } from './instruments.ts';

/** Exports load tests: gives the function that puts these in place of all that were exported before. */
export function exportBench(registry: Registry): (summaries: readonly BenchSummary[]) => void {
  const info = instrument('mcp_bench_info', registry);
  const throughput = instrument('mcp_bench_throughput', registry);
  const latencies = instrument('mcp_bench_latency_seconds', registry);
  const errors = instrument('mcp_bench_error_ratio', registry);
  const counts = instrument('mcp_bench_requests', registry);
  const cpu = instrument('mcp_bench_cpu_ratio', registry);
  const memory = instrument('mcp_bench_memory_bytes', registry);
  const recovery = instrument('mcp_bench_recovery_seconds', registry);
  const finished = instrument('mcp_bench_finished_timestamp_seconds', registry);
  const duration = instrument('mcp_bench_duration_seconds', registry);
  const all = [info, throughput, latencies, errors, counts, cpu, memory, recovery, finished, duration];

  return (summaries) => {
    for (const gauge of all) gauge.reset();
    for (const summary of summaries) {
      const { profile, target, startedAt, requests, latency } = summary;
      info.set({ profile, target, started: startedAt }, 1);
      throughput.set({ profile }, summary.throughputPerSecond);
      if (latency !== undefined) {
        for (const { label, field } of SUMMARY_PERCENTILES) {
          latencies.set({ profile, percentile: label }, latency[field] / 1000);
        }
      }
      const sent = requests.ok + requests.error;
      if (sent > 0) errors.set({ profile }, requests.error / sent);
      counts.set({ profile, outcome: 'ok' }, requests.ok);
      counts.set({ profile, outcome: 'error' }, requests.error);
      if (summary.cpuRatio !== undefined) cpu.set({ profile }, summary.cpuRatio);
      if (summary.memoryBytes !== undefined) memory.set({ profile }, summary.memoryBytes);
      if (summary.recoverySeconds !== undefined) recovery.set({ profile }, summary.recoverySeconds);
      finished.set({ profile }, Date.parse(summary.finishedAt) / 1000);
      duration.set({ profile }, summary.durationSeconds);
    }
  };
}
