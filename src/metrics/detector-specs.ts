import type { MetricSpecs } from './metric-spec.ts';

/** What the leak and drift detectors found. */
export const DETECTOR = {
  mcp_detector_state: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Verdict of a detector: 0 none, 1 watch, 2 ticket, 3 urgent, 4 page.',
    labels: ['detector', 'series'],
  },
  mcp_detector_slope_per_hour: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Growth an hour, in the unit of the series.',
    labels: ['detector', 'series'],
  },
  mcp_detector_slope_limit_ratio_per_hour: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Growth an hour as a share of the limit.',
    labels: ['detector', 'series'],
  },
  mcp_detector_limit_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Level as a share of the limit, 0 to 1.',
    labels: ['detector', 'series'],
  },
  mcp_detector_seconds_to_limit: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Time until the limit is reached at this slope; absent where nothing grows.',
    labels: ['detector', 'series'],
  },
  mcp_detector_load_explained_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Share of the growth that the load explains, 0 to 1.',
    labels: ['detector', 'series'],
  },
  mcp_detector_watched_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'How long the series was watched since the process started.',
    labels: ['detector', 'series'],
  },
  mcp_detector_evaluations_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Evaluations of the detectors.',
    labels: [],
  },
  mcp_detector_last_evaluation_timestamp_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Unix time of the last evaluation of the detectors.',
    labels: [],
  },
  mcp_sessions_active_by_age: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Open sessions by age.',
    labels: ['age'],
  },
  mcp_requests_parked: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'detectors',
    help: 'Calls whose stream is open without an answer for longer than a limit.',
    labels: [],
  },
} as const satisfies MetricSpecs;
