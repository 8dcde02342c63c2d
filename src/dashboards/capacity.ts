import { documentTables } from '../baselines/document-tables.ts';
import { thresholds } from '../rules/thresholds.ts';
import type { DashboardDeclaration, PanelDeclaration } from './dashboard-model.ts';
import { documentCurve, documentFigures } from './document-curve.ts';
import { byServer, of, SERVER } from './select.ts';

const { autoscaling, horizontal, network, tiers, vertical } = documentTables;
const RATE = of('job_instance:mcp_requests:rate5m');
const byJob = (expr: string): string => `sum by (job) (${expr})`;
const servers = `count by (job) (${RATE})`;
const reached = `max by (job) (${of('job_instance:mcp_baseline_throughput:rate')})`;

const room: readonly PanelDeclaration[] = [
  {
    kind: 'bargauge',
    title: 'Use of each resource of the tier',
    description: `Good: green, below ${thresholds.tier.near * 100} %. Use of what the server's hardware tier allows, of the fullest server. Source: job_instance_resource:mcp_tier_usage:ratio, of mcp_tier_limit.`,
    unit: 'percentunit',
    min: 0,
    max: 1,
    thresholds: ['green', [thresholds.tier.near, 'yellow'], [thresholds.tier.reached, 'red']],
    queries: [
      {
        expr: `max by (resource) (${of('job_instance_resource:mcp_tier_usage:ratio')})`,
        name: '{{resource}}',
      },
    ],
    link: { to: 'runbook', alert: 'McpTierLimitNear' },
    nothing: 'no tier stated',
    width: 8,
    height: 8,
  },
  {
    kind: 'table',
    title: 'The tier that was stated, and the one that fits',
    description:
      'Good: the fitting tier is at most the stated one: 1 small, 2 medium, 3 large, 4 enterprise. The fitting one is that of the document for the present requests, sessions and memory. Source: mcp_tier_info, job_instance:mcp_fitting_tier:number.',
    unit: 'none',
    decimals: 0,
    queries: [
      {
        expr: `max by (job, instance, tier, name) (${of('mcp_tier_info')}) * 0 + on (job, instance) group_left () ${byServer(of('job_instance:mcp_fitting_tier:number'))}`,
        name: 'Fitting',
      },
    ],
    labels: [
      ['instance', 'Server'],
      ['job', 'Job'],
      ['tier', 'Stated'],
      ['name', 'Name'],
    ],
    link: { to: 'runbook', alert: 'McpTierLimitReached' },
    nothing: 'no tier stated',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Use of the tier over time',
    description:
      'Good: level over weeks. The same over time, of the fullest server; dashed is where a ticket is opened.',
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: `max by (resource) (${of('job_instance_resource:mcp_tier_usage:ratio')})`,
        name: '{{resource}}',
      },
      { expr: `vector(${thresholds.tier.reached})`, name: 'reached', role: 'limit' },
    ],
    link: { to: 'runbook', alert: 'McpTierLimitNear' },
    nothing: 'no tier stated',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Bandwidth, beside what the document plans with',
    description: `Good: near the dashed line, and far below the limit of the tier. Bits a second of requests and answers, beside the document's ${network.rows[0]?.requestKilobytes} KB and ${network.rows[0]?.responseKilobytes} KB at the same rate. Source: mcp_request_size_bytes, mcp_response_size_bytes.`,
    unit: 'bps',
    min: 0,
    queries: [
      { expr: byServer(of('job_instance:mcp_bandwidth:bits_rate5m')), name: SERVER },
      {
        expr: `(${documentCurve([[0, 0], ...network.rows.map((row): readonly [number, number] => [row.requestsPerSecond, row.megabitsPerSecond * 1e6])], byServer(RATE))})`,
        name: `${SERVER} document`,
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpTierLimitNear' },
    width: 12,
    height: 7,
  },
  {
    kind: 'timeseries',
    title: 'CPU and memory in use, beside where instances are added',
    description:
      'Good: below 70 % of CPU and 80 % of memory, where the document adds instances. Share of the CPUs and of the memory limit in use. Source: mcp_process_cpu_ratio, mcp_process_memory_bytes.',
    unit: 'percentunit',
    min: 0,
    queries: [
      { expr: byServer(of('mcp_process_cpu_ratio')), name: `${SERVER} CPU` },
      {
        expr: `${byServer(of('job_instance:mcp_memory:bytes'))} / on (job, instance) (${byServer(of('mcp_process_memory_limit_bytes'))} or ${byServer(of('mcp_tier_limit', 'resource="memory_bytes"'))})`,
        name: `${SERVER} memory`,
      },
      { expr: `vector(${autoscaling.cpuTargetRatio})`, name: 'CPU target', role: 'reference' },
      { expr: `vector(${autoscaling.memoryTargetRatio})`, name: 'memory target', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpCpuSaturated' },
    width: 12,
    height: 7,
  },
];

/** The document's instances for a load, of servers that reach another throughput than its own. */
const autoscaled = (load: string): string =>
  documentCurve(
    autoscaling.rows.map(({ requestsPerSecond, instances }) => [requestsPerSecond, instances]),
    load,
  );
const [one] = horizontal.rows;
const target = `(${autoscaling.requestsPerSecondTarget} / ${one?.throughputPerSecond ?? 850} * ${reached})`;
const hpa = (metric: string): string =>
  `max by (horizontalpodautoscaler) (${metric}{horizontalpodautoscaler=~"$hpa"})`;

const scaling: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Instances: running, needed, and the document’s',
    description: `Good: running at or a little above needed. Servers that are measured; how many the load needs at ${autoscaling.requestsPerSecondTarget} requests a second each, the document's target, moved to the baseline in force; and dashed what the document's auto-scaling test ran at this load.`,
    unit: 'none',
    min: 0,
    queries: [
      { expr: servers, name: '{{job}} running' },
      { expr: `clamp_min(ceil(${byJob(RATE)} / on (job) ${target}), 1)`, name: '{{job}} needed' },
      { expr: `ceil(${autoscaled(byJob(RATE))})`, name: '{{job}} document', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpTierLimitReached' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Scaling efficiency, beside the document’s curve',
    description:
      'Good: at full load near the dashed curve. Throughput of all servers of a job as a share of as many times the baseline; dashed is the document’s scaling efficiency for so many instances. With little demand it is rightly low.',
    unit: 'percentunit',
    min: 0,
    queries: [
      { expr: `${byJob(RATE)} / on (job) (${servers} * on (job) ${reached})`, name: '{{job}}' },
      {
        expr: documentCurve(
          horizontal.rows.map((row) => [row.instances, row.efficiencyRatio]),
          `(${servers})`,
        ),
        name: '{{job}} document',
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpScalingEfficiencyLow' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Replicas of the autoscaler',
    description:
      'Good: current follows desired, both below the maximum. Replicas of the HorizontalPodAutoscaler that the variable names. Source: kube-state-metrics; empty without Kubernetes.',
    unit: 'none',
    min: 0,
    queries: [
      {
        expr: hpa('kube_horizontalpodautoscaler_status_current_replicas'),
        name: '{{horizontalpodautoscaler}} current',
      },
      {
        expr: hpa('kube_horizontalpodautoscaler_status_desired_replicas'),
        name: '{{horizontalpodautoscaler}} desired',
      },
      {
        expr: hpa('kube_horizontalpodautoscaler_spec_max_replicas'),
        name: '{{horizontalpodautoscaler}} maximum',
        role: 'limit',
      },
    ],
    link: { to: 'runbook', alert: 'McpHpaAtMaximum' },
    nothing: 'no autoscaler is known',
    width: 8,
    height: 8,
  },
  {
    kind: 'table',
    title: 'What the document’s instances bring',
    description: 'What to expect of more instances: the document’s horizontal scaling.',
    unit: 'reqps',
    queries: [
      {
        expr: documentFigures(
          'instances',
          horizontal.rows.map((row) => [String(row.instances).padStart(2, ' '), row.throughputPerSecond]),
        ),
        name: 'Throughput',
      },
      {
        expr: documentFigures(
          'instances',
          horizontal.rows.map((row) => [String(row.instances).padStart(2, ' '), row.efficiencyRatio]),
        ),
        name: 'Efficiency',
        unit: 'percentunit',
        decimals: 1,
      },
      {
        expr: documentFigures(
          'instances',
          horizontal.rows.map((row) => [String(row.instances).padStart(2, ' '), row.p99Ms / 1000]),
        ),
        name: 'P99',
        unit: 's',
      },
      {
        expr: documentFigures(
          'instances',
          horizontal.rows.map((row) => [String(row.instances).padStart(2, ' '), row.costPerHour]),
        ),
        name: 'Cost an hour',
        unit: 'currencyUSD',
        decimals: 2,
      },
    ],
    labels: [['instances', 'Instances']],
    link: { to: 'runbook', alert: 'McpScalingEfficiencyLow' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'CPU at this load, beside the document’s auto-scaling test',
    description:
      'Good: at or below the dashed line. Mean share of CPU of the servers of a job, and what the document’s had at the same load.',
    unit: 'percentunit',
    min: 0,
    queries: [
      { expr: `avg by (job) (${of('mcp_process_cpu_ratio')})`, name: '{{job}}' },
      {
        expr: documentCurve(
          autoscaling.rows.map((row) => [row.requestsPerSecond, row.cpuRatio]),
          byJob(RATE),
        ),
        name: '{{job}} document',
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpCpuAboveBaseline' },
    width: 12,
    height: 8,
  },
];

/** Price of a server by its CPUs: the document's instances. */
const price = `(${documentCurve([[0, 0], ...vertical.rows.map((row): readonly [number, number] => [row.vcpus, row.costPerHour])], byServer(`${of('mcp_tier_limit', 'resource="vcpus"')} or ${of('mcp_process_cpu_limit_cores')}`))})`;
const perMillion = (costPerHour: number, perSecond: number): number =>
  (costPerHour / (perSecond * 3600)) * 1e6;
const size = ({ vcpus, memoryGib }: (typeof vertical.rows)[number]): string =>
  `${String(vcpus).padStart(2, ' ')} vCPUs, ${memoryGib} GB`;

const cost: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Cost of a million requests, beside that at full load',
    description:
      'Good: near the dashed line, which is the price at full load; idle servers make requests dear. Price an hour of the servers of a job, by the document’s price for so many CPUs, over the requests they serve. Source: mcp_tier_limit{resource="vcpus"}, or the CPUs that the process may use.',
    unit: 'currencyUSD',
    min: 0,
    logarithmic: true,
    queries: [
      { expr: `sum by (job) (${price}) / on (job) (${byJob(RATE)} > 0) / 3600 * 1e6`, name: '{{job}}' },
      {
        expr: `sum by (job) (${price}) / on (job) ${byJob(of('job_instance:mcp_baseline_throughput:rate'))} / 3600 * 1e6`,
        name: '{{job}} at full load',
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpTierLimitReached' },
    width: 12,
    height: 8,
  },
  {
    kind: 'stat',
    title: 'What the servers cost',
    description:
      'Price of all chosen servers by the document’s prices: an hour, and a month of 730 hours. A price of yours differs; the ratio between sizes seldom does.',
    unit: 'currencyUSD',
    decimals: 2,
    queries: [
      { expr: `sum(${price})`, name: 'an hour', thresholds: ['blue'] },
      { expr: `730 * sum(${price})`, name: 'a month', decimals: 0, thresholds: ['blue'] },
    ],
    link: { to: 'dashboard', uid: 'mcp-overview' },
    width: 4,
    height: 8,
  },
  {
    kind: 'table',
    title: 'Prices of the document’s sizes',
    description:
      'Throughput, P99 and price of the document’s sizes of one server. The price of a million requests is that of an hour over the throughput; the document’s own column is ten times it.',
    unit: 'currencyUSD',
    queries: [
      {
        expr: documentFigures(
          'size',
          vertical.rows.map((row) => [size(row), row.throughputPerSecond]),
        ),
        name: 'Throughput',
        unit: 'reqps',
      },
      {
        expr: documentFigures(
          'size',
          vertical.rows.map((row) => [size(row), row.costPerHour]),
        ),
        name: 'An hour',
        decimals: 2,
      },
      {
        expr: documentFigures(
          'size',
          vertical.rows.map((row) => [size(row), perMillion(row.costPerHour, row.throughputPerSecond)]),
        ),
        name: 'A million',
        decimals: 3,
      },
    ],
    labels: [['size', 'Size']],
    link: { to: 'runbook', alert: 'McpTierLimitReached' },
    width: 8,
    height: 8,
  },
];

/** Tier limits, scaling and cost. */
export const capacity: DashboardDeclaration = {
  uid: 'mcp-capacity',
  title: 'MCP / Capacity and cost',
  description: `How much of its tier (${tiers.rows.map(({ name }) => name).join(', ')}) each server uses, how the servers scale, and what a million requests cost.`,
  questions: [
    'Which resource runs out first, and when is it time for the next tier?',
    'How many instances does the present load need?',
    'Do more instances bring what the document says?',
    'What does a million requests cost?',
  ],
  variables: ['hpa'],
  from: 'now-24h',
  rows: [
    { title: 'Room in the tier', panels: room },
    { title: 'Scaling', panels: scaling },
    { title: 'Cost', panels: cost },
  ],
};
