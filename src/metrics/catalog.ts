/** Where a metric's name and shape come from. */
export type MetricOrigin =
  /** The benchmark document: name, labels and buckets are exactly its. */
  | 'document'
  /** OpenTelemetry's semantic conventions for MCP. */
  | 'opentelemetry'
  /** This project, after the Prometheus naming conventions. */
  | 'mcp-vitals';

/** One metric, as data: what is exposed, documented and referred to by rules. */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly origin: MetricOrigin;
  readonly group: 'documented' | 'traffic' | 'opentelemetry' | 'baseline' | 'sidecar';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in its unit, without +Inf. */
  readonly buckets?: readonly number[];
}

const SECONDS_FINE = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];
const SECONDS_CALL = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SECONDS_WAIT = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const SECONDS_STREAM = [1, 10, 60, 300, 900, 3600, 14400, 43200, 86400];
const BYTES = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216];

/** All metrics that the product exposes, by name. No rule, panel or document names one that is not here. */
export const CATALOG = {
  request_duration_seconds: {
    type: 'histogram',
    origin: 'document',
    group: 'documented',
    help: "Time from a request's arrival to the answer with its id, less the time that the server waited for its client.",
    labels: ['method', 'endpoint', 'status'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  requests_per_second: {
    type: 'gauge',
    origin: 'document',
    group: 'documented',
    help: 'MCP requests answered per second, over the last 10 seconds.',
    labels: ['instance'],
  },
  database_query_duration_seconds: {
    type: 'histogram',
    origin: 'document',
    group: 'documented',
    help: 'Duration of database queries. Absent until a database is observed.',
    labels: ['query_type'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  },
  cache_hit_rate: {
    type: 'gauge',
    origin: 'document',
    group: 'documented',
    help: 'Share of cache lookups that hit, 0 to 1. Absent until a cache is observed.',
    labels: ['cache_type'],
  },
  connection_pool_usage: {
    type: 'gauge',
    origin: 'document',
    group: 'documented',
    help: 'Share of a connection pool that is in use, 0 to 1. Absent until a pool is observed.',
    labels: ['pool_type'],
  },

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
  mcp_sessions_active: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions that were opened and not closed.',
    labels: [],
  },
  mcp_sessions_opened_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions opened before the eyes of the sidecar, or adopted when first seen in use.',
    labels: ['how'],
  },
  mcp_sessions_closed_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions closed: by DELETE, by 404, by silence, with their stream, by exit of the server, or evicted by the cap.',
    labels: ['reason'],
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

  mcp_baseline_latency_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Latency that the baseline in force states; an empty tool is the server as a whole.',
    labels: ['tool', 'percentile'],
  },
  mcp_baseline_throughput: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Requests per second that the baseline in force states; an empty tool is the server as a whole.',
    labels: ['tool'],
  },
  mcp_baseline_error_ratio: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'baseline',
    help: 'Share of failed requests that the baseline in force states, 0 to 1.',
    labels: [],
  },

  mcp_vitals_build_info: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Always 1; the labels name the version of the sidecar and of Node.',
    labels: ['version', 'node_version'],
  },
  mcp_vitals_exchanges_seen_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'HTTP exchanges that the tap began to observe. Seen = observed + dropped + under way.',
    labels: [],
  },
  mcp_vitals_exchanges_observed_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'HTTP exchanges that were observed to their end.',
    labels: [],
  },
  mcp_vitals_exchanges_dropped_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'HTTP exchanges of which a part was lost to observation, by the first reason; their bytes went on unharmed.',
    labels: ['reason'],
  },
  mcp_vitals_tap_dropped_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'All that was lost to observation: exchanges, and single messages of a stdio server.',
    labels: ['reason'],
  },
  mcp_vitals_label_values_capped_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Names that became `other` because they were not declared or their label is full.',
    labels: ['label'],
  },
  mcp_vitals_upstream_connections: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Connections to the upstream, idle ones included.',
    labels: [],
  },
  mcp_vitals_client_connections: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Connections of clients.',
    labels: [],
  },
  mcp_vitals_config_last_reload_successful: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: '1 if the last reload of the configuration succeeded, 0 if it was refused and the former one runs on.',
    labels: [],
  },
  mcp_vitals_config_last_reload_success_timestamp_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Unix time of the last successful load of the configuration.',
    labels: [],
  },
  mcp_vitals_process_cpu_seconds_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'CPU time of the sidecar itself, user and system.',
    labels: [],
  },
  mcp_vitals_process_resident_memory_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Resident memory of the sidecar itself.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

/** Name of a metric of the catalog. */
export type MetricName = keyof typeof CATALOG;
