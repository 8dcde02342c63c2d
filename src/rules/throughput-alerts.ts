import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const {
  throughputDecline,
  leastRate,
  spikeFactor,
  spikeLeastRate,
  slowShare,
  demand: demandLimits,
} = thresholds;

const demand = [
  {
    query:
      'job_instance:mcp_requests:rate5m{job="$job",instance="$instance"} or job_instance:mcp_in_flight:avg5m{job="$job",instance="$instance"}',
    shows:
      'requests a second, and how many wait: fewer answers while more wait is saturation, fewer of both low demand',
  },
  {
    query:
      'mcp_process_cpu_ratio{job="$job",instance="$instance"} or connection_pool_usage{job="$job",instance="$instance"}',
    shows: 'what is full',
  },
];

const unwell = `(job_instance:mcp_errors:rate1m / (job_instance:mcp_requests:rate1m > 0) > 0.01 or job_instance:mcp_slow_calls:rate1m / (job_instance:mcp_requests:rate1m > 0) > ${slowShare.toolP99})`;

/** Answers that come slower than the demand, and demand that jumps. */
export const throughputAlerts: AlertGroup = {
  name: 'throughput',
  dashboard: 'mcp-overview',
  interval: '30s',
  title: 'Throughput and spikes',
  about:
    'Saturation is told from low demand by what waits: a server with little to do has nothing in flight.',
  alerts: [
    {
      alert: 'McpThroughputBelowDemand',
      severity: 'critical',
      area: 'throughput',
      when: "less than 60 % of the last hour's requests a second are answered, while more than twice as many wait for their answer, and more than 5",
      expr: (w) =>
        `job_instance:mcp_requests:rate5m < ${demandLimits.answered} * avg_over_time(job_instance:mcp_requests:rate5m[${w('1h')}] offset ${w('10m')}) and on (job, instance) (job_instance:mcp_in_flight:avg5m > ${demandLimits.leastWaiting}) and on (job, instance) (job_instance:mcp_in_flight:avg5m > ${demandLimits.waiting} * avg_over_time(job_instance:mcp_in_flight:avg5m[${w('1h')}] offset ${w('10m')}))`,
      for: '3m',
      keepFiringFor: '5m',
      summary: `${SERVER} answers less than it is asked.`,
      description: `It answers ${value('rate')} requests a second while ${also('job_instance:mcp_in_flight:avg5m', 'count')} wait; in the hour before, the same demand was answered at once. Its baseline is ${also('job_instance:mcp_baseline_throughput:rate', 'rate', { otherwise: '850' })} a second.`,
      inhibits: ['McpThroughputDecline', 'McpLatencyAboveBaseline', 'McpToolLatencyAboveBaseline'],
      runbook: {
        meaning: 'Work piles up: the server is stuck or saturated, and every client waits longer and longer.',
        confirm: demand,
        causes: [
          'Everything waits for one thing: a lock, an empty pool, a dependency that hangs.',
          'A worker process died and was not replaced.',
          'The event loop is blocked by one long computation.',
        ],
        now: [
          'Pool full: end the sessions that hold connections. CPU full: add instances. Neither: take a profile or stack dump (`py-spy dump`, SIGUSR1), then restart.',
        ],
        later: ['A limit on concurrent calls, so that an overload is refused early instead of queued.'],
      },
    },
    {
      alert: 'McpThroughputDecline',
      severity: 'warning',
      area: 'throughput',
      when: `${Number((throughputDecline * 100).toFixed(1))} % fewer requests are answered than 24 hours ago (means of an hour), while no fewer wait`,
      expr: (w) =>
        `job_instance:mcp_requests:rate1h / (job_instance:mcp_requests:rate1h offset ${w('1d')} > ${leastRate.fast}) < ${1 - throughputDecline} and on (job, instance) (job_instance:mcp_in_flight:avg1h > 1) and on (job, instance) (job_instance:mcp_in_flight:avg1h >= job_instance:mcp_in_flight:avg1h offset ${w('1d')})`,
      for: '30m',
      keepFiringFor: '1h',
      summary: `${SERVER} gets less done than yesterday from as many clients.`,
      description: `Its throughput is ${value('percentage')} of that of 24 hours ago while as many requests wait; the document's endurance test lost 4.5 % in a day. Now ${also('job_instance:mcp_requests:rate1h', 'rate')} requests a second.`,
      inhibits: [],
      runbook: {
        meaning: 'Each request costs more than yesterday. Nobody has noticed yet.',
        confirm: demand,
        causes: ['Drift: memory, connections or data that grow.', 'A slower dependency.'],
        now: ['Nothing tonight.'],
        later: ['Look at McpLatencyDrift for the tool, and at the detectors for the leak.'],
      },
    },
    {
      alert: 'McpTrafficSpike',
      severity: 'info',
      area: 'throughput',
      when: `more than ${spikeFactor} times the requests of a while ago, and more than ${spikeLeastRate} a second`,
      expr: () => 'job_instance:mcp_requests:rate1m and job_instance:mcp_spike:bool == 1',
      for: '0s',
      keepFiringFor: '3m',
      summary: `The traffic of ${SERVER} jumped.`,
      description: `It takes ${value('rate')} requests a second, more than ${spikeFactor} times the rate of a while ago; its baseline is ${also('job_instance:mcp_baseline_throughput:rate', 'rate', { otherwise: '850' })}. In the document's spike test a server took 14 times its load and was well again after 145 s.`,
      inhibits: [],
      runbook: {
        meaning: 'A cause, not a symptom: it explains what else fires, and raises nothing by itself.',
        confirm: [
          { query: 'job_instance:mcp_requests:rate1m{job="$job",instance="$instance"}', shows: 'the spike' },
          {
            query: 'topk(5, job_instance_tool:mcp_calls:rate5m{job="$job",instance="$instance"})',
            shows: 'which tool is asked for',
          },
        ],
        causes: ['A batch job, a release, a client in a loop of retries.'],
        now: ['Nothing, while rate limits and breakers hold. If it goes on, add instances.'],
        later: ['Let the autoscaler look at requests_per_second: the document scales at 750 an instance.'],
      },
    },
    {
      alert: 'McpSpikeNotRecovered',
      severity: 'warning',
      area: 'throughput',
      when: `a spike is over for more than ${thresholds.recovery}, and still more than 1 % of requests fail or more than ${slowShare.toolP99 * 100} % of calls are slow`,
      expr: (w) =>
        `${unwell} and on (job, instance) (max_over_time(job_instance:mcp_spike:bool[${w('10m')}]) == 1) and on (job, instance) (max_over_time(job_instance:mcp_spike:bool[${w(thresholds.recovery)}]) == 0)`,
      for: '0s',
      keepFiringFor: '2m',
      summary: `${SERVER} has not recovered from a spike.`,
      description: `${value('percentage')} of its requests still fail or are slow, more than ${thresholds.recovery} after the spike; the document's server was well by then.`,
      inhibits: [],
      runbook: {
        meaning: 'The spike is over and the server is still ill: something did not come back.',
        confirm: [
          ...demand,
          {
            query: 'job_instance:mcp_in_flight:avg5m{job="$job",instance="$instance"}',
            shows: 'whether a backlog is still worked off',
          },
        ],
        causes: [
          'Connections that the spike opened are stuck: the document names the exhausted pool as its bottleneck.',
          'Clients retry all at once (a retry storm).',
          'A breaker that does not close again.',
        ],
        now: [
          'Pool full of idle-in-transaction sessions: end them. Retry storm: keep the rate limit low until it is over.',
        ],
        later: ['Retries with back-off and jitter in the clients; health checks of the pool.'],
      },
    },
  ],
};
