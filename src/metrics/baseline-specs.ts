import type { MetricSpecs } from './metric-spec.ts';

/** What the baseline in force states, as series. */
export const BASELINE = {
  mcp_baseline_latency_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Latency that the baseline in force states; an empty tool is the server as a whole.',
    labels: ['tool', 'percentile'],
  },
  mcp_baseline_throughput: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Requests per second that the baseline in force states; an empty tool is the server as a whole.',
    labels: ['tool'],
  },
  mcp_baseline_error_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Share of failed requests that the baseline in force states, 0 to 1.',
    labels: [],
  },
  mcp_baseline_cpu_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Share of its CPUs that a server uses by the baseline in force, 0 to 1.',
    labels: [],
  },
  mcp_baseline_memory_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Memory that a server uses by the baseline in force.',
    labels: [],
  },
  mcp_baseline_pool_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Share of its connection pool that a server uses by the baseline in force, 0 to 1.',
    labels: [],
  },
  mcp_baseline_cache_hit_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Share of cache lookups that hit by the baseline in force, 0 to 1.',
    labels: [],
  },
  mcp_slo_objective_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Share of requests that must be good: `availability` without a fault of the server, `latency` within the P99 of the baseline.',
    labels: ['slo'],
  },
  mcp_tier_info: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Always 1; the labels name the hardware tier of the server. Absent where none is stated.',
    labels: ['tier', 'name'],
  },
  mcp_tier_limit: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: "What the server's hardware tier allows one instance: `requests_per_second`, `sessions`, `memory_bytes`, `bandwidth_bits_per_second`, `vcpus`.",
    labels: ['resource'],
  },
} as const satisfies MetricSpecs;
