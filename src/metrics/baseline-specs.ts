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
} as const satisfies MetricSpecs;
