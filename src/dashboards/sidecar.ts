import type { DashboardDeclaration, PanelDeclaration } from './dashboard-model.ts';
import { byServer, increase, of, ofSidecars, quantile, rate, SERVER } from './select.ts';
import { UP_OR_DOWN } from './words.ts';

const cost: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'What the sidecar adds to a call',
    description:
      'Good: below a millisecond. Time that an exchange spent inside the sidecar, both ways together. Source: mcp_proxy_overhead_seconds.',
    unit: 's',
    min: 0,
    queries: [
      { expr: quantile(0.5, 'mcp_proxy_overhead_seconds'), name: 'P50' },
      { expr: quantile(0.99, 'mcp_proxy_overhead_seconds'), name: 'P99' },
    ],
    link: { to: 'runbook', alert: 'McpTapDropping' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'CPUs that the sidecar uses',
    description:
      'Good: about a tenth of a CPU for each 1,000 requests a second. CPUs that the sidecar itself uses. Source: mcp_vitals_process_cpu_seconds_total.',
    unit: 'short',
    min: 0,
    queries: [{ expr: `max by (instance) (${rate('mcp_vitals_process_cpu_seconds_total')})`, name: SERVER }],
    link: { to: 'runbook', alert: 'McpTapDropping' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Memory of the sidecar',
    description:
      'Good: level. Resident memory of the sidecar itself. Source: mcp_vitals_process_resident_memory_bytes.',
    unit: 'bytes',
    min: 0,
    queries: [{ expr: byServer(of('mcp_vitals_process_resident_memory_bytes')), name: SERVER }],
    link: { to: 'runbook', alert: 'McpTapDropping' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How long a scrape takes',
    description:
      'Good: far below the scrape’s time-out of 5 s. How long each scrape took. Source: scrape_duration_seconds of Prometheus.',
    unit: 's',
    min: 0,
    queries: [{ expr: byServer(ofSidecars('scrape_duration_seconds')), name: SERVER }],
    link: { to: 'runbook', alert: 'McpSidecarDown' },
    width: 12,
    height: 7,
  },
  {
    kind: 'timeseries',
    title: 'Samples of a scrape',
    description:
      'Good: level. Samples of each scrape; a rise is a new tool, client or detector. Source: scrape_samples_scraped of Prometheus.',
    unit: 'short',
    min: 0,
    queries: [{ expr: byServer(ofSidecars('scrape_samples_scraped')), name: SERVER }],
    link: { to: 'runbook', alert: 'McpLabelsOverflowing' },
    width: 12,
    height: 7,
  },
];

const losses: readonly PanelDeclaration[] = [
  {
    kind: 'state-timeline',
    title: 'Whether sidecars and their sources answer',
    description:
      'Good: green from end to end. Whether a scrape of each sidecar, and the last reading of each of its sources, succeeded. Source: up, mcp_vitals_source_up.',
    unit: 'none',
    queries: [
      { expr: byServer(ofSidecars('up')), name: SERVER },
      {
        expr: `max by (instance, source) (${of('mcp_vitals_source_up')})`,
        name: '{{source}} of {{instance}}',
      },
    ],
    mappings: UP_OR_DOWN,
    link: { to: 'runbook', alert: 'McpSourceDown' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How long it takes to read a source',
    description:
      'Good: level, far below their interval. How long the last reading of each source took. Source: mcp_vitals_source_duration_seconds.',
    unit: 's',
    min: 0,
    queries: [{ expr: `max by (source) (${of('mcp_vitals_source_duration_seconds')})`, name: '{{source}}' }],
    link: { to: 'runbook', alert: 'McpSourceDown' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Exchanges seen and observed',
    description:
      'Good: both lines together. HTTP exchanges that the tap began to observe and those that it observed to their end, a second. Source: mcp_vitals_exchanges_seen_total, mcp_vitals_exchanges_observed_total.',
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: `sum(${rate('mcp_vitals_exchanges_seen_total')})`, name: 'seen' },
      { expr: `sum(${rate('mcp_vitals_exchanges_observed_total')})`, name: 'observed' },
    ],
    link: { to: 'runbook', alert: 'McpTapDropping' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'What was lost to observation, by reason',
    description:
      'Good: 0. What the tap gave up to observe, by reason; its bytes went on unharmed. Source: mcp_vitals_tap_dropped_total.',
    unit: 'short',
    min: 0,
    bars: true,
    queries: [{ expr: `sum by (reason) (${increase('mcp_vitals_tap_dropped_total')})`, name: '{{reason}}' }],
    link: { to: 'runbook', alert: 'McpTapDropping' },
    nothing: 'nothing was lost',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Names that became other, by label',
    description:
      'Good: 0, or a trickle of mistyped names. Names that became other, by label: they were not declared, or their label is full. Source: mcp_vitals_label_values_capped_total.',
    unit: 'short',
    min: 0,
    bars: true,
    queries: [
      { expr: `sum by (label) (${increase('mcp_vitals_label_values_capped_total')})`, name: '{{label}}' },
    ],
    link: { to: 'runbook', alert: 'McpLabelsOverflowing' },
    nothing: 'none was',
    width: 8,
    height: 8,
  },
];

const work: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Series that detectors follow, and since when they last ran',
    description:
      'Good: the last evaluation is not an hour ago, and nothing is refused. Source: mcp_detector_last_evaluation_timestamp_seconds, mcp_vitals_detector_series, mcp_vitals_detector_series_refused_total.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: `sum(${of('mcp_vitals_detector_series')})`, name: 'followed' },
      { expr: `sum(${rate('mcp_vitals_detector_series_refused_total')})`, name: 'refused a second' },
      {
        expr: `max(time() - ${of('mcp_detector_last_evaluation_timestamp_seconds')})`,
        name: 'since evaluation',
        unit: 's',
      },
    ],
    link: { to: 'runbook', alert: 'McpDetectorsNotRunning' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Connections of clients and to the server',
    description:
      'Good: in step with the clients. Connections of clients, and those to the server with idle ones. Source: mcp_vitals_client_connections, mcp_vitals_upstream_connections.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: `sum(${of('mcp_vitals_client_connections')})`, name: 'clients' },
      { expr: `sum(${of('mcp_vitals_upstream_connections')})`, name: 'upstream' },
    ],
    link: { to: 'dashboard', uid: 'mcp-sessions' },
    width: 8,
    height: 8,
  },
  {
    kind: 'table',
    title: 'Versions and configurations that run',
    description:
      'Good: one version everywhere, and a configuration whose last reload was taken. Source: mcp_vitals_build_info, mcp_vitals_config_last_reload_successful and its time.',
    unit: 'none',
    decimals: 0,
    queries: [
      {
        expr: `max by (job, instance, version, node_version) (${of('mcp_vitals_build_info')}) * on (job, instance) group_left () (${byServer(of('mcp_vitals_config_last_reload_successful'))})`,
        name: 'Reload taken',
        thresholds: ['red', [1, 'green']],
      },
      {
        expr: `max by (job, instance, version, node_version) (${of('mcp_vitals_build_info')}) * on (job, instance) group_left () (time() - ${byServer(of('mcp_vitals_config_last_reload_success_timestamp_seconds'))})`,
        name: 'Loaded ago',
        unit: 's',
      },
    ],
    labels: [
      ['instance', 'Server'],
      ['version', 'Version'],
      ['node_version', 'Node'],
    ],
    link: { to: 'runbook', alert: 'McpConfigReloadFailed' },
    width: 8,
    height: 8,
  },
];

/** The sidecar itself: what it costs, what it loses. */
export const sidecar: DashboardDeclaration = {
  uid: 'mcp-sidecar',
  title: 'MCP / Sidecar',
  description: 'What the sidecar itself costs, what it loses, and whether its sources answer.',
  questions: [
    'Does the sidecar cost the traffic anything?',
    'Can the figures be trusted: is something lost or not read?',
    'Which versions and configurations run?',
  ],
  variables: [],
  from: 'now-1h',
  rows: [
    { title: 'Cost', panels: cost },
    { title: 'Losses', panels: losses },
    { title: 'Work', panels: work },
  ],
};
