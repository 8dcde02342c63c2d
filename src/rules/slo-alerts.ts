import type { AlertDeclaration, AlertGroup, Runbook, Severity } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds, type Burn } from './thresholds.ts';

const budgets = {
  error: {
    series: 'job_instance:mcp_error_budget:burnrate',
    objective: 'job_instance:mcp_availability_objective:ratio',
    traffic: 'job_instance:mcp_requests:rate5m',
    good: 'answered without a fault of the server',
    area: 'errors',
  },
  latency: {
    series: 'job_instance:mcp_latency_budget:burnrate',
    objective: 'job_instance:mcp_latency_objective:ratio',
    traffic: 'job_instance:mcp_calls:rate5m',
    good: 'answered within the P99 of the baseline',
    area: 'latency',
  },
} as const;

const words = (burns: readonly Burn[]) =>
  burns.map(({ long, short, rate }) => `${rate} over ${long} and ${short}`).join(', or ');

function burnAlert(
  alert: string,
  name: keyof typeof budgets,
  severity: Extract<Severity, 'critical' | 'warning'>,
  burns: readonly Burn[],
  inhibits: readonly string[],
  runbook: Runbook,
): AlertDeclaration {
  const { series, objective, traffic, good, area } = budgets[name];
  const longest = burns.at(-1)?.long ?? '1h';
  return {
    alert,
    severity,
    area,
    when: `the share of requests not ${good} burns its 30-day budget at a rate of ${words(burns)}; at ${thresholds.leastRate.slow} requests a second or more${severity === 'critical' ? ', and it still burns' : ''}`,
    expr: (w) => {
      const pairs = burns.map(
        ({ long, short, rate }) => `(${series}${long} > ${rate} and ${series}${short} > ${rate})`,
      );
      // A page must be about now: half an hour after an outage its longer windows still burn.
      const still = severity === 'critical' ? ` and ${series}5m > 1` : '';
      return `(${pairs.join(' or ')})${still} and on (job, instance) (avg_over_time(${traffic}[${w('1h')}]) > ${thresholds.leastRate.slow})`;
    },
    // Longer than the alerts that silence it need, or one incident would page twice.
    for: severity === 'critical' ? '5m' : '15m',
    keepFiringFor: severity === 'critical' ? '2m' : '1h',
    summary: `The ${name} budget of ${SERVER} burns too fast.`,
    description: `It burns at ${value('number')} times the rate that the objective allows (${also(objective, 'percentage')} of requests ${good}). At 1 the budget of 30 days lasts 30 days, at 14.4 two, at 6 five. Watched over ${longest} and less.`,
    inhibits,
    runbook,
  };
}

const burnQueries = (name: 'error' | 'latency') => [
  {
    query: `{__name__=~"${budgets[name].series}.*",job="$job",instance="$instance"}`,
    shows:
      'the burn rate over every window: short ones high means it goes on, long ones alone that it is over',
  },
];

/** Burn rates of the budgets of availability and latency. */
export const sloAlerts: AlertGroup = {
  name: 'budgets',
  dashboard: 'mcp-slo',
  interval: '1m',
  title: 'Error and latency budgets',
  about:
    'Multi-window burn rates over a budget of 30 days. The objectives are settings of the sidecar (`server.availabilityObjective`, `server.latencyObjective`); a burn rate of 1 uses the budget up exactly in 30 days, 14.4 uses 2 % of it in an hour.',
  alerts: [
    burnAlert(
      'McpErrorBudgetBurn',
      'error',
      'critical',
      thresholds.burn.page,
      ['McpErrorBudgetBurnSlow', 'McpErrorsAboveBaseline'],
      {
        meaning:
          "Enough requests fail to break the month's promise within days, even where no single minute looks bad.",
        confirm: [
          ...burnQueries('error'),
          {
            query:
              'topk(10, sum by (endpoint, error_type) (increase(mcp_request_errors_total{job="$job",instance="$instance",fault="server"}[1h])))',
            shows: 'what failed in the last hour',
          },
        ],
        causes: ['Those of McpErrorRatioHigh, at a lower share for longer.'],
        now: ['As for McpErrorRatioHigh.'],
        later: [
          'If the objective cannot be kept, change it on purpose (`server.availabilityObjective`), not the alert.',
        ],
      },
    ),
    burnAlert('McpErrorBudgetBurnSlow', 'error', 'warning', thresholds.burn.ticket, [], {
      meaning: "At this rate the month's budget of failures will not do.",
      confirm: burnQueries('error'),
      causes: ['A small, steady share of failures: one tool, one client, one replica.'],
      now: ['Nothing tonight.'],
      later: ['Take the most frequent failure out; see McpErrorsAboveBaseline for the queries.'],
    }),
    burnAlert(
      'McpLatencyBudgetBurn',
      'latency',
      'critical',
      thresholds.burn.page,
      ['McpLatencyBudgetBurnSlow', 'McpLatencyAboveBaseline'],
      {
        meaning:
          "So many calls are slower than the P99 baseline that the month's promise breaks within days.",
        confirm: burnQueries('latency'),
        causes: ['Those of McpLatencyFarAboveBaseline.'],
        now: ['As for McpLatencyFarAboveBaseline.'],
        later: [
          'A baseline that does not fit the server makes this fire for ever: measure one (`baseline.file`).',
        ],
      },
    ),
    burnAlert('McpLatencyBudgetBurnSlow', 'latency', 'warning', thresholds.burn.ticket, [], {
      meaning: 'More calls than the objective allows are slower than the baseline, day by day.',
      confirm: burnQueries('latency'),
      causes: ["Another mix of tools or another set-up than the baseline's.", 'Drift: see McpLatencyDrift.'],
      now: ['Nothing tonight.'],
      later: ['State the set-up (`server:`) or measure a baseline of your own.'],
    }),
  ],
};
