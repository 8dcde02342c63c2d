import { documentTables } from '../baselines/document-tables.ts';
import { SERVER_RPC_STATUS, TRANSPORT_STATUS } from '../rules/selectors.ts';
import { thresholds } from '../rules/thresholds.ts';
import type { DashboardDeclaration, PanelDeclaration } from './dashboard-model.ts';
import { documentFigures } from './document-curve.ts';
import { increase, of, quantile, rate } from './select.ts';

const CALLS = 'method="tools/call",endpoint=~"$tool"';
const TOOL = 'tool=~"$tool"';

const byTool = (expr: string): string => `max by (tool) (${expr})`;
const sumByTool = (series: string): string => `sum by (tool) (${of(series, TOOL)})`;

const slowShare = `${sumByTool('job_instance_tool:mcp_slow_calls:rate5m')} / (${sumByTool('job_instance_tool:mcp_calls:rate5m')} > 0)`;
const errorShare = `${sumByTool('job_instance_tool:mcp_call_errors:rate5m')} / (${sumByTool('job_instance_tool:mcp_calls:rate5m')} > 0)`;
/** By the conventions' label under our name; over 5 minutes, since an instant needs more than a few scrapes. */
const live = (q: number) =>
  `label_replace(histogram_quantile(${q}, sum by (gen_ai_tool_name, le) (increase(${of('mcp_server_operation_duration_seconds_bucket', 'mcp_method_name="tools/call",gen_ai_tool_name=~"$tool"')}[5m]))), "tool", "$1", "gen_ai_tool_name", "(.*)")`;
const baseline = byTool(of('mcp_baseline_latency_seconds', `${TOOL},percentile="p99"`));

const latency: readonly PanelDeclaration[] = [
  {
    kind: 'table',
    title: 'Each tool against its own baseline',
    description:
      'Good: a P99 below its baseline and at most 1 % slow calls. P50 and P99 are of the last 5 minutes, estimated from the buckets of mcp_server_operation_duration_seconds, which have the baselines as bounds; calls that wait for people include that. Without a baseline of its own a tool is held against the server’s. Slow: share of calls beyond the P99 of the baseline.',
    unit: 's',
    queries: [
      { expr: sumByTool('job_instance_tool:mcp_calls:rate5m'), name: 'Calls', unit: 'reqps', decimals: 2 },
      { expr: live(0.5), name: 'P50' },
      { expr: live(0.99), name: 'P99' },
      { expr: baseline, name: 'P99 baseline' },
      {
        expr: `${live(0.99)} / on (tool) ${baseline}`,
        name: 'Ratio',
        unit: 'none',
        decimals: 2,
        thresholds: ['green', [1, 'yellow'], [2, 'orange']],
      },
      {
        expr: slowShare,
        name: 'Slow',
        unit: 'percentunit',
        thresholds: ['green', [0.01, 'yellow'], [thresholds.slowShare.toolP99, 'red']],
      },
      {
        expr: errorShare,
        name: 'Errors',
        unit: 'percentunit',
        thresholds: ['green', [0.01, 'yellow'], [0.05, 'red']],
      },
    ],
    labels: [['tool', 'Tool']],
    sortBy: 'Calls',
    link: { to: 'runbook', alert: 'McpToolLatencyAboveBaseline' },
    width: 24,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How often each tool is called',
    description:
      'Good: its usual shape; a jump is a client in a loop, a fall one that is gone. Calls a second of each tool. Source: request_duration_seconds_count.',
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: `sum by (endpoint) (${rate('request_duration_seconds_count', CALLS)})`, name: '{{endpoint}}' },
    ],
    link: { to: 'dashboard', uid: 'mcp-overview' },
    width: 8,
    height: 9,
  },
  {
    kind: 'heatmap',
    title: 'How many calls took how long',
    description:
      'Good: dark bands low, none that wander up. How many calls took how long, by the documented buckets of request_duration_seconds. Points are calls with a trace.',
    unit: 's',
    queries: [
      {
        expr: `sum by (le) (${increase('request_duration_seconds_bucket', CALLS)})`,
        name: '{{le}}',
        exemplars: true,
      },
    ],
    link: { to: 'runbook', alert: 'McpLatencyAboveBaseline' },
    width: 8,
    height: 9,
  },
  {
    kind: 'timeseries',
    title: 'P99 of each tool, beside its baseline',
    description:
      'Good: each line below the dashed one of its name. P99 by tool, estimated from the buckets of mcp_server_operation_duration_seconds, which have the baselines as bounds: a line crosses its baseline where more than 1 % of the calls do. Points are calls with a trace.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: quantile(0.99, 'mcp_server_operation_duration_seconds', {
          by: ['gen_ai_tool_name'],
          matchers: 'mcp_method_name="tools/call",gen_ai_tool_name=~"$tool"',
        }),
        name: '{{gen_ai_tool_name}}',
        exemplars: true,
      },
      { expr: baseline, name: '{{tool}} baseline', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpToolLatencyAboveBaseline' },
    width: 8,
    height: 9,
  },
  {
    kind: 'timeseries',
    title: 'P50, P95 and P99 of all chosen tools together',
    description:
      'Good: level lines. Percentiles of the calls of the chosen tools, estimated from the documented buckets of request_duration_seconds; between two buckets they are a guess.',
    unit: 's',
    min: 0,
    queries: [
      { expr: quantile(0.5, 'request_duration_seconds', { matchers: CALLS }), name: 'P50' },
      { expr: quantile(0.95, 'request_duration_seconds', { matchers: CALLS }), name: 'P95' },
      { expr: quantile(0.99, 'request_duration_seconds', { matchers: CALLS }), name: 'P99', exemplars: true },
    ],
    link: { to: 'runbook', alert: 'McpLatencyAboveBaseline' },
    width: 12,
    height: 8,
  },
  {
    kind: 'bargauge',
    title: 'Calls slower than the P99 of their tool’s baseline (1 % may be)',
    description:
      'Good: green. Share of the calls of each tool beyond the P99 of its own baseline over 5 minutes. Source: mcp_requests_over_baseline_total, exact.',
    unit: 'percentunit',
    min: 0,
    max: 0.2,
    thresholds: ['green', [0.01, 'yellow'], [thresholds.slowShare.toolP99, 'red']],
    queries: [{ expr: slowShare, name: '{{tool}}' }],
    link: { to: 'runbook', alert: 'McpToolLatencyAboveBaseline' },
    width: 12,
    height: 8,
  },
];

