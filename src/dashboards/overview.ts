import { thresholds } from '../rules/thresholds.ts';
import { baselineRows, type BaselineRow } from './baseline-rows.ts';
import type { DashboardDeclaration, PanelDeclaration, Query } from './dashboard-model.ts';
import { alertsThatFire, byServer, of, ofSidecars, SERVER } from './select.ts';
import { probeStates, verdicts } from './shared-panels.ts';

/** Live value, baseline and ratio of the server that is worst in it. */
function compared(row: BaselineRow, index: number): PanelDeclaration {
  const worst = `${row.worstIsLeast ? 'bottomk' : 'topk'}(1, ${row.ratio})`;
  return {
    kind: 'stat',
    layout: 'vertical',
    title: `${row.name} vs baseline`,
    description: `${row.description} Of several servers the one with the worst ratio is shown.`,
    unit: row.unit,
    queries: [
      { expr: `${row.live} and on (job, instance) ${worst}`, name: 'live', thresholds: ['text'] },
      { expr: `${row.baseline} and on (job, instance) ${worst}`, name: 'baseline', thresholds: ['text'] },
      { expr: worst, name: 'ratio', unit: 'none', decimals: 2, thresholds: row.steps },
    ],
    link: { to: 'runbook', alert: row.alert },
    nothing: 'no data',
    // Two lines of five fill the 24 columns.
    width: index % 5 === 0 ? 4 : 5,
    height: 6,
  };
}

const firing = (severity: string) => `count(${alertsThatFire(`severity="${severity}"`)}) or vector(0)`;

