import type { MetricSpecs } from './metric-spec.ts';

/** What `detect` says of itself as a service; beside it, each of its queries is a `source`. */
export const FLEET = {
  mcp_vitals_detect_series_refused: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Series in the last answers to the queries of `detect` that are not followed, since there are more than `detect.maxSeries`.',
    labels: [],
  },
} as const satisfies MetricSpecs;
