import { documentTables } from '../baselines/document-tables.ts';
import type { DashboardDeclaration, PanelDeclaration, Unit } from './dashboard-model.ts';
import { documentCurve } from './document-curve.ts';
import { byServer, of, quantile, SERVER } from './select.ts';
import { verdicts } from './shared-panels.ts';
import { VERDICTS } from './words.ts';

const BY = 'instance, detector, series';
const bySeries = (metric: string, matchers = ''): string => `max by (${BY}) (${of(metric, matchers)})`;
const GROWS = `${bySeries('mcp_detector_slope_per_hour')} > 0`;

const found: readonly PanelDeclaration[] = [
  { ...verdicts, link: { to: 'runbook', alert: 'McpMemoryGrowth' } },
  {
    kind: 'bargauge',
    title: 'Time until each growing series reaches its limit',
    description:
      'Good: empty or green. Time until each growing series reaches its limit: red is below 12 hours, orange below three days. Source: mcp_detector_seconds_to_limit.',
    unit: 's',
    min: 0,
    max: 2_592_000,
    thresholds: ['red', [43_200, 'orange'], [259_200, 'yellow'], [2_592_000, 'green']],
    queries: [
      { expr: bySeries('mcp_detector_seconds_to_limit'), name: '{{detector}} {{series}} ({{instance}})' },
    ],
    link: { to: 'runbook', alert: 'McpMemoryExhausted' },
    nothing: 'nothing grows',
    width: 12,
    height: 8,
  },
  {
    kind: 'table',
    title: 'What the detectors conclude of each series that grows',
    description:
      'Good: nothing but none and watch. Growth an hour in the unit of the series, with the load taken out; where it is as a share of its limit; when it reaches it if it goes on so; what share of the growth the load explains. Source: mcp_detector_….',
    unit: 'none',
    queries: [
      { expr: `${bySeries('mcp_detector_state')} and on (${BY}) (${GROWS})`, name: 'State', decimals: 0 },
      { expr: GROWS, name: 'Growth an hour', unit: 'short', decimals: 1 },
      {
        expr: `${bySeries('mcp_detector_limit_ratio')} and on (${BY}) (${GROWS})`,
        name: 'Of its limit',
        unit: 'percentunit',
      },
      {
        expr: bySeries('mcp_detector_seconds_to_limit'),
        name: 'Time to limit',
        unit: 's',
        thresholds: ['red', [43_200, 'orange'], [259_200, 'yellow'], [2_592_000, 'green']],
      },
      {
        expr: `${bySeries('mcp_detector_load_explained_ratio')} and on (${BY}) (${GROWS})`,
        name: 'By load',
        unit: 'percentunit',
      },
      {
        expr: `${bySeries('mcp_detector_watched_seconds')} and on (${BY}) (${GROWS})`,
        name: 'Watched',
        unit: 's',
      },
    ],
    labels: [
      ['detector', 'Detector'],
      ['series', 'Series'],
      ['instance', 'Server'],
    ],
    sortBy: 'State',
    mappings: VERDICTS,
    link: { to: 'runbook', alert: 'McpMemoryGrowth' },
    nothing: 'nothing grows',
    width: 24,
    height: 6,
  },
  {
    kind: 'timeseries',
    title: 'Growth an hour, as a share of the limit',
    description:
      'Good: at 0. Growth an hour as a share of the limit, as the detectors fit it. 0.01 is 1 % of the limit an hour. Source: mcp_detector_slope_limit_ratio_per_hour.',
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: bySeries('mcp_detector_slope_limit_ratio_per_hour'),
        name: '{{detector}} {{series}} ({{instance}})',
      },
    ],
    link: { to: 'runbook', alert: 'McpMemoryGrowth' },
    nothing: 'nothing grows',
    width: 24,
    height: 7,
  },
];

/** A series with its lower envelope, which is what a detector looks at: what stays when the load is gone. */
const enveloped = (
  live: string,
  limit: string,
  more: Pick<PanelDeclaration, 'title' | 'description' | 'unit' | 'link'>,
): PanelDeclaration => ({
  kind: 'timeseries',
  ...more,
  min: 0,
  queries: [
    { expr: live, name: SERVER },
    { expr: `min_over_time((${live})[10m:])`, name: `${SERVER} envelope`, role: 'reference' },
    { expr: limit, name: 'limit', role: 'limit' },
  ],
  width: 12,
  height: 8,
});

const memoryLimit = `min(${of('mcp_process_memory_limit_bytes')} or on (job, instance) ${of('mcp_tier_limit', 'resource="memory_bytes"')})`;

