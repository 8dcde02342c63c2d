import { PERCENTILES } from '../model/baseline.ts';
import { thresholds } from '../rules/thresholds.ts';
import { documentTables } from '../baselines/document-tables.ts';
import type { Steps, Unit } from './dashboard-model.ts';
import { byServer, of, quantile } from './select.ts';

/** One row of the document's table of baseline results: how it is measured live, and what it is held against. */
export interface BaselineRow {
  readonly name: string;
  readonly unit: Unit;
  /** By server, as the two below. */
  readonly live: string;
  readonly baseline: string;
  /** 1 is exactly the baseline. */
  readonly ratio: string;
  readonly steps: Steps;
  /** Whether the server to look at is the one with the least ratio instead of the greatest. */
  readonly worstIsLeast?: true;
  readonly description: string;
  /** The alert that tells what to do when it is far off. */
  readonly alert: string;
}

const over = (live: string, baseline: string): string => `${live} / on (job, instance) ${baseline}`;

function plain(row: Omit<BaselineRow, 'ratio'>): BaselineRow {
  return { ...row, ratio: over(row.live, row.baseline) };
}

/** Share of calls that a percentile lets be slower than it. */
const ALLOWED: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.05, p99: 0.01, 'p99.9': 0.001 };
const QUANTILE: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99, 'p99.9': 0.999 };

/**
 * Percentiles of a mix of tools cannot be compared with those of one; calls that were slower than their own
 * tool's baseline can be counted, exactly.
 */
function percentileRow(percentile: string): BaselineRow {
  const allowed = ALLOWED[percentile] ?? 0.01;
  const label = `percentile="${percentile}"`;
  const slow = of('job_instance_percentile:mcp_slow_calls:rate5m', label);
  const compared = of('job_instance_percentile:mcp_compared_calls:rate5m', label);
  const warning = (thresholds.slowShare.warning[percentile] ?? allowed) / allowed;
  const steps: Steps =
    percentile === 'p99'
      ? ['green', [1, 'yellow'], [warning, 'orange'], [thresholds.slowShare.criticalP99 / allowed, 'red']]
      : ['green', [1, 'yellow'], [warning, 'orange']];
  const name = percentile.toUpperCase();
  return {
    name: `${name} latency`,
    unit: 's',
    live: byServer(
      quantile(QUANTILE[percentile] ?? 0.99, 'mcp_server_operation_duration_seconds', {
        by: ['job', 'instance'],
        matchers: 'mcp_method_name="tools/call"',
      }),
    ),
    baseline: byServer(of('mcp_baseline_latency_seconds', `tool="",${label}`)),
    ratio: `${byServer(slow)} / on (job, instance) (${byServer(compared)} > 0) / ${allowed}`,
    steps,
    description: `Good: a ratio up to 1. The ratio is of calls, not of times: the share of tool calls slower than the ${name} of their own tool's baseline (mcp_requests_over_baseline_total, exact), divided by the ${allowed * 100} % that are allowed. Beside it the ${name} of all tools together, estimated from the buckets of mcp_server_operation_duration_seconds, and the baseline's ${name} of a simple tool. Alerts begin at ${warning} times.`,
    alert: 'McpLatencyAboveBaseline',
  };
}

const { errorRatio } = thresholds;
const { results } = documentTables;
const pool = { warning: 1.2, full: thresholds.poolRatio / results.poolRatio };

/** All ten rows of the document's table, in its order. */
export const baselineRows: readonly BaselineRow[] = [
  plain({
    name: 'Throughput',
    unit: 'reqps',
    live: byServer(of('job_instance:mcp_requests:rate5m')),
    baseline: byServer(of('job_instance:mcp_baseline_throughput:rate')),
    steps: ['green', [thresholds.tier.near, 'yellow'], [1, 'orange']],
    description:
      'Good: below 1, with room for a peak. Requests a second over 5 minutes beside what the baseline reached at full load: 1 means that the server does all that the benchmark says it can. A low ratio is no fault, only little demand.',
    alert: 'McpTierLimitNear',
  }),
  ...PERCENTILES.map(({ label }) => percentileRow(label)),
  plain({
    name: 'Errors',
    unit: 'percentunit',
    live: `${byServer(of('job_instance:mcp_errors:rate5m'))} / on (job, instance) (${byServer(of('job_instance:mcp_requests:rate5m'))} > 0)`,
    baseline: byServer(of('job_instance:mcp_baseline_error:ratio')),
    steps: [
      'green',
      [2, 'yellow'],
      [errorRatio.timesBaseline, 'orange'],
      [errorRatio.critical / results.errorRatio, 'red'],
    ],
    description: `Good: around 1, which is ${results.errorRatio * 100} % by the document. Share of requests that failed by the server's fault over 5 minutes. A ticket is opened at ${errorRatio.timesBaseline} times the baseline, someone is woken at ${errorRatio.critical * 100} % of all requests.`,
    alert: 'McpErrorsAboveBaseline',
  }),
  plain({
    name: 'CPU',
    unit: 'percentunit',
    live: byServer(of('mcp_process_cpu_ratio')),
    baseline: byServer(of('mcp_baseline_cpu_ratio')),
    steps: ['green', [1, 'yellow'], [0.9 / results.cpuRatio, 'orange']],
    description:
      'Good: below 1. Share of its CPUs that the server and its children use (sources.process), beside what the baseline used at full load. Absent without the process source.',
    alert: 'McpCpuAboveBaseline',
  }),
  plain({
    name: 'Memory',
    unit: 'bytes',
    live: byServer(of('job_instance:mcp_memory:bytes')),
    baseline: byServer(of('mcp_baseline_memory_bytes')),
    steps: ['green', [1.2, 'yellow'], [2, 'orange']],
    description:
      'Good: around 1 or below and level. Memory of the server and its children (sources.process). What grows is judged by the leak detectors, not by this ratio.',
    alert: 'McpMemoryAboveBaseline',
  }),
  plain({
    name: 'Connection pool',
    unit: 'percentunit',
    live: byServer(of('connection_pool_usage')),
    baseline: byServer(of('mcp_baseline_pool_ratio')),
    steps: ['green', [pool.warning, 'yellow'], [pool.full, 'red']],
    description: `Good: around 1. Share of the fullest connection pool that is in use; the document's server used 45 of 100. At ${thresholds.poolRatio * 100} % calls will soon wait for a connection.`,
    alert: 'McpPoolNearlyExhausted',
  }),
  {
    name: 'Cache hits',
    unit: 'percentunit',
    live: `min by (job, instance) (${of('cache_hit_rate', 'cache_type!="postgres"')})`,
    baseline: byServer(of('mcp_baseline_cache_hit_ratio')),
    ratio: over(
      `min by (job, instance) (${of('cache_hit_rate', 'cache_type!="postgres"')})`,
      byServer(of('mcp_baseline_cache_hit_ratio')),
    ),
    steps: ['orange', [0.85, 'yellow'], [1, 'green']],
    worstIsLeast: true,
    description:
      'Good: 1 or above. Share of lookups that hit, of the cache that hits least. Below 0.85 times the baseline a ticket is opened: the database does what the cache should.',
    alert: 'McpCacheHitRateLow',
  },
];
