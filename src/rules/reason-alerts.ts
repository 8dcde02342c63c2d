import type { AlertDeclaration, AlertGroup, Runbook, Windows } from './rule-model.ts';
import { SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const { errorShare } = thresholds;
const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(2))} %`;

const byType = {
  query:
    'topk(10, sum by (endpoint, error_type) (rate(mcp_request_errors_total{job="$job",instance="$instance",fault="server"}[5m])))',
  shows: 'what fails and why',
};

/** One of the reasons that the document breaks its errors down into. */
function reasonAlert(
  alert: string,
  type: string,
  what: string,
  inhibits: readonly string[],
  runbook: Runbook,
): AlertDeclaration {
  const normal = errorShare[type] ?? 0;
  const rate = (w: Windows) =>
    `sum by (job, instance, error_type) (avg_over_time(job_instance_error_type_fault:mcp_errors:rate5m{error_type="${type}"}[${w('15m')}]))`;
  const limit = Number((normal * 10).toPrecision(2));
  return {
    alert,
    severity: 'warning',
    area: type === 'database_deadlock' ? 'database' : 'errors',
    when: `${what} are more than ${percent(limit)} of all requests over 15 minutes, ten times the share in the document's sustained test, and at least 3`,
    expr: (w) =>
      `(${rate(w)} / on (job, instance) group_left () avg_over_time(job_instance:mcp_requests:rate5m[${w('15m')}]) > ${limit}) and on (job, instance, error_type) ${rate(w)} > ${3 / 900}`,
    for: '5m',
    keepFiringFor: '15m',
    summary: `${what[0]?.toUpperCase()}${what.slice(1)} are unusually frequent on ${SERVER}.`,
    description: `${value('percentage')} of all requests, where the document's sustained test had ${percent(normal)}.`,
    inhibits,
    runbook,
  };
}

/** Why requests fail, each against what the document had of it. */
export const reasonAlerts: AlertGroup = {
  name: 'reasons',
  dashboard: 'mcp-tools',
  interval: '30s',
  title: 'Reasons of errors',
  about:
    "The document's sustained test breaks its failures down into four reasons; each has an alert at ten times its share. A reason is the label `error_type`, by the patterns of `tap.errorTypes`.",
  alerts: [
    reasonAlert('McpConnectionTimeouts', 'connection_timeout', 'connection time-outs', [], {
      meaning:
        "The server, or a tool, waits for a connection and gives up: half of all failures in the document's sustained test.",
      confirm: [
        byType,
        { query: 'connection_pool_usage{job="$job",instance="$instance"}', shows: 'whether a pool is full' },
      ],
      causes: [
        'The pool is too small for the load, or connections leak from it.',
        'The database or an API takes no more connections.',
      ],
      now: ["Pool full: see McpPoolNearlyExhausted. Else test the peer by hand from the server's host."],
      later: ['25 connections for each worker is what the document found best.'],
    }),
    reasonAlert('McpDatabaseDeadlocks', 'database_deadlock', 'database deadlocks', ['McpPostgresDeadlocks'], {
      meaning:
        'Transactions of tools lock each other out; the database ends one of them, and its call fails.',
      confirm: [
        byType,
        {
          query:
            'sum by (query_type) (rate(mcp_database_errors_total{job="$job",instance="$instance",error_type="deadlock"}[15m]))',
          shows: 'which kind of statement, as the database tap sees it',
        },
      ],
      causes: [
        'Two tools update the same rows in another order; batches that are not sorted.',
        'Long transactions around calls of external APIs.',
      ],
      now: ["Lower the concurrency of the batch tool. A deadlock's victim may be tried again."],
      later: ['Sort a batch by key before writing it; keep transactions short; retry 40P01.'],
    }),
    reasonAlert('McpRateLimitHits', 'rate_limit_exceeded', 'rate limits', [], {
      meaning: "Calls are refused for coming too often, by the server's own limit or by an API behind it.",
      confirm: [
        byType,
        {
          query: 'job_instance:mcp_requests:rate1m{job="$job",instance="$instance"}',
          shows: 'whether demand rose',
        },
      ],
      causes: [
        'A client in a loop: an agent that retries at once.',
        'A quota of an external API that is used up.',
      ],
      now: [
        "Find the client (the server's own log) and slow it down. The limit protects the others: leave it.",
      ],
      later: ['Answer with the time after which to try again.'],
    }),
    reasonAlert('McpInternalErrors', 'internal_error', 'internal errors (-32603)', ['McpRpcErrors'], {
      meaning: 'The server fails in a way its authors did not foresee.',
      confirm: [byType],
      causes: ["An exception that nobody catches; the server's log has its trace."],
      now: ['If it began with a deployment: roll back.'],
      later: ['A test for the trace in the log.'],
    }),
  ],
};