const watched: readonly PanelDeclaration[] = [
  enveloped(byServer(of('job_instance:mcp_memory:bytes')), memoryLimit, {
    title: 'Memory, its envelope and its limit',
    description:
      'Good: the dashed envelope is level. Memory of the server and its children, with its least value of the last ten minutes, and the limit of its cgroup or tier. Dashed vertical lines are restarts. Source: mcp_process_memory_bytes.',
    unit: 'bytes',
    link: { to: 'runbook', alert: 'McpMemoryGrowth' },
  }),
  enveloped(
    byServer(of('mcp_process_sockets', 'state="established"')),
    `min(${of('mcp_postgres_max_connections')})`,
    {
      title: 'Connections, their envelope and their limit',
      description:
        'Good: the dashed envelope is level. Established sockets of the server with their least count of ten minutes; the limit is that of PostgreSQL, where it is known. Source: mcp_process_sockets, counted about every two minutes.',
      unit: 'none',
      link: { to: 'runbook', alert: 'McpConnectionCreep' },
    },
  ),
  enveloped(byServer(of('mcp_sessions_active')), `min(${of('mcp_tier_limit', 'resource="sessions"')})`, {
    title: 'Sessions, their envelope and their limit',
    description:
      'Good: the dashed envelope is level. Open sessions with their least count of ten minutes, and the limit of the tier. Source: mcp_sessions_active.',
    unit: 'none',
    link: { to: 'runbook', alert: 'McpSessionLeak' },
  }),
  enveloped(byServer(of('mcp_process_open_files')), `min(${of('mcp_process_open_files_limit')})`, {
    title: 'Open files, their envelope and their limit',
    description:
      'Good: the dashed envelope is level, far below the limit. Open file descriptors with their least count of ten minutes. Source: mcp_process_open_files.',
    unit: 'none',
    link: { to: 'runbook', alert: 'McpOpenFilesNearLimit' },
  }),
  {
    kind: 'timeseries',
    title: 'Time since the server’s process started',
    description:
      'Good: one line that rises with the clock. Time since the process started; each fall to 0 is a restart, and the growth before it is forgotten. Source: mcp_process_start_time_seconds.',
    unit: 's',
    min: 0,
    queries: [{ expr: `time() - ${byServer(of('mcp_process_start_time_seconds'))}`, name: SERVER }],
    link: { to: 'runbook', alert: 'McpProcessRestarting' },
    width: 24,
    height: 6,
  },
];

const { endurance, results } = documentTables;
const hours = `(time() - ${byServer(of('mcp_process_start_time_seconds'))}) / 3600`;
const [first] = endurance.rows;

type EnduranceRow = (typeof endurance.rows)[number];

/** The document's endurance test under a live series, hour by hour since the server started. */
function laidUnder(
  title: string,
  unit: Unit,
  live: string,
  curve: { readonly read: (row: EnduranceRow) => number; readonly scale: string; readonly about: string },
): PanelDeclaration {
  const points = endurance.rows.map((row): readonly [number, number] => [row.hour, curve.read(row)]);
  return {
    kind: 'timeseries',
    title,
    description: `Good: the live line rises no faster than the dashed one. ${curve.about} The document ran ${endurance.requestsPerSecond} requests a second for 24 hours; its curve is read at the age of the server’s process, and flat after a day.`,
    unit,
    min: 0,
    queries: [
      { expr: live, name: SERVER },
      {
        expr: `(${documentCurve(points, `(${hours})`)}) ${curve.scale}`,
        name: `${SERVER} document`,
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpMemoryGrowth' },
    width: 12,
    height: 8,
  };
}

const enduranceRow: readonly PanelDeclaration[] = [
  laidUnder(
    'Memory, beside the document’s 24 hours',
    'bytes',
    byServer(of('job_instance:mcp_memory:bytes')),
    {
      read: ({ memoryGib }) => memoryGib / (first?.memoryGib ?? 1),
      scale: `* on (job, instance) ${byServer(of('mcp_baseline_memory_bytes'))}`,
      about: `The document’s memory grew from ${first?.memoryGib} to ${endurance.rows.at(-1)?.memoryGib} GB; here as much of the server’s own baseline.`,
    },
  ),
  laidUnder(
    'P99, beside the document’s 24 hours',
    's',
    byServer(
      quantile(0.99, 'mcp_server_operation_duration_seconds', {
        by: ['job', 'instance'],
        matchers: 'mcp_method_name="tools/call"',
      }),
    ),
    {
      read: ({ p99Ms }) => p99Ms / (first?.p99Ms ?? 1),
      scale: `* on (job, instance) ${byServer(of('mcp_baseline_latency_seconds', 'tool="",percentile="p99"'))}`,
      about: 'The document’s P99 rose by 30 %; here as much of the server’s own baseline.',
    },
  ),
  laidUnder(
    'Throughput, beside the document’s 24 hours',
    'reqps',
    byServer(of('job_instance:mcp_requests:rate5m')),
    {
      read: ({ throughputPerSecond }) => throughputPerSecond / endurance.requestsPerSecond,
      scale: `* on (job, instance) max by (job, instance) (max_over_time(${of('job_instance:mcp_requests:rate5m')}[$__range]))`,
      about:
        'The document served 4.5 % less after 23 hours of the same load; here as much less than the greatest rate shown.',
    },
  ),
  laidUnder(
    'Connections in use, beside the document’s 24 hours',
    'percentunit',
    byServer(of('connection_pool_usage')),
    {
      read: ({ connections }) => connections / (first?.connections ?? 1),
      scale: `* on (job, instance) ${byServer(of('mcp_baseline_pool_ratio'))}`,
      about: `The document’s pool went from ${first?.connections} to ${endurance.rows.at(-1)?.connections} connections in use; here as much more than the ${results.poolRatio * 100} % of the baseline.`,
    },
  ),
];

/** What grows, how fast, and when it is full. */
export const leaks: DashboardDeclaration = {
  uid: 'mcp-leaks',
  title: 'MCP / Leaks and endurance',
  description:
    'What grows, how fast, when it reaches its limit, and the document’s 24-hour endurance test under the live one.',
  questions: [
    'Does something leak, and how sure is that?',
    'When is its limit reached?',
    'Did a restart only hide it?',
    'Is the growth what the document’s endurance test had too?',
  ],
  variables: [],
  from: 'now-24h',
  rows: [
    { title: 'Verdicts', panels: found },
    { title: 'What is followed, with its envelope', panels: watched },
    { title: 'The document’s 24-hour endurance test under the live one', panels: enduranceRow },
  ],
};
