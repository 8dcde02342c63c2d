import { CATALOG } from './catalog.ts';
import type { MetricSpec } from './metric-spec.ts';

const GROUPS: Readonly<Record<MetricSpec['group'], { title: string; text: string }>> = {
  documented: {
    title: 'The five documented metrics',
    text: 'Names, labels and buckets are exactly those of the benchmark document. Those about database, cache and pool have samples once a database is tapped or a source fills them; what is not known has no sample, so no traffic is not a rate of 0.',
  },
  traffic: { title: 'Traffic', text: 'What goes over the wire between clients and the server.' },
  opentelemetry: {
    title: 'OpenTelemetry MCP conventions',
    text: "Recorded through the OpenTelemetry SDK and its Prometheus exporter, under the names that Prometheus' own OTLP receiver would give them. The latencies of the baseline in force are added to the bucket bounds of the operation's duration.",
  },
  database: {
    title: 'Database',
    text: 'The first ones are what the tap sees between the server and its PostgreSQL database (`database.upstream`), those that begin with `mcp_postgres_` what the database says of itself (`sources.postgres`).',
  },
  cache: { title: 'Cache', text: 'What Redis says of itself (`sources.redis`).' },
  process: {
    title: "The server's process",
    text: "The server's process with all its descendants, from /proc (`sources.process`; over stdio without configuration).",
  },
  baseline: {
    title: 'Baseline',
    text: 'What the benchmark states for a healthy server, as series to join live ones with.',
  },
  bench: {
    title: 'Load tests',
    text: 'What `mcp-vitals bench --push` handed over: the last run of each profile, of at most 20 profiles, kept across restarts where `state.directory` is set. They stand until the next push; `mcp_bench_finished_timestamp_seconds` says how old they are.',
  },
  detector: {
    title: 'Detectors',
    text: 'What the leak and drift detectors (`detectors`) conclude of each series: `detector` names the detector, `series` what of several it is about.',
  },
  probe: {
    title: 'Probes',
    text: 'What probes find out by calling the server themselves, one series for each probe of the section `probes`: see docs/probes.md. The labels are bounded by the configuration; `reason`, `phase`, `state` and `change` are closed sets.',
  },
  sidecar: { title: 'The sidecar itself', text: 'Its health, its losses, its cost.' },
};

const code = (text: string): string => `\`${text}\``;

function describe(name: string, spec: MetricSpec): string {
  const labels = spec.labels.length === 0 ? 'none' : spec.labels.map(code).join(', ');
  const buckets = spec.buckets ? `\n- Buckets: ${spec.buckets.join(', ')}` : '';
  return `### ${code(name)}\n\n${spec.help}\n\n- Type: ${spec.type}\n- Labels: ${labels}${buckets}\n`;
}

/** Renders docs/metrics.md from the catalog. */
export function renderMetricsDocs(): string {
  const sections = Object.entries(GROUPS).map(([group, { title, text }]) => {
    const metrics = Object.entries(CATALOG)
      .filter(([, spec]) => spec.group === group)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, spec]) => describe(name, spec));
    return `## ${title}\n\n${text}\n\n${metrics.join('\n')}`;
  });
  return `<!-- Generated from src/metrics/catalog.ts by \`npm run generate\`. Do not edit. -->

# Metrics

One page, \`/metrics\` of the admin server, carries all of them.

## What the labels say

| label | values |
| --- | --- |
| \`method\` | the JSON-RPC method; for HTTP beside MCP (health checks, OAuth metadata) the HTTP method; \`other\` for a body that could not be read and for unknown methods |
| \`endpoint\` | name of the tool or prompt; scheme of the resource's URI; else the HTTP path, with \`:id\` for what looks like an id or a key in it (\`stdio\` over pipes); \`other\` for what the server has not vouched for, by declaring or by answering it, and beyond the caps |
| \`status\` | \`ok\`; \`tool_error\` (HTTP 200 with \`isError\`); \`input_required\` and \`task\` (interim results, neither error nor final); a JSON-RPC code such as \`-32602\`; an HTTP status such as \`503\`; \`timeout\`; \`cancelled\`; \`unreachable\`; \`other\` |
| \`fault\` | \`client\` or \`server\`: -32700, -32600, -32601, -32602, -32002 and HTTP 4xx are the caller's. Version negotiation, redirects, cancellations, and the 405 of a server that offers no GET stream or DELETE are nobody's: they are no failures and appear in \`status\` only |
| \`error_type\` | see below |
| \`client\` | the name that a client gave itself at \`initialize\`: one line, at most 64 characters, with \`:id\` for what looks unique to one run of it; \`unknown\` where that was not seen; \`other\` beyond \`tap.maxClients\` |
| \`percentile\` | \`p50\`, \`p95\`, \`p99\`, \`p99.9\` |

\`error_type\` is, in this order: the first of \`tap.errorTypes\` that matches the error's message (\`connection_timeout\`, \`database_deadlock\`, \`rate_limit_exceeded\`, \`circuit_open\`, and \`unknown_tool\` and \`invalid_params\` for the caller's mistakes that servers report as a tool error, by default); the word for a JSON-RPC code (\`invalid_params\`, \`internal_error\`, …); \`tool_error\`; a word for the HTTP status (\`unauthorized\`, \`service_unavailable\`, …); \`connection_refused\`, \`connection_reset\`, \`connection_timeout\`, \`response_timeout\`, \`invalid_http\` for what went wrong on the way; \`no_answer\` for an answer that ended without the response, \`duplicate_id\` for a request whose id another one of its session took. Messages are matched and forgotten: no text of a request or an answer is kept or exported.

\`error_type\` of \`mcp_database_errors_total\` is a word for the SQLSTATE: \`deadlock\` (40P01), \`serialization_failure\` (40001), \`too_many_connections\` (53300), \`timeout\` (57014 by the server's own limit) and \`canceled\` (57014 after a cancel request, as drivers' timeouts send), \`lock_not_available\`, \`idle_in_transaction_timeout\`, \`admin_shutdown\` and others by name, the rest by the class of the SQLSTATE; \`unreachable\` and \`connect_timeout\` without a connection; \`connection_lost\` and \`client_gone\` for a query that never ended; \`other\`.

\`query_type\` is \`select\` (also VALUES, TABLE, FETCH), \`insert\`, \`update\` (also MERGE), \`delete\`, \`begin\`, \`commit\` (also of prepared transactions), \`ddl\`, \`copy\`, \`other\` (ROLLBACK, SET, CALL, EXPLAIN, …).

## Sessions and streams

A session is opened by the answer to \`initialize\` that names it, by the \`endpoint\` event of HTTP+SSE, or by the first message over pipes; servers without sessions have none. Some clients open a new GET stream after each error, so that there may be more \`get\` streams than sessions. Calls whose stream was cut stay in \`mcp_requests_in_flight\` for \`tap.resumeTimeout\`, as long as they may be answered on a resumed one.

## How durations are measured

A request lasts from its arrival to the JSON-RPC response with its id, in a JSON body, in an event stream, or on the other stream of HTTP+SSE: not to the headers and not to the end of the stream. In \`request_duration_seconds\` and against the baseline the time in which the server waited for its client (elicitation, sampling, roots) is taken out and stands in \`mcp_client_wait_seconds\`; \`mcp_server_operation_duration_seconds\` is the whole time, as its convention says. Streams that live by themselves are in neither, but in \`mcp_stream_duration_seconds\`.

${sections.join('\n')}`;
}
