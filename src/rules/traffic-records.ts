import type { RecordGroup } from './rule-model.ts';
import { MCP_METHODS, SERVER_RPC_STATUS, TRANSPORT_STATUS } from './selectors.ts';

const failures = (kind: string, matchers: string) => ({
  record: 'job_instance_kind:mcp_failures:rate5m',
  labels: { kind },
  expr: (w: (duration: string) => string) =>
    `sum by (job, instance) (rate(request_duration_seconds_count{${MCP_METHODS},${matchers}}[${w('5m')}]))`,
});

/** Rates of the traffic from our own counters: the one pass over raw series that everything else builds on. */
export const trafficRecords: RecordGroup = {
  name: 'mcp-traffic',
  file: 'traffic',
  interval: '30s',
  about:
    'Rates of the traffic. Everything that looks at longer windows averages these, so that the raw series are read once.',
  records: [
    {
      record: 'job_instance_tool:mcp_calls:rate5m',
      expr: (w) =>
        `sum by (job, instance, tool) (label_replace(sum by (job, instance, endpoint) (rate(request_duration_seconds_count{method="tools/call"}[${w('5m')}])), "tool", "$1", "endpoint", "(.*)"))`,
    },
    {
      record: 'job_instance_tool:mcp_call_seconds:rate5m',
      expr: (w) =>
        `sum by (job, instance, tool) (label_replace(sum by (job, instance, endpoint) (rate(request_duration_seconds_sum{method="tools/call"}[${w('5m')}])), "tool", "$1", "endpoint", "(.*)"))`,
    },
    {
      record: 'job_instance_tool:mcp_call_errors:rate5m',
      expr: (w) =>
        `sum by (job, instance, tool) (label_replace(sum by (job, instance, endpoint) (rate(mcp_request_errors_total{method="tools/call",fault="server"}[${w('5m')}])), "tool", "$1", "endpoint", "(.*)"))`,
    },
    {
      record: 'job_instance_tool:mcp_call_timeouts:rate5m',
      expr: (w) =>
        `sum by (job, instance, tool) (label_replace(sum by (job, instance, endpoint) (rate(mcp_request_errors_total{method="tools/call",error_type=~"connection_timeout|response_timeout|timeout"}[${w('5m')}])), "tool", "$1", "endpoint", "(.*)"))`,
    },
    {
      record: 'job_instance:mcp_calls:rate5m',
      expr: () => 'sum by (job, instance) (job_instance_tool:mcp_calls:rate5m)',
    },
    {
      record: 'job_instance:mcp_requests:rate5m',
      expr: (w) =>
        `sum by (job, instance) (rate(request_duration_seconds_count{${MCP_METHODS}}[${w('5m')}]))`,
    },
    {
      record: 'job_instance:mcp_errors:rate5m',
      expr: (w) =>
        `sum by (job, instance) (rate(mcp_request_errors_total{${MCP_METHODS},fault="server"}[${w('5m')}])) or 0 * sum by (job, instance) (rate(request_duration_seconds_count{${MCP_METHODS}}[${w('5m')}]))`,
    },
    failures('tool', 'status="tool_error"'),
    failures('rpc', SERVER_RPC_STATUS),
    failures('transport', TRANSPORT_STATUS),
    failures('unreachable', 'status="unreachable"'),
    {
      record: 'job_instance_error_type:mcp_errors:rate5m',
      expr: (w) =>
        `sum by (job, instance, error_type) (rate(mcp_request_errors_total{error_type=~"connection_timeout|database_deadlock|rate_limit_exceeded|internal_error"}[${w('5m')}]))`,
    },
    {
      record: 'job_instance_tool:mcp_slow_calls:rate5m',
      expr: (w) =>
        `sum by (job, instance, tool) (rate(mcp_requests_over_baseline_total{percentile="p99"}[${w('5m')}]))`,
    },
    {
      record: 'job_instance_percentile:mcp_slow_calls:rate5m',
      expr: (w) => `sum by (job, instance, percentile) (rate(mcp_requests_over_baseline_total[${w('5m')}]))`,
    },
    {
      // Calls of the tools for which the percentile is stated: the whole that the slow ones are a share of.
      record: 'job_instance_percentile:mcp_compared_calls:rate5m',
      expr: () =>
        'sum by (job, instance, percentile) (0 * sum by (job, instance, tool, percentile) (mcp_requests_over_baseline_total) + on (job, instance, tool) group_left () job_instance_tool:mcp_calls:rate5m)',
    },
    {
      record: 'job_instance:mcp_requests:rate1m',
      expr: (w) =>
        `sum by (job, instance) (rate(request_duration_seconds_count{${MCP_METHODS}}[${w('1m')}]))`,
    },
    {
      record: 'job_instance:mcp_errors:rate1m',
      expr: (w) =>
        `sum by (job, instance) (rate(mcp_request_errors_total{${MCP_METHODS},fault="server"}[${w('1m')}])) or 0 * sum by (job, instance) (rate(request_duration_seconds_count{${MCP_METHODS}}[${w('1m')}]))`,
    },
    {
      record: 'job_instance:mcp_slow_calls:rate1m',
      expr: (w) =>
        `sum by (job, instance) (rate(mcp_requests_over_baseline_total{percentile="p99"}[${w('1m')}]))`,
    },
    {
      record: 'job_instance_tool:mcp_circuit_open:bool',
      expr: (w) =>
        `sum by (job, instance, tool) (label_replace(sum by (job, instance, endpoint) (increase(mcp_request_errors_total{error_type="circuit_open"}[${w('1m')}])), "tool", "$1", "endpoint", "(.*)")) > bool 0`,
    },
    {
      record: 'job_instance:mcp_bandwidth:bits_rate5m',
      expr: (w) =>
        `8 * (sum by (job, instance) (rate(mcp_request_size_bytes_sum[${w('5m')}])) + sum by (job, instance) (rate(mcp_response_size_bytes_sum[${w('5m')}])))`,
    },
  ],
};
