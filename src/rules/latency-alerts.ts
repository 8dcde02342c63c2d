import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const { slowShare, leastRate } = thresholds;
const percent = (ratio: number) => `${Number((ratio * 100).toFixed(2))} %`;

const share = (window: string, percentile: string): string => {
  const over = (series: string) =>
    window === ''
      ? `job_instance_percentile:${series}:rate5m{percentile="${percentile}"}`
      : `avg_over_time(job_instance_percentile:${series}:rate5m{percentile="${percentile}"}[${window}])`;
  return `(${over('mcp_slow_calls')} / ${over('mcp_compared_calls')})`;
};

const enough = (window: string, rate: number): string =>
  window === ''
    ? `job_instance:mcp_calls:rate5m > ${rate}`
    : `avg_over_time(job_instance:mcp_calls:rate5m[${window}]) > ${rate}`;

const slowTools = {
  query:
    'topk(5, job_instance_tool:mcp_slow_calls:rate5m{job="$job",instance="$instance"} / job_instance_tool:mcp_calls:rate5m)',
  shows: 'which tools are slow: the share of their calls beyond their own P99',
};

const database = {
  query:
    'histogram_quantile(0.99, sum by (le, query_type) (rate(database_query_duration_seconds_bucket{job="$job",instance="$instance"}[5m])))',
  shows: 'whether the database is slow with it',
};

const load = {
  query:
    'job_instance:mcp_requests:rate5m{job="$job",instance="$instance"} or mcp_process_cpu_ratio{job="$job",instance="$instance"}',
  shows: 'whether load or CPU rose before the latency did',
};

/** Calls that take longer than the baseline says. */
export const latencyAlerts: AlertGroup = {
  name: 'latency',
  dashboard: 'mcp-tools',
  interval: '30s',
  title: 'Latency',
  about:
    'Shares of calls slower than a percentile of the baseline, which are exact to the call whatever the buckets are: 1 % of calls may be slower than the P99.',
  alerts: [
    {
      alert: 'McpLatencyFarAboveBaseline',
      severity: 'critical',
      area: 'latency',
      when: `more than ${percent(slowShare.criticalP99)} of tool calls are slower than the P99 of the baseline, over 5 minutes and over 15, at ${leastRate.fast} calls a second or more`,
      expr: (w) =>
        `(${share('', 'p99')} > ${slowShare.criticalP99} and ${share(w('15m'), 'p99')} > ${slowShare.criticalP99}) and on (job, instance) (${enough('', leastRate.fast)})`,
      for: '2m',
      keepFiringFor: '10m',
      summary: `Tool calls of ${SERVER} are far slower than its baseline.`,
      description: `${value('percentage')} of calls take longer than the P99 baseline of ${also('mcp_baseline_latency_seconds', 'duration', { labels: `tool='',percentile='p99'`, otherwise: '280ms' })} (of the tools with one of their own, longer than theirs); 1 % is expected.`,
      inhibits: [
        'McpLatencyAboveBaseline',
        'McpToolLatencyAboveBaseline',
        'McpLatencyBudgetBurn',
        'McpLatencyBudgetBurnSlow',
        'McpLatencyDrift',
        'McpSpikeNotRecovered',
        'McpThroughputBelowDemand',
      ],
      runbook: {
        meaning:
          'Clients wait. Agents that call the tools time out (60 s by default in the official SDKs), retry, and make the load worse.',
        confirm: [slowTools, database, load],
        causes: [
          'A dependency of one tool: an external API, a query without its index, a lock.',
          'The connection pool is empty and calls wait for a connection: a pool of 20 instead of 100 takes P99 from 280 to 680 ms.',
          'The cache is cold or gone: without it the document measured a P99 of 850 ms.',
          'More load than the workers can take: with more workers than CPUs P99 rises again (8 workers 380 ms, 16 workers 520 ms on 4 vCPUs).',
          'A spike. Look whether McpTrafficSpike fires as well; then it should be over 145 s after the spike.',
        ],
        now: [
          'One tool only: switch it off or open its circuit breaker; the others get their connections and workers back.',
          'Pool full: look for sessions in `idle in transaction` and end them; then raise the pool towards 25 connections a worker.',
          'CPU above 85 %: add instances. Up to 8 the document keeps 95 % of their throughput.',
          'After a deployment: roll back.',
        ],
        later: [
          'Give the slow tool a baseline of its own if its work really takes that long (`baseline.file`).',
          'Put a time-out and a circuit breaker around every external call.',
          'Look for N+1 queries: the document found a factor of 45 in one.',
        ],
      },
    },
    {
      alert: 'McpLatencyAboveBaseline',
      severity: 'warning',
      area: 'latency',
      when: `more calls than ${Object.entries(slowShare.warning)
        .map(([name, ratio]) => `${percent(ratio)} beyond ${name.toUpperCase()}`)
        .join(
          ', ',
        )} of the baseline, over 5 minutes and over 1 hour, at ${leastRate.slow} calls a second or more`,
      expr: (w) =>
        Object.entries(slowShare.warning)
          .map(
            ([percentile, ratio]) =>
              `((${share('', percentile)} > ${ratio} and ${share(w('1h'), percentile)} > ${ratio}) and on (job, instance) (${enough(w('1h'), leastRate.slow)}))`,
          )
          .join(' or '),
      for: '10m',
      keepFiringFor: '15m',
      summary: `Tool calls of ${SERVER} are slower than its baseline.`,
      description: `${value('percentage')} of calls take longer than the {{ $labels.percentile }} baseline of ${also('mcp_baseline_latency_seconds', 'duration', { labels: `tool='',percentile=%q`, from: ['percentile'], otherwise: 'the document' })}; expected are 50 % beyond p50, 5 % beyond p95, 1 % beyond p99, 0.1 % beyond p99.9.`,
      inhibits: ['McpToolLatencyAboveBaseline', 'McpLatencyBudgetBurnSlow'],
      runbook: {
        meaning:
          'The server is slower than it should be, not so much that users give up. `percentile` says which part: p50 is everything, p99.9 the odd call.',
        confirm: [slowTools, database, load],
        causes: [
          'All percentiles at once: less CPU than before, a slower network, a cache that hits less.',
          'p99 and p99.9 alone: locks, garbage collection, a pool that runs full for moments.',
          "Another mix of tools: the document's sustained test, with 10 % of complex calls, has 13 % beyond p95 and is healthy.",
        ],
        now: ['Nothing tonight. If it rises, McpLatencyFarAboveBaseline pages.'],
        later: [
          'Compare with the last deployments on the dashboard.',
          'Where the mix or the set-up differs from the standard one, state it (`server:`) or measure a baseline of your own.',
        ],
      },
    },
  ],
};
