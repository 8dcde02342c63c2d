import { splitName } from '../model/series-name.ts';
import { narrowed } from './refill-queries.ts';

const MCP = 'method!~"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"';
const CALLS = 'method="tools/call"';

/** What a figure is asked by; undefined: Prometheus does not know it. */
type Query = (parts: {
  /** A metric narrowed to our own series. */
  readonly own: (selector: string) => string;
  /** Range of a rate. */
  readonly window: string;
  /** Value of the label, in quotes. */
  readonly label: string;
}) => string;

const rate =
  (selector: (label: string) => string): Query =>
  ({ own, window, label }) =>
    `sum(rate(${own(selector(label))}[${window}]))`;
const gauge =
  (selector: (label: string) => string): Query =>
  ({ own, label }) =>
    `max(${own(selector(label))})`;

/** Milliseconds of a percentile, from the documented histogram: as exact as its buckets are. */
const percentile =
  (share: number, matchers: (label: string) => string): Query =>
  ({ own, window, label }) =>
    `1000 * histogram_quantile(${share}, sum by (le) (rate(${own(`request_duration_seconds_bucket{${matchers(label)}}`)}[${window}])))`;

const ofTool = (label: string): string => `${CALLS},endpoint=${label}`;

const QUERIES: Readonly<Record<string, Query>> = {
  request_rate: rate(() => `request_duration_seconds_count{${MCP}}`),
  call_rate: rate(() => `request_duration_seconds_count{${CALLS}}`),
  error_rate: rate(() => `mcp_request_errors_total{${MCP},fault="server"}`),
  error_ratio: ({ own, window }) =>
    `sum(rate(${own(`mcp_request_errors_total{${MCP},fault="server"}`)}[${window}])) / (sum(rate(${own(`request_duration_seconds_count{${MCP}}`)}[${window}])) > 0)`,
  bandwidth_bits_per_second: ({ own, window }) =>
    `8 * (sum(rate(${own('mcp_request_size_bytes_sum')}[${window}])) + sum(rate(${own('mcp_response_size_bytes_sum')}[${window}])))`,
  p50_ms: percentile(0.5, () => CALLS),
  p95_ms: percentile(0.95, () => CALLS),
  p99_ms: percentile(0.99, () => CALLS),
  p999_ms: percentile(0.999, () => CALLS),
  tool_rate: rate((label) => `request_duration_seconds_count{${ofTool(label)}}`),
  tool_error_rate: rate((label) => `mcp_request_errors_total{${ofTool(label)},fault="server"}`),
  tool_slow_rate: rate((label) => `mcp_requests_over_baseline_total{tool=${label},percentile="p99"}`),
  tool_p50_ms: percentile(0.5, ofTool),
  tool_p95_ms: percentile(0.95, ofTool),
  tool_p99_ms: percentile(0.99, ofTool),
  slow_rate: rate((label) => `mcp_requests_over_baseline_total{percentile=${label}}`),
  cpu_ratio: gauge(() => 'mcp_process_cpu_ratio'),
  cpu_cores: gauge(() => 'mcp_process_cpu_cores'),
  memory_bytes: gauge(() => 'mcp_process_memory_bytes'),
  open_files: gauge(() => 'mcp_process_open_files'),
  threads: gauge(() => 'mcp_process_threads'),
  in_flight: gauge(() => 'mcp_requests_in_flight'),
  sessions: gauge(() => 'mcp_sessions_active'),
  streams: ({ own }) => `sum(${own('mcp_streams_open')})`,
  pool_ratio: gauge((label) => `connection_pool_usage{pool_type=${label}}`),
  cache_hit_ratio: gauge((label) => `cache_hit_rate{cache_type=${label}}`),
  probe_up: gauge((label) => `probe_success{probe=${label}}`),
  probe_ms: ({ own, label }) => `1000 * max(${own(`probe_duration_seconds{probe=${label}}`)})`,
  oldest_request_seconds: gauge(() => 'mcp_oldest_request_age_seconds'),
  sidecar_memory_bytes: gauge(() => 'mcp_vitals_process_resident_memory_bytes'),
  sidecar_cpu_ratio: rate(() => 'mcp_vitals_process_cpu_seconds_total'),
};

/** The shortest range of a rate: several scrapes of a usual interval. */
const LEAST_WINDOW_SECONDS = 60;

/**
 * What to ask a Prometheus for one of the page's series.
 * @param own selector that our own series match; undefined: the Prometheus has those of one sidecar only.
 * @returns undefined where Prometheus has no counterpart.
 */
export function seriesQuery(name: string, stepMs: number, own: string | undefined): string | undefined {
  const { figure, label = '' } = splitName(name);
  const query = QUERIES[figure];
  if (query === undefined) return undefined;
  const window = `${Math.max(LEAST_WINDOW_SECONDS, Math.ceil(stepMs / 1000))}s`;
  return query({ own: (selector) => narrowed(selector, own), window, label: JSON.stringify(label) });
}
