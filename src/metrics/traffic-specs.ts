import type { MetricSpecs } from './metric-spec.ts';

const SECONDS_FINE = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];
const SECONDS_CALL = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SECONDS_WAIT = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const SECONDS_STREAM = [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400];
const BYTES = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216];

/** Metrics of the traffic between clients and the server. */
export const TRAFFIC = {
  mcp_request_errors_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Failed requests by kind of failure and by whose fault it is; cancellations are no failures.',
    labels: ['method', 'endpoint', 'error_type', 'fault'],
  },
  mcp_requests_over_baseline_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: "Tool calls slower than a percentile of the baseline that holds for the tool. Divide by the tool's request count: more than 1 - percentile is a regression.",
    labels: ['tool', 'percentile'],
  },
  mcp_requests_in_flight: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'MCP requests that wait for their answer.',
    labels: [],
  },
  mcp_oldest_request_age_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Age of the MCP request that has waited longest for its answer; 0 if none waits.',
    labels: [],
  },
  mcp_requests_parked: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'MCP requests over HTTP whose answer stream is open, without the answer and without progress for longer than `tap.parkedAfter`; those that wait for the client are not among them.',
    labels: [],
  },
  mcp_time_to_first_byte_seconds: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: "Time from a request's arrival to the head of the HTTP answer.",
    labels: ['method'],
    buckets: SECONDS_CALL,
  },
  mcp_client_wait_seconds: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Time that the server waited for its client, or the person behind it, during a call.',
    labels: ['kind'],
    buckets: SECONDS_WAIT,
  },
  mcp_request_size_bytes: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Size of request bodies as sent.',
    labels: ['method'],
    buckets: BYTES,
  },
  mcp_response_size_bytes: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Size of answers as sent, up to the end of the response message.',
    labels: ['method'],
    buckets: BYTES,
  },
  mcp_tool_batch_size: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Number of items in the batch argument of a tool call.',
    labels: ['tool'],
    buckets: [1, 5, 10, 25, 50, 100, 250, 500, 1000],
  },
  mcp_notifications_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Notifications by method and by who sent them.',
    labels: ['method', 'direction'],
  },
  mcp_streams_open: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Open streams that live apart from calls: legacy GET, HTTP+SSE, subscriptions/listen.',
    labels: ['kind'],
  },
  mcp_stream_duration_seconds: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Life time of streams that have ended.',
    labels: ['kind'],
    buckets: SECONDS_STREAM,
  },
  mcp_proxy_overhead_seconds: {
    type: 'histogram',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Time that an exchange spent inside the sidecar, both ways together.',
    labels: [],
    buckets: SECONDS_FINE,
  },
  mcp_server_operation_duration_seconds: {
    type: 'histogram',
    origin: 'opentelemetry',
    group: 'opentelemetry',
    help: "Duration of MCP requests as the server's caller saw them, waiting for the client included.",
    labels: [
      'mcp_method_name',
      'error_type',
      'gen_ai_tool_name',
      'gen_ai_prompt_name',
      'gen_ai_operation_name',
      'rpc_response_status_code',
      'mcp_protocol_version',
      'network_transport',
    ],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
  },
  mcp_server_session_duration_seconds: {
    type: 'histogram',
    origin: 'opentelemetry',
    group: 'opentelemetry',
    help: 'Life time of MCP sessions that have ended.',
    labels: ['mcp_protocol_version', 'network_transport'],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
  },
} as const satisfies MetricSpecs;
