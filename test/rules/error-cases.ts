import { counter, type AlertCase } from './alert-case.ts';

const calls = (status = 'ok', endpoint = 'get_user') =>
  `request_duration_seconds_count{method="tools/call",endpoint="${endpoint}",status="${status}"}`;
const errors = (type: string, fault = 'server', endpoint = 'get_user') =>
  `mcp_request_errors_total{method="tools/call",endpoint="${endpoint}",error_type="${type}",fault="${fault}"}`;

/** Openings of a breaker: some minutes with refused calls, some without. */
const openings = (count: number) =>
  counter(...Array.from({ length: count }, () => [[0, 8] as const, [30, 4] as const]).flat(), [0, 20]);

export const errorCases: readonly AlertCase[] = [
  {
    alert: 'McpErrorRatioHigh',
    at: 15,
    series: { [calls()]: counter([600, 20]), [errors('internal_error')]: counter([60, 20]) },
    summary: "Requests to orders:9464 (mcp-vitals) fail by the server's fault.",
    description: '10% of requests fail, where the baseline is 0.02%.',
    // As many failures, by the callers' fault.
    healthy: {
      [errors('internal_error')]: counter([12, 20]),
      [errors('invalid_params', 'client')]: counter([60, 20]),
    },
  },
  {
    alert: 'McpErrorsAboveBaseline',
    at: 50,
    series: { [calls()]: counter([600, 60]), [errors('internal_error')]: counter([3, 60]) },
    summary: 'More requests to orders:9464 (mcp-vitals) fail than its baseline allows.',
    description: '0.5% of requests failed in the last hour, where the baseline is 0.02%.',
    // Five times the baseline.
    healthy: { [errors('internal_error')]: counter([0.6, 60]) },
  },
  {
    alert: 'McpToolErrors',
    at: 45,
    series: { [calls()]: counter([400, 50]), [calls('tool_error')]: counter([100, 50]) },
    labels: { kind: 'tool' },
    summary: 'Requests to orders:9464 (mcp-vitals) end in tool errors (isError).',
    description:
      '20% of all requests, where the document knows of none. All server faults together: 0 of 8.333 requests a second.',
    healthy: { [calls('tool_error')]: counter([20, 50]) },
  },
  {
    alert: 'McpToolFailing',
    at: 25,
    series: {
      [calls('tool_error', 'fetch_weather')]: counter([18, 30]),
      [calls('ok', 'fetch_weather')]: counter([6, 30]),
      [errors('tool_error', 'server', 'fetch_weather')]: counter([18, 30]),
      [calls()]: counter([600, 30]),
    },
    labels: { tool: 'fetch_weather' },
    summary: 'The tool fetch_weather of orders:9464 (mcp-vitals) fails.',
    description:
      "75% of its calls fail by the server's fault, where the server's baseline is 0.02%. It is called 0.4 times a second.",
    // They fail as much, for bad arguments.
    healthy: {
      [errors('tool_error', 'server', 'fetch_weather')]: counter([2, 30]),
      [errors('invalid_params', 'client', 'fetch_weather')]: counter([16, 30]),
    },
  },
  {
    alert: 'McpRpcErrors',
    at: 45,
    series: { [calls()]: counter([600, 50]), [calls('-32603')]: counter([30, 50]) },
    labels: { kind: 'rpc' },
    summary: 'Requests to orders:9464 (mcp-vitals) end in JSON-RPC errors of the server.',
    description:
      '4.762% of all requests, where the baseline allows 0.02 % of all kinds. All server faults together: 0 of 10.5 requests a second.',
    // Unknown methods and versions that are negotiated are not the server's.
    healthy: {
      [calls('-32603')]: counter([2, 50]),
      [calls('-32601')]: counter([30, 50]),
      [calls('-32022')]: counter([30, 50]),
    },
  },
  {
    alert: 'McpTransportErrors',
    at: 45,
    series: { [calls()]: counter([600, 50]), [calls('503')]: counter([30, 50]) },
    labels: { kind: 'transport' },
    summary:
      'Requests to orders:9464 (mcp-vitals) end in transport errors (HTTP 5xx, time-outs, cut connections).',
    description:
      '4.762% of all requests, where the baseline allows 0.02 % of all kinds. All server faults together: 0 of 10.5 requests a second.',
    healthy: {
      [calls('503')]: counter([2, 50]),
      [calls('401')]: counter([30, 50]),
      [calls('cancelled')]: counter([30, 50]),
    },
  },
  {
    alert: 'McpServerUnreachable',
    at: 12,
    series: { [calls()]: counter([60, 5], [0, 20]), [calls('unreachable')]: counter([0, 5], [60, 20]) },
    labels: { kind: 'unreachable' },
    summary: 'The server behind orders:9464 (mcp-vitals) cannot be reached.',
    description:
      '100% of requests find no server, where 0 % is expected. The sidecar itself runs and answers 502 or 504.',
    healthy: { [calls()]: counter([60, 25]), [calls('unreachable')]: counter([0, 5], [20, 20]) },
  },
  {
    alert: 'McpConnectionTimeouts',
    at: 30,
    series: { [calls()]: counter([6000, 40]), [errors('connection_timeout')]: counter([12, 40]) },
    labels: { error_type: 'connection_timeout' },
    summary: 'Connection time-outs are unusually frequent on orders:9464 (mcp-vitals).',
    description: "0.2% of all requests, where the document's sustained test had 0.01 %.",
    // The share of the document's sustained test.
    healthy: { [errors('connection_timeout')]: counter([0.6, 40]) },
  },
  {
    alert: 'McpDatabaseDeadlocks',
    at: 30,
    series: { [calls()]: counter([6000, 40]), [errors('database_deadlock')]: counter([6, 40]) },
    labels: { error_type: 'database_deadlock' },
    summary: 'Database deadlocks are unusually frequent on orders:9464 (mcp-vitals).',
    description: "0.1% of all requests, where the document's sustained test had 0.0058 %.",
    healthy: { [errors('database_deadlock')]: counter([0.35, 40]) },
  },
  {
    alert: 'McpRateLimitHits',
    at: 30,
    series: { [calls()]: counter([6000, 40]), [errors('rate_limit_exceeded', 'client')]: counter([12, 40]) },
    labels: { error_type: 'rate_limit_exceeded' },
    summary: 'Rate limits are unusually frequent on orders:9464 (mcp-vitals).',
    description: "0.2% of all requests, where the document's sustained test had 0.0031 %.",
    healthy: { [errors('rate_limit_exceeded', 'client')]: counter([0.2, 40]) },
  },
  {
    alert: 'McpInternalErrors',
    at: 30,
    series: { [calls()]: counter([6000, 40]), [errors('internal_error')]: counter([3, 40]) },
    labels: { error_type: 'internal_error' },
    summary: 'Internal errors (-32603) are unusually frequent on orders:9464 (mcp-vitals).',
    description: "0.05% of all requests, where the document's sustained test had 0.00085 %.",
    healthy: { [errors('internal_error')]: counter([0.05, 40]) },
  },
  {
    alert: 'McpToolTimeouts',
    at: 40,
    series: {
      [calls('ok', 'fetch_weather')]: counter([600, 50]),
      [errors('response_timeout', 'server', 'fetch_weather')]: counter([6, 50]),
    },
    labels: { tool: 'fetch_weather' },
    summary: 'Calls of the tool fetch_weather of orders:9464 (mcp-vitals) time out.',
    description:
      '1% of its calls time out, where the document allows 0.5 % for a tool that calls an external API.',
    // What the document allows: 0.5 %.
    healthy: { [errors('response_timeout', 'server', 'fetch_weather')]: counter([2.9, 50]) },
  },
  {
    alert: 'McpCircuitBreakerOpening',
    at: 42,
    series: {
      [calls('tool_error', 'fetch_weather')]: counter([60, 60]),
      [errors('circuit_open', 'server', 'fetch_weather')]: openings(3),
    },
    labels: { tool: 'fetch_weather' },
    summary:
      'The circuit breaker of the tool fetch_weather of orders:9464 (mcp-vitals) opens again and again.',
    description: 'It opened 3 times in the last hour, where the document allows 2.',
    healthy: { [errors('circuit_open', 'server', 'fetch_weather')]: openings(2) },
  },
];
