import type { MetricSpecs } from './metric-spec.ts';

const shared = {
  type: 'gauge',
  origin: 'mcp-vitals',
  group: 'detector',
  labels: ['detector', 'series'],
} as const;

/** What the leak and drift detectors conclude, and what they follow beside other metrics. */
export const DETECTOR = {
  mcp_detector_state: {
    ...shared,
    help: 'What a detector concludes: 0 none, 1 watch (it grows, its limit is far), 2 ticket, 3 urgent, 4 page.',
  },
  mcp_detector_slope_per_hour: {
    ...shared,
    help: 'Growth an hour towards the limit in the unit of the series, load removed; absent where nothing grows.',
  },
  mcp_detector_slope_limit_ratio_per_hour: {
    ...shared,
    help: 'Growth an hour as a share of the limit; absent where nothing grows or no limit is known.',
  },
  mcp_detector_limit_ratio: {
    ...shared,
    help: 'Where the series is, as a share of its limit.',
  },
  mcp_detector_seconds_to_limit: {
    ...shared,
    help: 'Time until the limit is reached if it goes on so; absent where nothing grows or no limit is known.',
  },
  mcp_detector_load_explained_ratio: {
    ...shared,
    help: 'Share of the growth that the load explains, 0 to 1; absent where no load is known or nothing grows.',
  },
  mcp_detector_watched_seconds: {
    ...shared,
    help: 'How long the series was watched since its process last started.',
  },
  mcp_detector_input: {
    ...shared,
    labels: ['detector', 'part'],
    help: 'What a detector of your own follows on the page of the server or in Prometheus: its value, and its load.',
  },
  mcp_detector_evaluations_total: {
    ...shared,
    type: 'counter',
    labels: [],
    help: 'Evaluations of all series.',
  },
  mcp_detector_last_evaluation_timestamp_seconds: {
    ...shared,
    labels: [],
    help: 'Unix time of the last evaluation of all series; absent before the first.',
  },
  mcp_tool_latency_seconds: {
    ...shared,
    labels: ['tool', 'percentile'],
    help: 'Latency of the calls of a tool in the last 5 minutes that are over, exact to 2 %; p50 of at least 5 calls, p99 of at least 100.',
  },
  mcp_session_memory_bytes: {
    ...shared,
    labels: [],
    help: "Memory that an open session takes: the server's memory regressed on its sessions over the last 6 hours; absent where these do not move together.",
  },
  mcp_vitals_detector_series: {
    ...shared,
    group: 'sidecar',
    labels: [],
    help: 'Series that detectors follow.',
  },
  mcp_vitals_detector_series_refused_total: {
    ...shared,
    group: 'sidecar',
    type: 'counter',
    labels: [],
    help: 'Series that no detector follows because there are too many.',
  },
  mcp_vitals_state_write_failures_total: {
    ...shared,
    group: 'sidecar',
    type: 'counter',
    labels: [],
    help: 'Writes to the state directory that failed; what was to be written is held in memory and tried again.',
  },
  mcp_vitals_state_last_write_timestamp_seconds: {
    ...shared,
    group: 'sidecar',
    labels: [],
    help: 'Unix time of the last successful write to the state directory; absent before the first.',
  },
} as const satisfies MetricSpecs;
