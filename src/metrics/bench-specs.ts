import type { MetricSpecs } from './metric-spec.ts';

/** What load tests found, by profile: the last one that was pushed. */
export const BENCH = {
  mcp_bench_info: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Always 1; the labels name the last load test of each profile: what it drove, and when it started (ISO 8601).',
    labels: ['profile', 'target', 'started'],
  },
  mcp_bench_throughput: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Requests answered well a second, in the last load test of the profile; of repeated runs the median, as in all of these.',
    labels: ['profile'],
  },
  mcp_bench_latency_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Latency in the last load test of the profile, by percentile: `p50`, `p75`, `p90`, `p95`, `p99`, `p99.9`, the values that `mcp_baseline_latency_seconds` has. In an open loop from the intended start.',
    labels: ['profile', 'percentile'],
  },
  mcp_bench_error_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Share of failed requests in the last load test of the profile, 0 to 1.',
    labels: ['profile'],
  },
  mcp_bench_requests: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Requests of the last load test of the profile, all runs together, by outcome: `ok`, `error`.',
    labels: ['profile', 'outcome'],
  },
  mcp_bench_cpu_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: "Average share of the server's CPUs in the last load test of the profile, 0 to 1; absent where it was not watched.",
    labels: ['profile'],
  },
  mcp_bench_memory_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Average memory of the server in the last load test of the profile; absent where it was not watched.',
    labels: ['profile'],
  },
  mcp_bench_recovery_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Time from the end of the spike until latency and errors were what they had been before it; absent where there was no spike or no recovery.',
    labels: ['profile'],
  },
  mcp_bench_finished_timestamp_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'Unix time at which the last load test of the profile ended.',
    labels: ['profile'],
  },
  mcp_bench_duration_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'bench',
    help: 'How long the last load test of the profile measured, all runs together.',
    labels: ['profile'],
  },
} as const satisfies MetricSpecs;
