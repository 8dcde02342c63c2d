import { documentTables } from '../baselines/document-tables.ts';
import type { RecordGroup } from './rule-model.ts';
import { CLIENT_RPC_CODES, OWN_SERVERS } from './selectors.ts';
import { thresholds } from './thresholds.ts';

const COUNT = 'mcp_server_operation_duration_seconds_count';
const BUCKET = 'mcp_server_operation_duration_seconds_bucket';
/** Sidecars export this histogram too; leaving their jobs out spares reading it for nothing. */
const NO_SIDECAR = 'job!~".*mcp-vitals.*"';
const CALLS = `${NO_SIDECAR},mcp_method_name="tools/call"`;
const SERVER_FAULT = `error_type!="",rpc_response_status_code!~"${CLIENT_RPC_CODES}"`;

/** Only of servers that nobody of ours measures; every one of those has its own counters. */
const others = (expr: string): string => `(${expr}) unless on (job, instance) ${OWN_SERVERS}`;

/** Rate of calls by tool, with the conventions' label under our name. */
const toolRate = (metric: string, matchers: string, window: string): string =>
  `sum by (job, instance, tool) (label_replace(sum by (job, instance, gen_ai_tool_name) (rate(${metric}{${CALLS}${matchers}}[${window}])), "tool", "$1", "gen_ai_tool_name", "(.*)"))`;

const byTool = (metric: string, matchers: string, window: string): string =>
  others(toolRate(metric, matchers, window));

const callRate = (window: string): string => `sum by (job, instance) (rate(${COUNT}{${CALLS}}[${window}]))`;

const rateOf = (matchers: string, window: string): string =>
  `sum by (job, instance) (rate(${COUNT}{${NO_SIDECAR}${matchers === '' ? '' : `,${matchers}`}}[${window}]))`;

/**
 * The conventions' recommended bound next above each percentile of the document: what is slower than it is surely
 * slower than the baseline. Prometheus 2 and 3 spell a whole bound differently.
 */
const BOUNDS: readonly (readonly [percentile: string, le: string])[] = [
  ['p50', '0.05'],
  ['p95', '0.2'],
  ['p99', '0.5'],
  ['p99.9', '1(\\\\.0)?'],
];

const slow = (le: string, window: string): string =>
  others(
    `clamp_min(sum by (job, instance) (rate(${COUNT}{${CALLS}}[${window}])) - sum by (job, instance) (rate(${BUCKET}{${CALLS},le=~"${le}"}[${window}])), 0)`,
  );

const failures = (kind: string, matchers: string) => ({
  record: 'job_instance_kind:mcp_failures:rate5m',
  labels: { kind },
  expr: (w: (duration: string) => string) => others(rateOf(matchers, w('5m'))),
});

const constant = (record: string, value: number) => ({
  record,
  expr: () => others(`0 * job_instance:mcp_requests:rate5m + ${value}`),
});

/** The same rates for servers that export OpenTelemetry's MCP metrics themselves. */
export const otelRecords: RecordGroup = {
  name: 'mcp-otel-servers',
  file: 'otel-servers',
  interval: '30s',
  about: `The same series for servers that export OpenTelemetry's MCP metrics themselves and have no sidecar in their
path. Without such servers this file can be left out. What it compares with are the document's own figures;
what is missing for these servers is in docs/deployment.md.`,
  records: [
    {
      record: 'job_instance_tool:mcp_calls:rate5m',
      expr: (w) => byTool(COUNT, '', w('5m')),
    },
    {
      record: 'job_instance_tool:mcp_call_seconds:rate5m',
      expr: (w) => byTool('mcp_server_operation_duration_seconds_sum', '', w('5m')),
    },
    {
      record: 'job_instance_tool:mcp_call_errors:rate5m',
      expr: (w) => byTool(COUNT, `,${SERVER_FAULT}`, w('5m')),
    },
    {
      record: 'job_instance_tool:mcp_call_timeouts:rate5m',
      expr: (w) => byTool(COUNT, ',error_type=~".*[tT]ime_?[oO]ut.*"', w('5m')),
    },
    {
      record: 'job_instance:mcp_calls:rate5m',
      expr: (w) => others(callRate(w('5m'))),
    },
    {
      record: 'job_instance:mcp_requests:rate5m',
      expr: (w) => others(rateOf('', w('5m'))),
    },
    {
      record: 'job_instance:mcp_errors:rate5m',
      expr: (w) => others(`${rateOf(SERVER_FAULT, w('5m'))} or 0 * ${rateOf('', w('5m'))}`),
    },
    failures('tool', 'error_type="tool_error"'),
    failures('rpc', `${SERVER_FAULT},rpc_response_status_code!=""`),
    failures('transport', 'error_type!="",error_type!="tool_error",rpc_response_status_code=""'),
    {
      record: 'job_instance_tool:mcp_slow_calls:rate5m',
      expr: (w) =>
        others(`clamp_min(${toolRate(COUNT, '', w('5m'))} - ${toolRate(BUCKET, ',le="0.5"', w('5m'))}, 0)`),
    },
    ...BOUNDS.map(([percentile, le]) => ({
      record: 'job_instance_percentile:mcp_slow_calls:rate5m',
      labels: { percentile },
      expr: (w: (duration: string) => string) => slow(le, w('5m')),
    })),
    ...BOUNDS.map(([percentile]) => ({
      record: 'job_instance_percentile:mcp_compared_calls:rate5m',
      labels: { percentile },
      expr: (w: (duration: string) => string) => others(callRate(w('5m'))),
    })),
    {
      record: 'job_instance:mcp_requests:rate1m',
      expr: (w) => others(rateOf('', w('1m'))),
    },
    {
      record: 'job_instance:mcp_errors:rate1m',
      expr: (w) => others(`${rateOf(SERVER_FAULT, w('1m'))} or 0 * ${rateOf('', w('1m'))}`),
    },
    {
      record: 'job_instance:mcp_slow_calls:rate1m',
      expr: (w) => slow('0.5', w('1m')),
    },
    constant('job_instance:mcp_baseline_error:ratio', documentTables.results.errorRatio),
    constant('job_instance:mcp_baseline_throughput:rate', documentTables.results.throughputPerSecond),
    constant('job_instance:mcp_availability_objective:ratio', thresholds.objectives.availability),
    constant('job_instance:mcp_latency_objective:ratio', thresholds.objectives.latency),
  ],
};
