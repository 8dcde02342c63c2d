import { documentTables } from '../baselines/document-tables.ts';
import type { DashboardDeclaration, PanelDeclaration, Unit } from './dashboard-model.ts';
import { documentCurve, documentFigures } from './document-curve.ts';
import { byServer, of, quantile, SERVER } from './select.ts';

const byProfile = (metric: string, matchers = ''): string => `max by (profile) (${of(metric, matchers)})`;
const toolCalls = { matchers: 'mcp_method_name="tools/call"' };
const OPERATION = 'mcp_server_operation_duration_seconds';

const results: readonly PanelDeclaration[] = [
  {
    kind: 'table',
    title: 'The last run of each load profile',
    description:
      'Good: errors near nothing, a throughput near the baseline, a P99 below it. Results that were pushed to the sidecar (mcp-vitals bench --push), the last run of each profile. Source: mcp_bench_….',
    unit: 's',
    queries: [
      { expr: byProfile('mcp_bench_throughput'), name: 'Throughput', unit: 'reqps', decimals: 1 },
      { expr: byProfile('mcp_bench_latency_seconds', 'percentile="p50"'), name: 'P50' },
      { expr: byProfile('mcp_bench_latency_seconds', 'percentile="p95"'), name: 'P95' },
      { expr: byProfile('mcp_bench_latency_seconds', 'percentile="p99"'), name: 'P99' },
      {
        expr: byProfile('mcp_bench_error_ratio'),
        name: 'Errors',
        unit: 'percentunit',
        thresholds: ['green', [0.001, 'yellow'], [0.01, 'red']],
      },
      {
        expr: `sum by (profile) (${of('mcp_bench_requests')})`,
        name: 'Requests',
        unit: 'short',
        decimals: 1,
      },
      { expr: byProfile('mcp_bench_cpu_ratio'), name: 'CPU', unit: 'percentunit' },
      { expr: byProfile('mcp_bench_memory_bytes'), name: 'Memory', unit: 'bytes' },
      { expr: byProfile('mcp_bench_duration_seconds'), name: 'Lasted' },
      { expr: `time() - ${byProfile('mcp_bench_finished_timestamp_seconds')}`, name: 'Ended ago' },
    ],
    labels: [['profile', 'Profile']],
    sortBy: 'Throughput',
    link: { to: 'dashboard', uid: 'mcp-capacity' },
    nothing: 'no run was pushed',
    width: 24,
    height: 6,
  },
  {
    kind: 'timeseries',
    title: 'Throughput of the runs, beside the baseline',
    description:
      'Good: level or rising from run to run. Throughput of the last run of each profile, as it was when it was scraped; steps are new runs. Dashed is the baseline in force. Source: mcp_bench_throughput.',
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: byProfile('mcp_bench_throughput'), name: '{{profile}}' },
      {
        expr: `max(${of('job_instance:mcp_baseline_throughput:rate')})`,
        name: 'baseline',
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpThroughputDecline' },
    nothing: 'no run was pushed',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'P99 of the runs, beside the baseline',
    description:
      'Good: level or falling from run to run, below the dashed P99 of the baseline in force. Source: mcp_bench_latency_seconds.',
    unit: 's',
    min: 0,
    queries: [
      { expr: byProfile('mcp_bench_latency_seconds', 'percentile="p99"'), name: '{{profile}}' },
      {
        expr: `max(${of('mcp_baseline_latency_seconds', 'tool="",percentile="p99"')})`,
        name: 'baseline',
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpLatencyDrift' },
    nothing: 'no run was pushed',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Errors of the runs, beside the baseline',
    description:
      'Good: around the dashed line; a spike of twenty times the load may fail a quarter of its requests. Source: mcp_bench_error_ratio.',
    unit: 'percentunit',
    min: 0,
    queries: [
      { expr: byProfile('mcp_bench_error_ratio'), name: '{{profile}}' },
      { expr: `max(${of('job_instance:mcp_baseline_error:ratio')})`, name: 'baseline', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpErrorsAboveBaseline' },
    nothing: 'no run was pushed',
    width: 8,
    height: 8,
  },
];

const { sustained } = documentTables;
const { p50Ms, p75, p90, p95Ms, p99Ms, p999Ms } = sustained.latencyMs;
/** The sustained test's percentiles in milliseconds, by the names of the label. */
const PERCENTILES = [
  ['p50', 0.5, p50Ms],
  ['p75', 0.75, p75],
  ['p90', 0.9, p90],
  ['p95', 0.95, p95Ms],
  ['p99', 0.99, p99Ms],
  ['p99.9', 0.999, p999Ms],
] as const;

const ofDocument = documentFigures(
  'percentile',
  PERCENTILES.map(([name, , ms]) => [name, ms / 1000]),
);
const ofLastRun = `max by (percentile) (${of('mcp_bench_latency_seconds', 'profile="sustained"')})`;
const ofNow = PERCENTILES.map(
  ([name, q]) => `label_replace(${quantile(q, OPERATION, toolCalls)}, "percentile", "${name}", "", "")`,
).join(' or ');

interface Level {
  readonly name: string;
  readonly unit: Unit;
  readonly document: number;
  readonly live: string;
  readonly bench: string;
}

/** The rest of the sustained test's results, each a number of the document beside the last run and the present. */
const levels: readonly Level[] = [
  {
    name: 'Throughput',
    unit: 'reqps',
    document: sustained.requestsPerSecond,
    live: `sum(${of('job_instance:mcp_requests:rate5m')})`,
    bench: `max(${of('mcp_bench_throughput', 'profile="sustained"')})`,
  },
  {
    name: 'Errors',
    unit: 'percentunit',
    document: sustained.failedRequests / sustained.totalRequests,
    live: `sum(${of('job_instance:mcp_errors:rate5m')}) / (sum(${of('job_instance:mcp_requests:rate5m')}) > 0)`,
    bench: `max(${of('mcp_bench_error_ratio', 'profile="sustained"')})`,
  },
  {
    name: 'CPU',
    unit: 'percentunit',
    document: sustained.cpuRatio.average,
    live: `max(${of('mcp_process_cpu_ratio')})`,
    bench: `max(${of('mcp_bench_cpu_ratio', 'profile="sustained"')})`,
  },
  {
    name: 'Memory',
    unit: 'bytes',
    document: sustained.memoryGib.average * 1024 ** 3,
    live: `max(${of('job_instance:mcp_memory:bytes')})`,
    bench: `max(${of('mcp_bench_memory_bytes', 'profile="sustained"')})`,
  },
];

const sustainedRow: readonly PanelDeclaration[] = [
  {
    kind: 'table',
    title: 'Latency of the sustained test: document, last run, now',
    description: `Good: ratios up to 1. The document ran ${sustained.requestsPerSecond} requests a second for ${sustained.durationMinutes} minutes with 60 % reads, 30 % writes and 10 % complex calls. Beside it the last pushed run of the profile sustained, and all tool calls at the moment, estimated from buckets.`,
    unit: 's',
    queries: [
      { expr: ofDocument, name: 'Document' },
      { expr: ofLastRun, name: 'Last run' },
      {
        expr: `${ofLastRun} / on (percentile) (${ofDocument})`,
        name: 'Ratio',
        unit: 'none',
        decimals: 2,
        thresholds: ['green', [1, 'yellow'], [2, 'orange']],
      },
      { expr: ofNow, name: 'Now' },
    ],
    labels: [['percentile', 'Percentile']],
    link: { to: 'runbook', alert: 'McpLatencyAboveBaseline' },
    width: 24,
    height: 6,
  },
  ...levels.map(({ name, unit, document, live, bench }): PanelDeclaration => ({
    kind: 'stat',
    layout: 'vertical',
    title: `${name} of the sustained test`,
    description:
      'Good: the last run near the document. What the document’s sustained test had, what the last pushed run of the profile sustained had, and what is measured now.',
    unit,
    queries: [
      { expr: `vector(${Number(document.toPrecision(6))})`, name: 'document', thresholds: ['text'] },
      { expr: bench, name: 'last run', thresholds: ['blue'] },
      { expr: live, name: 'now', thresholds: ['green'] },
    ],
    link: { to: 'dashboard', uid: 'mcp-overview' },
    width: 6,
    height: 6,
  })),
];

const { spike } = documentTables;
const phase = (name: string) => {
  const found = spike.phases.find((each) => each.phase === name);
  if (!found) throw new Error(`phases of the spike: want ${name}, got none`);
  return found;
};
const [before, during, after] = [phase('baseline'), phase('spike'), phase('recovery')];

/** Seconds since the traffic last was a spike; 0 while it is one, absent where none was within an hour. */
const sinceSpike = `(time() - max by (job, instance) (max_over_time(timestamp(${of('job_instance:mcp_spike:bool')} == 1)[1h:])))`;

/** A figure of the document from the height of the spike down to where it recovered, at the live moment of it. */
const recovering = (read: (row: typeof during) => number): string =>
  documentCurve(
    [
      [0, read(during)],
      [spike.recoverySeconds, read(after)],
      [spike.recoverySeconds + after.durationMinutes * 60, read(before)],
    ],
    sinceSpike,
  );

const phases = (read: (row: typeof during) => number) =>
  documentFigures(
    'phase',
    spike.phases.map((row) => [row.phase, read(row)]),
  );

const spikeRow: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Requests a second, beside the document’s spike',
    description: `Good: the peak is served. Requests a second over a minute, with what the document served before (${before.actualPerSecond}) and during (${during.actualPerSecond} of ${during.targetPerSecond}) its spike. Source: job_instance:mcp_requests:rate1m.`,
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: byServer(of('job_instance:mcp_requests:rate1m')), name: SERVER },
      { expr: `vector(${before.actualPerSecond})`, name: 'document before', role: 'reference' },
      { expr: `vector(${during.actualPerSecond})`, name: 'document during', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpTrafficSpike' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'P99 after a spike, beside the document’s recovery',
    description: `Good: below the dashed line. P99 of tool calls; the dashed line is the document’s, from ${during.p99Ms / 1000} s in the spike to ${after.p99Ms} ms after ${spike.recoverySeconds} s and then back to ${before.p99Ms} ms, laid from the moment when the live traffic was last a spike (job_instance:mcp_spike:bool). Without a spike within an hour there is none.`,
    unit: 's',
    min: 0,
    queries: [
      {
        expr: byServer(quantile(0.99, OPERATION, { by: ['job', 'instance'], ...toolCalls })),
        name: SERVER,
        exemplars: true,
      },
      { expr: recovering(({ p99Ms: ms }) => ms / 1000), name: `${SERVER} document`, role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpSpikeNotRecovered' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Errors after a spike, beside the document’s recovery',
    description: `Good: below the dashed line. Share of requests that failed over a minute; the dashed line is the document’s, from ${during.errorRatio * 100} % in the spike to ${after.errorRatio * 100} % after it, laid from the moment when the live traffic was last a spike.`,
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: `${byServer(of('job_instance:mcp_errors:rate1m'))} / on (job, instance) (${byServer(of('job_instance:mcp_requests:rate1m'))} > 0)`,
        name: SERVER,
      },
      { expr: recovering(({ errorRatio }) => errorRatio), name: `${SERVER} document`, role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpSpikeNotRecovered' },
    width: 8,
    height: 8,
  },
  {
    kind: 'table',
    title: 'The document’s spike test, phase by phase',
    description:
      'What to compare a spike with: offered and served requests a second, P99 and errors of the document’s three phases.',
    unit: 'reqps',
    queries: [
      { expr: phases(({ targetPerSecond }) => targetPerSecond), name: 'Offered' },
      { expr: phases(({ actualPerSecond }) => actualPerSecond), name: 'Served' },
      { expr: phases(({ p99Ms: ms }) => ms / 1000), name: 'P99', unit: 's' },
      { expr: phases(({ errorRatio }) => errorRatio), name: 'Errors', unit: 'percentunit', decimals: 1 },
    ],
    labels: [['phase', 'Phase']],
    link: { to: 'runbook', alert: 'McpTrafficSpike' },
    width: 16,
    height: 6,
  },
  {
    kind: 'stat',
    title: 'How long the last spike run took to recover',
    description: `Good: at most ${spike.recoverySeconds} s, the document’s. Time until the latency was back where it had been, of the last pushed run of the profile spike. Source: mcp_bench_recovery_seconds.`,
    unit: 's',
    queries: [
      {
        expr: `max(${of('mcp_bench_recovery_seconds')})`,
        name: 'last run',
        thresholds: ['green', [spike.recoverySeconds, 'orange']],
      },
      { expr: `vector(${spike.recoverySeconds})`, name: 'document', thresholds: ['text'] },
    ],
    link: { to: 'runbook', alert: 'McpSpikeNotRecovered' },
    nothing: 'no run was pushed',
    width: 8,
    height: 6,
  },
];

/** Load tests, live or pushed, beside those of the document. */
export const loadTests: DashboardDeclaration = {
  uid: 'mcp-load-tests',
  title: 'MCP / Load tests',
  description:
    'Results of load tests over time, and the document’s sustained and spike tests beside live and last run.',
  questions: [
    'Did the last load test get worse than the one before?',
    'How does a sustained load compare with the document’s, percentile by percentile?',
    'Does the server recover from a spike as fast as the document’s?',
  ],
  variables: [],
  from: 'now-24h',
  rows: [
    { title: 'Results of load tests', panels: results },
    { title: 'Sustained load', panels: sustainedRow },
    { title: 'Spike and recovery', panels: spikeRow },
  ],
};