const attention: readonly PanelDeclaration[] = [
  {
    kind: 'stat',
    title: 'Alerts that fire, by urgency',
    description:
      'Good: all 0. Alerts that fire for the chosen servers: pages (critical), tickets (warning), and what is only seen (info). Source: the alerts of mcp-vitals, as Prometheus keeps them in ALERTS.',
    unit: 'none',
    queries: [
      { expr: firing('critical'), name: 'pages', thresholds: ['green', [1, 'red']] },
      { expr: firing('warning'), name: 'tickets', thresholds: ['green', [1, 'orange']] },
      { expr: firing('info'), name: 'infos', thresholds: ['green', [1, 'blue']] },
    ],
    link: { to: 'runbook', alert: 'McpErrorRatioHigh' },
    width: 5,
    height: 4,
  },
  {
    kind: 'stat',
    title: 'Sidecars that answer',
    description:
      'Good: none down. A sidecar that is down is a server unwatched, not a server down. Source: up.',
    unit: 'none',
    queries: [
      { expr: `count(${ofSidecars('up')} == 1) or vector(0)`, name: 'up' },
      {
        expr: `count(${ofSidecars('up')} == 0) or vector(0)`,
        name: 'down',
        thresholds: ['green', [1, 'red']],
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-sidecar' },
    width: 4,
    height: 4,
  },
  {
    kind: 'stat',
    title: 'Probes by their last run',
    description: 'Good: none failed. Probes whose last run succeeded or failed. Source: probe_success.',
    unit: 'none',
    queries: [
      { expr: `count(${of('probe_success')} == 1) or vector(0)`, name: 'succeeded' },
      {
        expr: `count(${of('probe_success')} == 0) or vector(0)`,
        name: 'failed',
        thresholds: ['green', [1, 'red']],
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-probes' },
    width: 4,
    height: 4,
  },
  {
    kind: 'stat',
    title: 'Verdicts on leaks',
    description:
      'Good: all 0. Series of which a detector says that they will reach their limit: at some time (ticket), or within 72 hours (urgent). Source: mcp_detector_state.',
    unit: 'none',
    queries: [
      {
        expr: `count(${of('mcp_detector_state')} == 2) or vector(0)`,
        name: 'tickets',
        thresholds: ['green', [1, 'orange']],
      },
      {
        expr: `count(${of('mcp_detector_state')} > 2) or vector(0)`,
        name: 'urgent',
        thresholds: ['green', [1, 'red']],
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-leaks' },
    width: 4,
    height: 4,
  },
  {
    kind: 'stat',
    title: 'Fullest resource of a tier',
    description: `Good: below ${thresholds.tier.near * 100} %. The resource of which the most is used, as a share of what the server's hardware tier allows. Absent where no tier is stated (server.tier). Source: job_instance_resource:mcp_tier_usage:ratio.`,
    unit: 'percentunit',
    decimals: 0,
    queries: [
      {
        expr: `topk(1, ${of('job_instance_resource:mcp_tier_usage:ratio')})`,
        name: '{{resource}}',
        thresholds: ['green', [thresholds.tier.near, 'yellow'], [thresholds.tier.reached, 'red']],
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-capacity' },
    nothing: 'no tier stated',
    width: 4,
    height: 4,
  },
  {
    kind: 'stat',
    title: 'Burn rates, 1 h',
    description:
      'Good: up to 1, at which the budget of 30 days lasts 30 days. Burn rates over the last hour of the server that burns fastest. Source: job_instance:mcp_error_budget:burnrate1h and its twin for latency.',
    unit: 'none',
    decimals: 2,
    queries: [
      {
        expr: `max(${of('job_instance:mcp_error_budget:burnrate1h')})`,
        name: 'errors',
        thresholds: ['green', [1, 'yellow'], [6, 'orange'], [14.4, 'red']],
      },
      {
        expr: `max(${of('job_instance:mcp_latency_budget:burnrate1h')})`,
        name: 'latency',
        thresholds: ['green', [1, 'yellow'], [6, 'orange'], [14.4, 'red']],
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-slo' },
    width: 3,
    height: 4,
  },
  {
    kind: 'table',
    title: 'Alerts that fire now, and where',
    description:
      'Good: nothing here. What each alert means and what to do now stands in the runbook. Source: ALERTS of Prometheus.',
    unit: 'none',
    queries: [{ expr: alertsThatFire('severity!="none"'), name: 'Firing' }],
    labels: [
      ['alertname', 'Alert'],
      ['severity', 'Severity'],
      ['area', 'Area'],
      ['instance', 'Server'],
      ['job', 'Job'],
    ],
    onlyLabels: true,
    sortBy: 'Severity',
    ascending: true,
    link: { to: 'runbook', alert: 'McpErrorRatioHigh' },
    nothing: 'nothing fires',
    width: 24,
    height: 8,
  },
];

const matrix: PanelDeclaration = {
  kind: 'table',
  title: 'Every server against its baseline, as ratios',
  description:
    'Good: no coloured cell but green. One row for each server, with its requests a second now; each other figure is the ratio of the panels above, where 1 is the baseline: for latencies the share of slow calls over the allowed one. Empty where nothing measures it.',
  unit: 'none',
  decimals: 2,
  queries: [
    {
      expr: `max by (job, instance, exported_instance) (${of('requests_per_second')})`,
      name: 'Requests',
      unit: 'reqps',
      decimals: 1,
    },
    ...baselineRows.map(({ name, ratio, steps }): Query => ({
      expr: ratio,
      name: name.replace(' latency', ''),
      thresholds: steps,
    })),
  ],
  labels: [
    ['exported_instance', 'Server'],
    ['instance', 'Instance'],
    ['job', 'Job'],
  ],
  sortBy: 'Errors',
  link: { to: 'dashboard', uid: 'mcp-tools' },
  width: 24,
  height: 6,
};

const slow = of('job_instance_percentile:mcp_slow_calls:rate5m', 'percentile="p99"');
const comparedCalls = of('job_instance_percentile:mcp_compared_calls:rate5m', 'percentile="p99"');

const trends: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Requests a second, beside what the baseline reached',
    description:
      'Good: below the dashed line, with room. MCP requests a second over 5 minutes, and the throughput of the baseline in force for each server.',
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: byServer(of('job_instance:mcp_requests:rate5m')), name: SERVER },
      {
        expr: `max(${of('job_instance:mcp_baseline_throughput:rate')})`,
        name: 'baseline',
        role: 'reference',
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-capacity' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Calls slower than the P99 of their baseline (1 % may be)',
    description:
      'Good: below the dashed line. Share of tool calls that were slower than their own tool’s P99 baseline; by definition 1 % may be. A ticket is opened at 5 %, someone is woken at 10 %. Source: mcp_requests_over_baseline_total, exact whatever the buckets.',
    unit: 'percentunit',
    min: 0,
    queries: [
      { expr: `${byServer(slow)} / on (job, instance) (${byServer(comparedCalls)} > 0)`, name: SERVER },
      { expr: 'vector(0.01)', name: 'allowed', role: 'reference' },
      { expr: `vector(${thresholds.slowShare.criticalP99})`, name: 'pages', role: 'limit' },
    ],
    link: { to: 'dashboard', uid: 'mcp-tools' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Share of failed requests, beside the baseline',
    description:
      'Good: around the dashed line. Share of requests that failed by the server’s fault over 5 minutes, beside the error ratio of the baseline and what wakes someone.',
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: `${byServer(of('job_instance:mcp_errors:rate5m'))} / on (job, instance) (${byServer(of('job_instance:mcp_requests:rate5m'))} > 0)`,
        name: SERVER,
      },
      { expr: `max(${of('job_instance:mcp_baseline_error:ratio')})`, name: 'baseline', role: 'reference' },
      { expr: `vector(${thresholds.errorRatio.critical})`, name: 'pages', role: 'limit' },
    ],
    link: { to: 'runbook', alert: 'McpErrorRatioHigh' },
    width: 8,
    height: 8,
  },
];

/** The home of the person on call. */
export const overview: DashboardDeclaration = {
  uid: 'mcp-overview',
  title: 'MCP / Overview',
  description: 'Whether the servers are healthy against their benchmark, and where it hurts.',
  questions: [
    'Is anything wrong now, and did it page?',
    'How far is each figure of the benchmark’s baseline table from its live value?',
    'Which of many servers is the bad one?',
    'Do probes, detectors, budgets or the tier say something that the traffic does not?',
  ],
  variables: [],
  from: 'now-1h',
  rows: [
    { title: 'What needs attention', panels: attention },
    { title: 'Live against the baseline, row by row', panels: baselineRows.map(compared) },
    { title: 'Every server', panels: [matrix] },
    { title: 'Over time', panels: [...trends, probeStates, verdicts] },
  ],
};
