import { counter, gauge, type AlertCase } from './alert-case.ts';

const source = (name: string) => `mcp_vitals_${name}{source="postgres"}`;

export const watcherCases: readonly AlertCase[] = [
  {
    alert: 'McpSidecarDown',
    at: 20,
    // A job of any name that was a sidecar's target before.
    series: {
      'up{job="agents",instance="10.0.0.7:9464"}': gauge([1, 10], [0, 20]),
      'mcp_vitals_build_info{job="agents",instance="10.0.0.7:9464",version="1",node_version="24"}': gauge([
        1, 10,
      ]),
    },
    labels: { job: 'agents', instance: '10.0.0.7:9464' },
    ofServer: false,
    summary: 'The sidecar 10.0.0.7:9464 (agents) cannot be scraped.',
    description:
      'up is 0, where 1 is expected. The sidecar stands in the path of the traffic: if it is down, so is the server for its clients.',
    // A target that never was one.
    healthy: {
      'mcp_vitals_build_info{job="agents",instance="10.0.0.7:9464",version="1",node_version="24"}': '_x30',
    },
  },
  {
    alert: 'McpNoSidecar',
    at: 25,
    series: { 'mcp_vitals_build_info{version="1",node_version="24"}': gauge([1, 2]) },
    ofServer: false,
    summary: 'Prometheus scrapes no sidecar of mcp-vitals.',
    description:
      'absent(mcp_vitals_build_info) is 1: no target has metrics of mcp-vitals, where at least one is expected. No other alert can fire.',
    healthy: { 'mcp_vitals_build_info{version="1",node_version="24"}': gauge([1, 30]) },
  },
  {
    alert: 'McpSourceDown',
    at: 25,
    series: {
      [source('source_up')]: gauge([1, 5], [0, 30]),
      [source('source_last_success_timestamp_seconds')]: gauge([240, 35]),
    },
    labels: { source: 'postgres' },
    summary: 'The source postgres of orders:9464 (mcp-vitals) cannot be read.',
    description:
      'Its last reading succeeded 21m 0s ago (0s: never), where one every 15s is usual. What it measures is absent, and alerts on it cannot fire.',
    healthy: { [source('source_up')]: gauge([1, 5], [0, 3], [1, 27]) },
  },
  {
    alert: 'McpTapDropping',
    at: 25,
    series: {
      'mcp_vitals_tap_dropped_total{reason="table_full"}': counter([30, 30]),
      'mcp_vitals_exchanges_seen_total{}': counter([600, 30]),
    },
    summary: 'The sidecar orders:9464 (mcp-vitals) does not see all of the traffic.',
    description:
      '5% of exchanges are lost to observation, where none is expected. Their bytes go on unharmed; rates and shares are of the rest.',
    healthy: { 'mcp_vitals_tap_dropped_total{reason="table_full"}': counter([1, 30]) },
  },
  {
    alert: 'McpLabelsOverflowing',
    at: 40,
    series: { 'mcp_vitals_label_values_capped_total{label="tool"}': counter([2, 60]) },
    labels: { label: 'tool' },
    summary: 'Names of the label tool of orders:9464 (mcp-vitals) are counted as other.',
    description: '80 times in the last hour, where none is expected.',
    healthy: { 'mcp_vitals_label_values_capped_total{label="tool"}': counter([0, 10], [1, 5], [0, 45]) },
  },
  {
    alert: 'McpConfigReloadFailed',
    at: 15,
    series: {
      'mcp_vitals_config_last_reload_successful{}': gauge([1, 5], [0, 20]),
      'mcp_vitals_config_last_reload_success_timestamp_seconds{}': gauge([60, 25]),
    },
    summary: 'The sidecar orders:9464 (mcp-vitals) refused its new configuration.',
    description: 'It runs on with the one it loaded 14m 0s ago, where the new one is expected.',
    healthy: { 'mcp_vitals_config_last_reload_successful{}': gauge([1, 5], [0, 2], [1, 20]) },
  },
  {
    alert: 'McpDetectorsNotRunning',
    at: 80,
    series: { 'mcp_detector_last_evaluation_timestamp_seconds{}': gauge([300, 90]) },
    summary: 'The detectors of orders:9464 (mcp-vitals) do not run.',
    description: 'Their last evaluation was 1h 15m 0s ago, where one every 15 minutes is expected.',
    healthy: { 'mcp_detector_last_evaluation_timestamp_seconds{}': '0+60x90' },
  },
];