const failures = (matchers: string) =>
  `sum(${rate('request_duration_seconds_count', `${CALLS},${matchers}`)}) or vector(0)`;
const sustained = documentTables.sustained.errors;
const total = documentTables.sustained.failedRequests;
const byReason = `sum by (error_type) (increase(${of('mcp_request_errors_total', `${CALLS},fault="server"`)}[$__range]))`;

const errors: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Failed calls by kind: tool, protocol, transport',
    description:
      'Good: all three at the bottom. Tool: HTTP 200 with isError; protocol: a JSON-RPC error of the server; transport: no JSON-RPC answer at all. Source: status of request_duration_seconds_count.',
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: failures('status="tool_error"'), name: 'tool' },
      { expr: failures(SERVER_RPC_STATUS), name: 'protocol' },
      { expr: failures(TRANSPORT_STATUS), name: 'transport' },
    ],
    link: { to: 'runbook', alert: 'McpErrorRatioHigh' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Failed calls by reason',
    description:
      'Good: low and mixed. Failed calls a second by reason, those of the caller apart: their fault is in the name. Source: mcp_request_errors_total.',
    unit: 'reqps',
    min: 0,
    stacked: true,
    queries: [
      {
        expr: `sum by (error_type, fault) (${rate('mcp_request_errors_total', CALLS)})`,
        name: '{{error_type}} ({{fault}})',
      },
    ],
    link: { to: 'runbook', alert: 'McpInternalErrors' },
    width: 8,
    height: 8,
  },
  {
    kind: 'table',
    title: 'Reasons of failure beside those of the document’s sustained test',
    description:
      'Good: no reason with a far greater share than the document has. Share of each reason among the failures that were the server’s fault, over the time shown; the document broke 306 failures of 1.53 million requests down into four.',
    unit: 'percentunit',
    queries: [
      { expr: `${byReason} / ignoring (error_type) group_left () (sum(${byReason}) > 0)`, name: 'Share' },
      {
        expr: documentFigures(
          'error_type',
          Object.entries(sustained).map(([type, count]) => [type, count / total]),
        ),
        name: 'Document',
      },
      { expr: byReason, name: 'Failures', unit: 'none', decimals: 0 },
    ],
    labels: [['error_type', 'Reason']],
    sortBy: 'Share',
    link: { to: 'runbook', alert: 'McpConnectionTimeouts' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Share of failed calls of each tool',
    description:
      'Good: all lines at the bottom. Share of the calls of each tool that failed by the server’s fault, over 5 minutes.',
    unit: 'percentunit',
    min: 0,
    queries: [
      { expr: errorShare, name: '{{tool}}' },
      { expr: `max(${of('job_instance:mcp_baseline_error:ratio')})`, name: 'baseline', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpToolFailing' },
    width: 24,
    height: 7,
  },
];

const call = 'method="tools/call"';
const usual = documentTables.tools['process_batch']?.usualBatchSize ?? 100;

const shape: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Size of requests and answers, beside the document',
    description:
      'Good: level; the document plans with 2 KB and 5 KB. P95 of the size of a tool call and of its answer, of all tools. Source: mcp_request_size_bytes and mcp_response_size_bytes.',
    unit: 'bytes',
    min: 0,
    queries: [
      { expr: quantile(0.95, 'mcp_request_size_bytes', { matchers: call }), name: 'request P95' },
      { expr: quantile(0.95, 'mcp_response_size_bytes', { matchers: call }), name: 'answer P95' },
      { expr: 'vector(2000)', name: 'document: request', role: 'reference' },
      { expr: 'vector(5000)', name: 'document: answer', role: 'reference' },
    ],
    link: { to: 'dashboard', uid: 'mcp-capacity' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Items in a batch, beside the size that the document recommends',
    description: `Good: around ${usual} items, the document’s best balance of throughput and latency; batches of 500 take 5.8 s. Median and P95 of the items in a call. Source: mcp_tool_batch_size.`,
    unit: 'none',
    min: 0,
    queries: [
      { expr: quantile(0.5, 'mcp_tool_batch_size', { by: ['tool'], matchers: TOOL }), name: '{{tool}} P50' },
      { expr: quantile(0.95, 'mcp_tool_batch_size', { by: ['tool'], matchers: TOOL }), name: '{{tool}} P95' },
      { expr: `vector(${usual})`, name: 'document', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpToolLatencyAboveBaseline' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How long calls wait for people and clients',
    description:
      'Good: whatever people need. Time that calls waited for the client or the person behind it (elicitation, sampling, roots): it is in no latency above. Source: mcp_client_wait_seconds.',
    unit: 's',
    min: 0,
    queries: [
      { expr: quantile(0.95, 'mcp_client_wait_seconds', { by: ['kind'] }), name: '{{kind}} P95' },
      {
        expr: `sum by (kind) (${rate('mcp_client_wait_seconds_count')})`,
        name: '{{kind}} a second',
        unit: 'reqps',
      },
    ],
    link: { to: 'runbook', alert: 'McpRequestStuck' },
    nothing: 'nobody was asked',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Time until an answer begins, by method',
    description:
      'Good: level, and far below the time of the whole call where answers are streamed. P95 of the time until the head of the answer, by method. Source: mcp_time_to_first_byte_seconds.',
    unit: 's',
    min: 0,
    queries: [
      { expr: quantile(0.95, 'mcp_time_to_first_byte_seconds', { by: ['method'] }), name: '{{method}}' },
    ],
    link: { to: 'runbook', alert: 'McpLatencyAboveBaseline' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Requests that wait, and the oldest of them',
    description:
      'Good: few, and the oldest gone within seconds. Requests without an answer yet, and the age of the oldest. Source: mcp_requests_in_flight, mcp_oldest_request_age_seconds.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: `max by (instance) (${of('mcp_requests_in_flight')})`, name: '{{instance}} waiting' },
      {
        expr: `max by (instance) (${of('mcp_oldest_request_age_seconds')})`,
        name: '{{instance}} oldest',
        unit: 's',
      },
    ],
    link: { to: 'runbook', alert: 'McpRequestStuck' },
    width: 12,
    height: 8,
  },
];

/** What each tool does, and how it compares with its own baseline. */
export const tools: DashboardDeclaration = {
  uid: 'mcp-tools',
  title: 'MCP / Tools',
  description: 'Rate, latency, errors and sizes of each tool, against its own baseline.',
  questions: [
    'Which tool is slow, and compared with what?',
    'Which tool fails, in which of three ways, and why?',
    'Did requests, answers or batches grow?',
    'How long do calls wait for people?',
  ],
  variables: ['tool'],
  from: 'now-1h',
  rows: [
    { title: 'Rate and latency', panels: latency },
    { title: 'Errors', panels: errors },
    { title: 'Sizes, batches and waiting', panels: shape },
  ],
};
