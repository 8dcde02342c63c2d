import type { RecordGroup } from './rule-model.ts';
import { MCP_METHODS, SERVER_RPC_STATUS, TRANSPORT_STATUS } from './selectors.ts';
import { thresholds } from './thresholds.ts';

const BY_STATUS = 'job_instance_method_status:mcp_requests:rate5m';
const BY_REASON = 'job_instance_error_type_fault:mcp_errors:rate5m';

const failures = (kind: string, matchers: string) => ({
  record: 'job_instance_kind:mcp_failures:rate5m',
  labels: { kind },
  expr: () => `sum by (job, instance) (${BY_STATUS}{${matchers}})`,
});

/** Rates by server from our own counters: each raw series is read once, everything else is made of the sums. */
export const trafficRecords: RecordGroup = {
  name: 'mcp-traffic',
  file: 'traffic',
  interval: '30s',
  about:
    'Rates of the traffic by server. Everything that looks at longer windows averages these, so that the raw series are read once.',
  records: [
    {
      record: BY_STATUS,
      expr: (w) =>
        `sum by (job, instance, method, status) (rate(request_duration_seconds_count{${MCP_METHODS}}[${w('5m')}]))`,
    },
    {
      record: BY_REASON,
      expr: (w) =>
        `sum by (job, instance, error_type, fault) (rate(mcp_request_errors_total{${MCP_METHODS}}[${w('5m')}]))`,
    },
    {
      record: 'job_instance:mcp_requests:rate5m',
      expr: () => `sum by (job, instance) (${BY_STATUS})`,
    },
    {
      record: 'job_instance:mcp_calls:rate5m',
      expr: () => `sum by (job, instance) (${BY_STATUS}{method="tools/call"})`,
    },
    {
      record: 'job_instance:mcp_errors:rate5m',
      expr: () =>
        `sum by (job, instance) (${BY_REASON}{fault="server"}) or 0 * sum by (job, instance) (${BY_STATUS})`,
    },
    failures('tool', 'status="tool_error"'),
    failures('rpc', SERVER_RPC_STATUS),
    failures('transport', TRANSPORT_STATUS),
    failures('unreachable', 'status="unreachable"'),
    {
      record: 'job_instance_percentile:mcp_slow_calls:rate5m',
      expr: (w) =>
        `sum by (job, instance, percentile) (rate(mcp_requests_over_baseline_total{percentile="p99"}[${w('5m')}]))`,
    },
    {
      // Every tool has a P99, its own or the server's.
      record: 'job_instance_percentile:mcp_compared_calls:rate5m',
      labels: { percentile: 'p99' },
      expr: () => `sum by (job, instance) (${BY_STATUS}{method="tools/call"})`,
    },
    {
      record: 'job_instance:mcp_requests:rate1m',
      expr: (w) =>
        `sum by (job, instance) (rate(request_duration_seconds_count{${MCP_METHODS}}[${w('1m')}]))`,
    },
    {
      record: 'job_instance:mcp_errors:rate1m',
      expr: (w) =>
        `sum by (job, instance) (rate(mcp_request_errors_total{${MCP_METHODS},fault="server"}[${w('1m')}])) or 0 * sum by (job, instance) (${BY_STATUS})`,
    },
    {
      record: 'job_instance:mcp_slow_calls:rate1m',
      expr: (w) =>
        `sum by (job, instance) (rate(mcp_requests_over_baseline_total{percentile="p99"}[${w('1m')}]))`,
    },
    {
      record: 'job_instance:mcp_bandwidth:bits_rate5m',
      expr: (w) =>
        `8 * (sum by (job, instance) (rate(mcp_request_size_bytes_sum[${w('5m')}])) + sum by (job, instance) (rate(mcp_response_size_bytes_sum[${w('5m')}])))`,
    },
  ],
};

/** A rate or increase by tool, with the label `endpoint` of our counters as `tool`. */
const byTool = (rate: string): string =>
  `sum by (job, instance, tool) (label_replace(sum by (job, instance, endpoint) (${rate}), "tool", "$1", "endpoint", "(.*)"))`;

const calls = (metric: string, matchers: string, window: string) =>
  `rate(${metric}{method="tools/call"${matchers}}[${window}])`;

/** The same by tool, less often: what compares tools opens tickets. */
export const toolRecords: RecordGroup = {
  name: 'mcp-tools',
  file: 'tools',
  interval: '1m',
  about: 'Rates by tool.',
  records: [
    {
      record: 'job_instance_tool:mcp_calls:rate5m',
      expr: (w) => byTool(calls('request_duration_seconds_count', '', w('5m'))),
    },
    {
      record: 'job_instance_tool:mcp_call_errors:rate5m',
      expr: (w) => byTool(calls('mcp_request_errors_total', ',fault="server"', w('5m'))),
    },
    {
      record: 'job_instance_tool:mcp_call_timeouts:rate5m',
      expr: (w) =>
        byTool(
          calls(
            'mcp_request_errors_total',
            ',error_type=~"connection_timeout|response_timeout|timeout"',
            w('5m'),
          ),
        ),
    },
    {
      record: 'job_instance_tool:mcp_slow_calls:rate5m',
      expr: (w) =>
        `sum by (job, instance, tool) (rate(mcp_requests_over_baseline_total{percentile="p99"}[${w('5m')}]))`,
    },
    {
      record: 'job_instance_tool:mcp_circuit_open:bool',
      expr: (w) =>
        `${byTool(`increase(mcp_request_errors_total{error_type="circuit_open"}[${w('1m')}])`)} > bool 0`,
    },
  ],
};

/** Means of an hour by tool, which are compared with those of the day before. */
export const trendRecords: RecordGroup = {
  name: 'mcp-tool-trends',
  file: 'tools',
  interval: '2m',
  about:
    'Means of an hour by tool, made of twelve windows of 5 minutes; of tools that are hardly called there are none.',
  records: [
    {
      record: 'job_instance_tool:mcp_call_seconds:rate5m',
      expr: (w) => byTool(calls('request_duration_seconds_sum', '', w('5m'))),
    },
    {
      record: 'job_instance_tool:mcp_call_seconds:mean1h',
      expr: (w) =>
        `avg_over_time(job_instance_tool:mcp_call_seconds:rate5m[${w('1h')}:${w('5m')}]) / (avg_over_time(job_instance_tool:mcp_calls:rate5m[${w('1h')}:${w('5m')}]) > ${thresholds.leastRate.slow})`,
    },
  ],
};

/** The other percentiles by server: they only open tickets. */
export const percentileRecords: RecordGroup = {
  name: 'mcp-percentiles',
  file: 'tools',
  interval: '2m',
  about: 'Calls beyond the other percentiles of the baseline.',
  records: [
    {
      record: 'job_instance_percentile:mcp_slow_calls:rate5m',
      expr: (w) =>
        `sum by (job, instance, percentile) (rate(mcp_requests_over_baseline_total{percentile!="p99"}[${w('5m')}]))`,
    },
    {
      // Calls of the tools for which the percentile is stated: the whole that the slow ones are a share of.
      record: 'job_instance_percentile:mcp_compared_calls:rate5m',
      expr: () =>
        'sum by (job, instance, percentile) (0 * mcp_requests_over_baseline_total{percentile!="p99"} + on (job, instance, tool) group_left () job_instance_tool:mcp_calls:rate5m)',
    },
  ],
};
