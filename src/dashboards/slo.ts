import { thresholds } from '../rules/thresholds.ts';
import type { DashboardDeclaration, PanelDeclaration, Query, Steps } from './dashboard-model.ts';
import { byServer, of, SERVER } from './select.ts';

const { page, ticket } = thresholds.burn;
const BURN: Steps = [
  'green',
  [1, 'yellow'],
  [Math.min(...page.map(({ rate }) => rate)), 'orange'],
  [Math.max(...page.map(({ rate }) => rate)), 'red'],
];
const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];
const LEFT: Steps = ['red', [0, 'orange'], [0.25, 'yellow'], [0.5, 'green']];

interface Budget {
  readonly name: string;
  readonly good: string;
  readonly burn: string;
  readonly objective: string;
  readonly bad: string;
  readonly all: string;
  readonly alert: string;
}

const budgets: readonly Budget[] = [
  {
    name: 'error',
    good: 'answered without a fault of the server',
    burn: 'job_instance:mcp_error_budget:burnrate',
    objective: 'job_instance:mcp_availability_objective:ratio',
    bad: of('job_instance:mcp_errors:rate1h'),
    all: of('job_instance:mcp_requests:rate1h'),
    alert: 'McpErrorBudgetBurn',
  },
  {
    name: 'latency',
    good: 'answered within the P99 of the baseline',
    burn: 'job_instance:mcp_latency_budget:burnrate',
    objective: 'job_instance:mcp_latency_objective:ratio',
    bad: of('job_instance_percentile:mcp_slow_calls:rate1h', 'percentile="p99"'),
    all: of('job_instance_percentile:mcp_compared_calls:rate1h', 'percentile="p99"'),
    alert: 'McpLatencyBudgetBurn',
  },
];

const sumOver = (series: string): string => `sum by (job, instance) (sum_over_time(${series}[30d]))`;
const left = ({ bad, all, objective }: Budget): string =>
  `1 - (${sumOver(bad)} / on (job, instance) (${sumOver(all)} > 0)) / on (job, instance) (1 - ${byServer(of(objective))})`;

function row(budget: Budget): readonly PanelDeclaration[] {
  const { name, good, burn, objective, alert } = budget;
  return [
    {
      kind: 'bargauge',
      title: `What is left of the ${name} budget of 30 days`,
      description: `Good: green, more than half is left. What is left of the share of requests that may not be ${good}, over the last 30 days or as long as there are data. Negative: the promise is broken. Source: hourly means of the recorded rates.`,
      unit: 'percentunit',
      decimals: 1,
      min: 0,
      max: 1,
      thresholds: LEFT,
      queries: [{ expr: left(budget), name: SERVER }],
      link: { to: 'runbook', alert },
      width: 8,
      height: 8,
    },
    {
      kind: 'timeseries',
      title: `How fast the ${name} budget burns`,
      description: `Good: up to 1. Burn rates over 1 and 6 hours: 1 uses the budget up exactly in 30 days. Someone is woken at ${page.map(({ rate, long }) => `${rate} over ${long}`).join(' or ')}, a ticket is opened at ${ticket.map(({ rate, long }) => `${rate} over ${long}`).join(' or ')}.`,
      unit: 'none',
      decimals: 2,
      min: 0,
      queries: [
        { expr: byServer(of(`${burn}1h`)), name: `${SERVER} 1h` },
        { expr: byServer(of(`${burn}6h`)), name: `${SERVER} 6h` },
        { expr: 'vector(1)', name: 'as much as it may', role: 'reference' },
        ...page.map(({ rate, long }): Query => ({
          expr: `vector(${rate})`,
          name: `pages over ${long}`,
          role: 'limit',
        })),
      ],
      link: { to: 'runbook', alert },
      width: 16,
      height: 8,
    },
    {
      kind: 'table',
      title: `Burn rate of the ${name} budget over every window`,
      description: `Good: all up to 1. Burn rate by window. Short windows high: it goes on; long ones alone: it is over. Beside it the objective: the share of requests that must be ${good}.`,
      unit: 'none',
      decimals: 2,
      thresholds: BURN,
      queries: [
        { expr: byServer(of(objective)), name: 'Objective', unit: 'percentunit', thresholds: ['text'] },
        ...WINDOWS.map((window): Query => ({
          expr: byServer(of(`${burn}${window}`)),
          name: window,
          thresholds: BURN,
        })),
      ],
      labels: [
        ['instance', 'Server'],
        ['job', 'Job'],
      ],
      sortBy: '1h',
      link: { to: 'runbook', alert: `${alert}Slow` },
      width: 24,
      height: 5,
    },
  ];
}

/** Budgets and burn rates. */
export const slo: DashboardDeclaration = {
  uid: 'mcp-slo',
  title: 'MCP / SLO',
  description: 'Budgets of errors and of slow calls over 30 days, and how fast they burn.',
  questions: [
    'How much of the month’s budget is left?',
    'Does it burn now, or is that over?',
    'Which server burns it?',
  ],
  variables: [],
  from: 'now-7d',
  rows: budgets.map((budget) => ({
    title: `Requests ${budget.good}`,
    panels: row(budget),
  })),
};
