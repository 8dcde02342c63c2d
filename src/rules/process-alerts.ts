import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const cpu = {
  query:
    'mcp_process_cpu_ratio{job="$job",instance="$instance"} or mcp_process_cpu_cores{job="$job",instance="$instance"}',
  shows: 'the course of the CPU; the first is a share of what the process may use',
};
const memory = {
  query:
    'mcp_process_memory_bytes{job="$job",instance="$instance"} or mcp_process_memory_limit_bytes{job="$job",instance="$instance"}',
  shows: 'the course of the memory and its limit: a slope is a leak, a step a load or a cache',
};
const sessions = {
  query: 'mcp_sessions_active{job="$job",instance="$instance"}',
  shows: 'whether sessions grew with it',
};

/** What the server's process takes: processor, memory, files. */
export const processAlerts: AlertGroup = {
  name: 'process',
  dashboard: 'mcp-leaks',
  interval: '30s',
  title: "The server's process",
  about:
    'Causes, so tickets; only what ends the server within minutes pages. They need `sources.process`: without it there is no series and no alert.',
  alerts: [
    {
      alert: 'McpCpuAboveBaseline',
      severity: 'warning',
      area: 'process',
      when: 'the CPU is above 1.25 times the baseline (65 %) over 15 minutes',
      expr: (w) =>
        `avg_over_time(mcp_process_cpu_ratio[${w('15m')}]) > on (job, instance) group_left () ${thresholds.cpu.timesBaseline} * max by (job, instance) (mcp_baseline_cpu_ratio)`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `${SERVER} uses more CPU than its baseline.`,
      description: `${value('percentage')} of its CPUs over 15 minutes, where the baseline is ${also('mcp_baseline_cpu_ratio', 'percentage')} at ${also('job_instance:mcp_baseline_throughput:rate', 'rate', { otherwise: '850' })} requests a second. It serves ${also('job_instance:mcp_requests:rate5m', 'rate')}.`,
      inhibits: [],
      runbook: {
        meaning: 'Little room is left for a spike; above 85 % latency rises.',
        confirm: [
          cpu,
          {
            query: 'job_instance:mcp_requests:rate5m{job="$job",instance="$instance"}',
            shows: 'whether the load explains it',
          },
        ],
        causes: [
          'More load: then it is a question of capacity.',
          'The same load at a higher cost: a new release, a tool that computes (generate_report), a cache that misses, JSON of large answers.',
          'Garbage collection of a heap that is nearly full.',
        ],
        now: ['Nothing tonight, unless latency alerts fire: then add an instance.'],
        later: [
          'A profile (`py-spy record`, `node --cpu-prof`); MessagePack between services saves 60 % of the encoding.',
        ],
      },
    },
    {
      alert: 'McpCpuSaturated',
      severity: 'warning',
      area: 'process',
      when: 'the CPU is above 95 % of what the process may use over 10 minutes',
      expr: (w) => `avg_over_time(mcp_process_cpu_ratio[${w('10m')}]) > ${thresholds.cpu.saturated}`,
      for: '5m',
      keepFiringFor: '10m',
      summary: `${SERVER} uses all the CPU it may.`,
      description: `${value('percentage')} of its CPUs over 10 minutes, where the baseline is ${also('mcp_baseline_cpu_ratio', 'percentage', { otherwise: '65%' })}.`,
      inhibits: ['McpCpuAboveBaseline'],
      runbook: {
        meaning:
          'The server cannot do more; with a cgroup quota it is throttled, and everything slows in steps of 100 ms.',
        confirm: [cpu],
        causes: ['Load beyond capacity.', 'A busy loop: CPU without requests.'],
        now: ['With load: add instances. Without: a stack dump, then restart.'],
        later: ['See docs/baselines.md for the tier and the number of workers that the load asks for.'],
      },
    },
    {
      alert: 'McpMemoryAboveBaseline',
      severity: 'warning',
      area: 'process',
      when: 'the memory is above 1.3 times the baseline (2.1 GB) over 30 minutes',
      expr: (w) =>
        `avg_over_time(job_instance:mcp_memory:bytes[${w('30m')}]) > on (job, instance) ${thresholds.memory.timesBaseline} * max by (job, instance) (mcp_baseline_memory_bytes)`,
      for: '15m',
      keepFiringFor: '30m',
      summary: `${SERVER} uses more memory than its baseline.`,
      description: `${value('bytes')}B over 30 minutes, where the baseline is ${also('mcp_baseline_memory_bytes', 'bytes')}B. The limit is ${also('mcp_process_memory_limit_bytes', 'bytes', { otherwise: 'not known' })}B.`,
      inhibits: [],
      runbook: {
        meaning: 'More memory than a healthy server of this set-up. Not yet short of it.',
        confirm: [memory, sessions],
        causes: [
          'A leak: look at McpLeakTicket; sessions that nobody closes are the most frequent one.',
          'More workers than stated: each takes some 0.4 GB in the document.',
          'A large cache in the process.',
        ],
        now: ['Nothing tonight.'],
        later: ['State the set-up (`server.workers`), or find the leak.'],
      },
    },
    {
      alert: 'McpMemoryNearLimit',
      severity: 'warning',
      area: 'process',
      when: 'the memory is above 85 % of its limit over 10 minutes',
      expr: (w) =>
        `avg_over_time(job_instance:mcp_memory:bytes[${w('10m')}]) / on (job, instance) max by (job, instance) (mcp_process_memory_limit_bytes) > ${thresholds.memory.near}`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `The memory of ${SERVER} comes near its limit.`,
      description: `${value('percentage')} of its limit of ${also('mcp_process_memory_limit_bytes', 'bytes')}B are in use; the baseline is ${also('mcp_baseline_memory_bytes', 'bytes', { otherwise: '2.1Gi' })}B.`,
      inhibits: ['McpMemoryAboveBaseline'],
      runbook: {
        meaning: 'If it grows on, the kernel kills the server.',
        confirm: [memory, sessions],
        causes: ['A leak.', 'A limit that is too low for the set-up.'],
        now: ['If it grows: plan a restart at a quiet time before it restarts itself.'],
        later: ['Find what grows: McpLeakTicket names it.'],
      },
    },
    {
      alert: 'McpMemoryExhausted',
      severity: 'critical',
      area: 'process',
      when: 'the memory is above 95 % of its limit over 5 minutes',
      expr: (w) =>
        `avg_over_time(job_instance:mcp_memory:bytes[${w('5m')}]) / on (job, instance) max by (job, instance) (mcp_process_memory_limit_bytes) > ${thresholds.memory.exhausted}`,
      for: '2m',
      keepFiringFor: '5m',
      summary: `${SERVER} is about to run out of memory.`,
      description: `${value('percentage')} of its limit of ${also('mcp_process_memory_limit_bytes', 'bytes')}B are in use; the baseline is ${also('mcp_baseline_memory_bytes', 'bytes', { otherwise: '2.1Gi' })}B. At 100 % the kernel kills it, with every session.`,
      inhibits: [
        'McpMemoryNearLimit',
        'McpMemoryAboveBaseline',
        'McpLeakUrgent',
        'McpLeakTicket',
        'McpMemoryGrowth',
      ],
      runbook: {
        meaning: 'The server dies within minutes or hours, and all sessions with it.',
        confirm: [memory, sessions],
        causes: ['A leak that nobody took as a ticket.', 'One call with a very large result.'],
        now: [
          'Restart it now, drained, rather than let it be killed. With several instances, one after the other.',
        ],
        later: ['Raise the limit only if the growth ends: look at the slope first.'],
      },
    },
    {
      alert: 'McpOpenFilesNearLimit',
      severity: 'warning',
      area: 'process',
      when: 'more than 80 % of the file descriptors that a process may open are open',
      expr: () =>
        `max by (job, instance) (mcp_process_open_files) / on (job, instance) max by (job, instance) (mcp_process_open_files_limit) > ${thresholds.openFilesRatio}`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `${SERVER} has hardly any file descriptors left.`,
      description: `${value('percentage')} of ${also('mcp_process_open_files_limit', 'count')} are open.`,
      inhibits: [],
      runbook: {
        meaning: 'When they are used up, no connection is accepted and no file opened.',
        confirm: [
          {
            query: 'sum by (state) (mcp_process_sockets{job="$job",instance="$instance"})',
            shows:
              'whether they are sockets, and in which state: many CLOSE_WAIT are connections that the server forgot',
          },
          {
            query: 'mcp_streams_open{job="$job",instance="$instance"}',
            shows: 'whether they are streams of clients',
          },
        ],
        causes: [
          'Outbound connections that are not closed.',
          'Parked GET streams; one for each session.',
          'A limit of 1,024.',
        ],
        now: ['Restart it drained if it rises fast.'],
        later: ['Close what is opened; raise the limit (`LimitNOFILE`).'],
      },
    },
    {
      alert: 'McpProcessRestarting',
      severity: 'warning',
      area: 'process',
      when: "the server's process restarted at least 3 times within an hour",
      expr: (w) =>
        `sum by (job, instance) (increase(mcp_process_restarts_total[${w('1h')}])) > ${thresholds.restartsPerHour}`,
      for: '0s',
      keepFiringFor: '30m',
      summary: `${SERVER} restarts again and again.`,
      description: `${value('count')} restarts in the last hour, where none is expected. Each cuts all sessions.`,
      inhibits: [],
      runbook: {
        meaning: 'It crashes, or something kills it.',
        confirm: [
          {
            query: 'mcp_process_start_time_seconds{job="$job",instance="$instance"}',
            shows: 'when it started',
          },
          memory,
        ],
        causes: [
          'Out of memory.',
          'A liveness probe that is too strict under load.',
          'A crash on a certain call.',
        ],
        now: ['Look at the exit code and the last lines of its log. After a deployment: roll back.'],
        later: ['Liveness must not depend on dependencies.'],
      },
    },
    {
      alert: 'McpRequestStuck',
      severity: 'warning',
      area: 'latency',
      when: 'a request waits for its answer for more than 10 minutes',
      expr: () => `max by (job, instance) (mcp_oldest_request_age_seconds) > ${thresholds.stuckSeconds}`,
      for: '1m',
      keepFiringFor: '5m',
      summary: `A request to ${SERVER} waits for its answer without end.`,
      description: `It waits for ${value('duration')}; the slowest P99 of the baseline is 5.8 s. ${also('mcp_requests_in_flight', 'count')} requests are in flight.`,
      inhibits: [],
      runbook: {
        meaning: 'A call hangs, or waits for a person who does not answer (elicitation).',
        confirm: [
          { query: 'mcp_requests_in_flight{job="$job",instance="$instance"}', shows: 'how many wait' },
          {
            query: 'rate(mcp_client_wait_seconds_sum{job="$job",instance="$instance"}[15m])',
            shows: 'whether the server waits for its clients',
          },
        ],
        causes: [
          'A dependency without a time-out.',
          'A stream that sends only comments.',
          'Elicitation that nobody answers.',
        ],
        now: ['One: leave it. Many: see McpThroughputBelowDemand.'],
        later: ['A time-out around every call that leaves the process.'],
      },
    },
  ],
};
