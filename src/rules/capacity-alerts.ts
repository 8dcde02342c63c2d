import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const { near, reached } = thresholds.tier;
const percent = (ratio: number) => `${ratio * 100} %`;
const usage = 'job_instance_resource:mcp_tier_usage:ratio';

const fits = `The tier that fits the present demand is ${also('job_instance:mcp_fitting_tier:number', 'count')} (1 small, 2 medium, 3 large, 4 enterprise).`;
const limit = also('mcp_tier_limit', 'number', { labels: 'resource=%q', from: ['resource'] });

const usages = {
  query: 'job_instance_resource:mcp_tier_usage:ratio{job="$job",instance="$instance"}',
  shows: 'the share of the tier in use, by resource',
};
const tier = {
  query: 'mcp_tier_info{job="$job",instance="$instance"}',
  shows: 'the tier that was stated',
};

/** How near a server is to the limits of its tier, and how well a fleet scales. */
export const capacityAlerts: AlertGroup = {
  name: 'capacity',
  dashboard: 'mcp-capacity',
  interval: '1m',
  title: 'Capacity',
  about:
    'Limits of the hardware tier that was stated (`server.tier`); without one there are no such series. Tickets: what a full server does to its users, other alerts page.',
  alerts: [
    {
      alert: 'McpTierLimitNear',
      severity: 'info',
      area: 'capacity',
      when: `requests, sessions, memory, bandwidth or CPUs are above ${percent(near)} of the tier's limit, over 10 minutes`,
      expr: (w) => `avg_over_time(${usage}[${w('10m')}]) > ${near}`,
      for: '10m',
      keepFiringFor: '30m',
      summary: `${SERVER} comes near the limit of its tier in {{ $labels.resource }}.`,
      description: `${value('percentage')} of the limit of ${limit} are in use. ${fits}`,
      inhibits: [],
      runbook: {
        meaning: 'There is room, but not for a bad day.',
        confirm: [usages, tier],
        causes: ['Demand grows.', 'A leak, if it is memory or sessions.'],
        now: ['Nothing.'],
        later: ['Plan the next tier or another instance: docs/baselines.md has what each brings.'],
      },
    },
    {
      alert: 'McpTierLimitReached',
      severity: 'warning',
      area: 'capacity',
      when: `requests, sessions, memory, bandwidth or CPUs are above ${percent(reached)} of the tier's limit, over 10 minutes`,
      expr: (w) => `avg_over_time(${usage}[${w('10m')}]) > ${reached}`,
      for: '5m',
      keepFiringFor: '30m',
      summary: `${SERVER} reached the limit of its tier in {{ $labels.resource }}.`,
      description: `${value('percentage')} of the limit of ${limit} are in use. ${fits}`,
      inhibits: ['McpTierLimitNear'],
      runbook: {
        meaning:
          'By the document a server of this tier can do no more. More demand means slower answers and errors.',
        confirm: [
          usages,
          tier,
          {
            query: 'job_instance:mcp_fitting_tier:number{job="$job",instance="$instance"}',
            shows: 'the tier that fits',
          },
        ],
        causes: [
          'Demand has outgrown the tier.',
          'Sessions that clients leave open (memory and sessions together): see McpSessionLeak.',
        ],
        now: ['If latency or errors fire as well: add an instance.'],
        later: [
          'Up to 1,000 requests a second a larger server is cheaper to run, beyond it more of them: two instances give 1,680, sixteen 12,400.',
          'If the hardware is larger than the tier says, state the right one.',
        ],
      },
    },
    {
      alert: 'McpScalingEfficiencyLow',
      severity: 'warning',
      area: 'capacity',
      when: "the servers of a job are busy (CPU above the baseline) and together serve less than 90 % of what the document's curve says for their number",
      expr: (w) =>
        `avg_over_time(job:mcp_scaling_efficiency:ratio[${w('15m')}]) < 0.9 * job:mcp_scaling_expected:ratio and job:mcp_servers:count > 1 and on (job) avg by (job) (avg_over_time(mcp_process_cpu_ratio[${w('15m')}])) > on (job) max by (job) (mcp_baseline_cpu_ratio)`,
      for: '15m',
      keepFiringFor: '30m',
      summary: 'The servers of the job {{ $labels.job }} scale badly.',
      description: `They serve ${value('percentage')} of what as many times one server would, where the document has {{ with printf "job:mcp_scaling_expected:ratio{job=%q}" $labels.job | query }}{{ . | first | value | humanizePercentage }}{{ end }} for {{ with printf "job:mcp_servers:count{job=%q}" $labels.job | query }}{{ . | first | value | printf "%.0f" }}{{ end }} instances.`,
      inhibits: [],
      runbook: {
        meaning: 'Something shared holds all of them back; more instances cost money and bring little.',
        confirm: [
          {
            query:
              'job:mcp_scaling_efficiency:ratio{job="$job"} or job:mcp_scaling_expected:ratio{job="$job"}',
            shows: 'what is reached and what the document reached',
          },
          {
            query: 'max by (instance) (mcp_process_cpu_ratio{job="$job"})',
            shows: 'whether the load is spread evenly',
          },
        ],
        causes: [
          'A shared database: its CPU, its connections.',
          'Sticky sessions: few servers do most of the work. The document has session affinity off.',
          'The load balancer or the network.',
        ],
        now: ['Nothing tonight.'],
        later: ['Read replicas, a larger database, least-connections balancing.'],
      },
    },
    {
      alert: 'McpHpaAtMaximum',
      severity: 'warning',
      area: 'capacity',
      when: 'a HorizontalPodAutoscaler whose name has `mcp` in it runs its most replicas for 15 minutes (needs kube-state-metrics)',
      expr: () =>
        'max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{horizontalpodautoscaler=~".*mcp.*"}) >= on (namespace, horizontalpodautoscaler) max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas) > 1',
      for: '15m',
      keepFiringFor: '15m',
      summary:
        'The autoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum.',
      description: `It runs ${value('count')} replicas, its most; the document has 2 to 20, and 7 for 3,000 requests a second.`,
      inhibits: [],
      runbook: {
        meaning: 'More load will not bring more servers.',
        confirm: [
          { query: 'kube_horizontalpodautoscaler_status_current_replicas', shows: 'replicas by autoscaler' },
          {
            query: 'job:mcp_requests:rate5m',
            shows: 'whether the load asks for them: 750 requests a second each',
          },
        ],
        causes: [
          'Real demand.',
          'A target that is never reached: memory that leaks never goes below 80 %.',
          'Servers that scale badly.',
        ],
        now: ['If latency fires: raise maxReplicas, if the database has connections for them.'],
        later: ['Scale by requests_per_second beside CPU.'],
      },
    },
  ],
};
