import type { AlertDeclaration, AlertGroup, Runbook } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const { errorRatio, failureRatio, leastRate } = thresholds;
const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(2))} %`;

const ratio5m = 'job_instance:mcp_errors:rate5m / (job_instance:mcp_requests:rate5m > 0)';

const byType = {
  query:
    'topk(10, sum by (endpoint, error_type) (rate(mcp_request_errors_total{job="$job",instance="$instance",fault="server"}[5m])))',
  shows: 'what fails and why',
};

const byStatus = {
  query: 'sum by (status) (rate(request_duration_seconds_count{job="$job",instance="$instance"}[5m]))',
  shows: 'how requests end: ok, tool_error, a JSON-RPC code, an HTTP status, timeout, unreachable',
};

/** Failures of one kind above a share of all requests. */
function kindAlert(
  alert: string,
  kind: string,
  least: number,
  what: string,
  expected: string,
  runbook: Runbook,
): AlertDeclaration {
  return {
    alert,
    severity: 'warning',
    area: 'errors',
    when: `more than ${percent(least)} of all requests end in ${what}, over 5 minutes and over 30`,
    expr: (w) =>
      `(job_instance_kind:mcp_failures:rate5m{kind="${kind}"} / on (job, instance) group_left () job_instance:mcp_requests:rate5m > ${least} and avg_over_time(job_instance_kind:mcp_failures:rate5m{kind="${kind}"}[${w('30m')}]) / on (job, instance) group_left () avg_over_time(job_instance:mcp_requests:rate5m[${w('30m')}]) > ${least}) and on (job, instance) job_instance:mcp_requests:rate5m > ${leastRate.slow}`,
    for: '5m',
    keepFiringFor: '10m',
    summary: `Requests to ${SERVER} end in ${what}.`,
    description: `${value('percentage')} of all requests, where ${expected}. All server faults together: ${also('job_instance:mcp_errors:rate5m', 'rate')} of ${also('job_instance:mcp_requests:rate5m', 'rate')} requests a second.`,
    inhibits: [],
    runbook,
  };
}

/** Requests that fail, and whose fault it is. */
export const errorAlerts: AlertGroup = {
  name: 'errors',
  dashboard: 'mcp-tools',
  interval: '30s',
  title: 'Errors',
  about:
    "Failures by the server's fault, from `mcp_request_errors_total`. What a caller did wrong (an unknown tool, bad arguments, no token) raises none of these.",
  alerts: [
    {
      alert: 'McpErrorRatioHigh',
      severity: 'critical',
      area: 'errors',
      when: `more than ${percent(errorRatio.critical)} of requests fail by the server's fault, over 5 minutes, at ${leastRate.fast} requests a second or more`,
      expr: () =>
        `${ratio5m} > ${errorRatio.critical} and job_instance:mcp_requests:rate5m > ${leastRate.fast}`,
      for: '2m',
      keepFiringFor: '10m',
      summary: `Requests to ${SERVER} fail by the server's fault.`,
      description: `${value('percentage')} of requests fail, where the baseline is ${also('job_instance:mcp_baseline_error:ratio', 'percentage', { otherwise: '0.02%' })}.`,
      inhibits: [
        'McpErrorsAboveBaseline',
        'McpToolErrors',
        'McpToolFailing',
        'McpRpcErrors',
        'McpTransportErrors',
        'McpErrorBudgetBurn',
        'McpErrorBudgetBurnSlow',
        'McpConnectionTimeouts',
        'McpRateLimitHits',
        'McpInternalErrors',
        'McpToolTimeouts',
        'McpSpikeNotRecovered',
      ],
      runbook: {
        meaning:
          'One request in twenty or more fails. HTTP may look well: a tool that fails answers 200 with `isError`.',
        confirm: [byType, byStatus],
        causes: [
          'A dependency is gone: the database, an external API.',
          "More load than the pool can take: in the document's spike test an exhausted pool failed 27.5 % of requests.",
          'A deployment with a fault in one tool.',
          'A stream that sends only comments and never the answer: `no_answer` and `response_timeout`.',
        ],
        now: [
          'All of one tool: switch it off.',
          '`connection_timeout` or `too_many_connections`: look at the pool and the database first.',
          'After a deployment: roll back.',
          'In a spike: let the rate limits and breakers work; it should be well 145 s after the spike.',
        ],
        later: [
          'Give each error that clients may cause a pattern in `tap.errorTypes`, so that it counts as theirs.',
        ],
      },
    },
    {
      alert: 'McpErrorsAboveBaseline',
      severity: 'warning',
      area: 'errors',
      when: `more than ${errorRatio.timesBaseline} times the baseline's share of requests fail by the server's fault over 1 hour, and at least ${errorRatio.leastErrors} of them`,
      expr: (w) =>
        `avg_over_time(job_instance:mcp_errors:rate5m[${w('1h')}]) / (avg_over_time(job_instance:mcp_requests:rate5m[${w('1h')}]) > 0) > ${errorRatio.timesBaseline} * job_instance:mcp_baseline_error:ratio and avg_over_time(job_instance:mcp_errors:rate5m[${w('1h')}]) > ${errorRatio.leastErrors / 3600}`,
      for: '10m',
      keepFiringFor: '30m',
      summary: `More requests to ${SERVER} fail than its baseline allows.`,
      description: `${value('percentage')} of requests failed in the last hour, where the baseline is ${also('job_instance:mcp_baseline_error:ratio', 'percentage', { otherwise: '0.02%' })}.`,
      inhibits: ['McpErrorBudgetBurnSlow'],
      runbook: {
        meaning: 'A few requests fail, more than the transient ones that a healthy server has.',
        confirm: [byType, byStatus],
        causes: [
          "Deadlocks and connection time-outs: 80 % of the failures of the document's sustained test.",
          'One tool that fails for some arguments.',
        ],
        now: ['Nothing tonight.'],
        later: ['Take the most frequent `error_type` of the first query to its owner.'],
      },
    },
    kindAlert(
      'McpToolErrors',
      'tool',
      failureRatio.tool,
      'tool errors (isError)',
      'the document knows of none',
      {
        meaning:
          'Tools answer with `isError: true`. The protocol works; the work is not done. Errors of the arguments are among them where the server reports them so.',
        confirm: [
          {
            query:
              'topk(5, sum by (endpoint) (rate(request_duration_seconds_count{job="$job",instance="$instance",status="tool_error"}[5m])))',
            shows: 'which tools',
          },
          byType,
        ],
        causes: [
          'Something behind a tool is down.',
          'Agents call a tool with arguments that it refuses, since its description misleads them.',
        ],
        now: ['If one tool makes up most of it: see McpToolFailing.'],
        later: ["Answer bad arguments with -32602, which counts as the caller's fault."],
      },
    ),
    kindAlert(
      'McpRpcErrors',
      'rpc',
      failureRatio.rpc,
      'JSON-RPC errors of the server',
      'the baseline allows 0.02 % of all kinds',
      {
        meaning:
          "The server answers with -32603 or an error of its own range: it failed outside of a tool's own handling.",
        confirm: [byStatus, byType],
        causes: ['An exception that a tool does not catch.', 'A session or task store that is full or gone.'],
        now: ["Look into the server's log at the time: an uncaught exception leaves a trace there."],
        later: ['Catch it in the tool and answer `isError` with a text that an agent can act on.'],
      },
    ),
    kindAlert(
      'McpTransportErrors',
      'transport',
      failureRatio.transport,
      'transport errors (HTTP 5xx, time-outs, cut connections)',
      'the baseline allows 0.02 % of all kinds',
      {
        meaning: 'Requests end without any answer of MCP.',
        confirm: [
          byStatus,
          {
            query:
              'rate(mcp_process_restarts_total{job="$job",instance="$instance"}[30m]) or mcp_process_start_time_seconds{job="$job",instance="$instance"}',
            shows: 'whether the server restarts',
          },
        ],
        causes: [
          'The server restarts, crashes or is out of memory: a server that leaked sessions at 100 KB each went out of memory in 6 days.',
          'A load balancer or ingress in between cuts streams.',
          'Event streams that carry only comments and never the answer.',
        ],
        now: [
          "`unreachable`: see McpServerUnreachable. 5xx: the server's log. `timeout`: what it waits for.",
        ],
        later: ['Drain before a restart, so that clients are not cut.'],
      },
    ),
    {
      alert: 'McpServerUnreachable',
      severity: 'critical',
      area: 'errors',
      when: 'more than half of the requests cannot reach the server, over 5 minutes, and there is traffic',
      expr: () =>
        `job_instance_kind:mcp_failures:rate5m{kind="unreachable"} / on (job, instance) group_left () (job_instance:mcp_requests:rate5m > 0) > ${failureRatio.unreachable}`,
      for: '1m',
      keepFiringFor: '12m',
      summary: `The server behind ${SERVER} cannot be reached.`,
      description: `${value('percentage')} of requests find no server, where 0 % is expected. The sidecar itself runs and answers 502 or 504.`,
      inhibits: [
        'McpErrorRatioHigh',
        'McpErrorsAboveBaseline',
        'McpTransportErrors',
        'McpErrorBudgetBurn',
        'McpErrorBudgetBurnSlow',
        'McpToolFailing',
        'McpLatencyFarAboveBaseline',
        'McpLatencyAboveBaseline',
        'McpToolLatencyAboveBaseline',
        'McpLatencyBudgetBurn',
        'McpLatencyBudgetBurnSlow',
        'McpThroughputBelowDemand',
        'McpThroughputDecline',
        'McpSpikeNotRecovered',
        'McpSourceDown',
        'McpProbeDown',
        'McpProbeDegraded',
        'McpProbeSlow',
        'McpConnectionTimeouts',
        'McpToolTimeouts',
      ],
      runbook: {
        meaning: 'The server is down or does not take connections; every client fails.',
        confirm: [
          byStatus,
          {
            query: 'mcp_processes{job="$job",instance="$instance"}',
            shows: 'whether its process is there (absent: it is gone)',
          },
        ],
        causes: [
          "It was killed for want of memory: look at the kernel's or the pod's log for OOM.",
          'It crashed, or a deployment does not start.',
          'It listens on another address than `upstream.url` says.',
        ],
        now: [
          'Start it. If it was out of memory, look at McpLeakPage and McpMemoryExhausted before you leave it.',
        ],
        later: ['Let the platform restart it, and let a probe find it when it does not.'],
      },
    },
  ],
};
