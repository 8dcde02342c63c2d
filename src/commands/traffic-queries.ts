import { MCP_METHODS } from '../rules/selectors.ts';

/** A way to ask for the requests a second of all servers together; the first that has data for the span is taken. */
export interface RateQuery {
  /** What it is, in words. */
  readonly name: string;
  readonly expr: string;
}

/** Matchers in braces, of which some may be empty. */
const braces = (...matchers: readonly string[]): string => {
  const stated = matchers.map((each) => each.trim().replace(/,$/, '')).filter((each) => each !== '');
  return stated.length === 0 ? '' : `{${stated.join(',')}}`;
};

/** Rates of a minute, from what the rules record, from the raw series, and from servers that only export OpenTelemetry's. */
export function rateQueries(selector: string): readonly RateQuery[] {
  const raw = `request_duration_seconds_count${braces(MCP_METHODS, selector)}`;
  const otel = `mcp_server_operation_duration_seconds_count${braces(selector)}`;
  return [
    {
      name: 'job_instance:mcp_requests:rate1m (recorded)',
      expr: `sum(job_instance:mcp_requests:rate1m${braces(selector)})`,
    },
    { name: 'request_duration_seconds, rates of 1 minute', expr: `sum(rate(${raw}[1m]))` },
    // A server that is scraped once a minute has no rate of one.
    { name: 'request_duration_seconds, rates of 5 minutes', expr: `sum(rate(${raw}[5m]))` },
    { name: 'mcp_server_operation_duration_seconds, rates of 1 minute', expr: `sum(rate(${otel}[1m]))` },
    { name: 'mcp_server_operation_duration_seconds, rates of 5 minutes', expr: `sum(rate(${otel}[5m]))` },
  ];
}

/** Sessions that are open, of all servers together. */
export const sessionsQuery = (selector: string): string => `sum(mcp_sessions_active${braces(selector)})`;

/** Figures over a whole span, each one number. */
export const SPAN_FIGURES = [
  'requestBytes',
  'responseBytes',
  'p99Seconds',
  'errorRatio',
  'instances',
] as const;

/** A figure over a whole span. */
export type SpanFigure = (typeof SPAN_FIGURES)[number];

/** The expression of each figure over a span, to be asked for at its end. */
export function spanQueries(selector: string, spanSeconds: number): Readonly<Record<SpanFigure, string>> {
  const span = `[${spanSeconds}s]`;
  const requests = braces(MCP_METHODS, selector);
  const total = (metric: string) => `sum(increase(${metric}${requests}${span}))`;
  const errors = `mcp_request_errors_total${braces(MCP_METHODS, 'fault="server"', selector)}`;
  const calls = `request_duration_seconds_bucket${braces('method="tools/call"', selector)}`;
  return {
    requestBytes: `${total('mcp_request_size_bytes_sum')} / ${total('mcp_request_size_bytes_count')}`,
    responseBytes: `${total('mcp_response_size_bytes_sum')} / ${total('mcp_response_size_bytes_count')}`,
    p99Seconds: `histogram_quantile(0.99, sum by (le) (increase(${calls}${span})))`,
    // A server that never failed has no series of failures.
    errorRatio: `(sum(increase(${errors}${span})) or vector(0)) / ${total('request_duration_seconds_count')}`,
    instances: `count(count by (job, instance) (last_over_time(request_duration_seconds_count${requests}${span})))`,
  };
}
