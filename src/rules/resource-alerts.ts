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
const pools = {
  query: 'connection_pool_usage{job="$job",instance="$instance"}',
  shows: 'the share of each pool in use',
};
const states = {
  query: 'sum by (state) (mcp_postgres_sessions{job="$job",instance="$instance"})',
  shows: 'what the sessions do: many `idle in transaction` are connections that were not given back',
};

/** What the server runs on: processor, memory, files, pools, caches, database. */
export const resourceAlerts: AlertGroup = {
  name: 'resources',
  interval: '30s',
  title: 'Resources',
  about:
    'Causes, so tickets; only what ends the server within minutes pages. They need a source (`sources.process`, `sources.postgres`, …): without it there is no series and no alert.',
  alerts: [
    {
      alert: 'McpCpuAboveBaseline',
      severity: 'warning',
      area: 'process',
      when: 'the CPU is above 1.25 times the baseline (65 %) over 15 minutes',
      expr: (w) =>
        `avg_over_time(mcp_process_cpu_ratio[${w('15m')}]) > on (job, instance) group_left () 1.25 * max by (job, instance) (mcp_baseline_cpu_ratio)`,
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
      expr: (w) => `avg_over_time(mcp_process_cpu_ratio[${w('10m')}]) > 0.95`,
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
        `avg_over_time(job_instance:mcp_memory:bytes[${w('30m')}]) > on (job, instance) 1.3 * max by (job, instance) (mcp_baseline_memory_bytes)`,
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
        `avg_over_time(job_instance:mcp_memory:bytes[${w('10m')}]) / on (job, instance) max by (job, instance) (mcp_process_memory_limit_bytes) > 0.85`,
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
        `avg_over_time(job_instance:mcp_memory:bytes[${w('5m')}]) / on (job, instance) max by (job, instance) (mcp_process_memory_limit_bytes) > 0.95`,
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
      alert: 'McpPoolNearlyExhausted',
      severity: 'warning',
      area: 'database',
      when: `more than ${thresholds.poolRatio * 100} % of a connection pool are in use over 5 minutes`,
      expr: (w) =>
        `max by (job, instance, pool_type) (avg_over_time(connection_pool_usage[${w('5m')}])) > ${thresholds.poolRatio}`,
      for: '2m',
      keepFiringFor: '10m',
      summary: `The connection pool {{ $labels.pool_type }} of ${SERVER} is nearly full.`,
      description: `${value('percentage')} of it are in use, where the baseline is ${also('mcp_baseline_pool_ratio', 'percentage', { otherwise: '45%' })}.`,
      inhibits: ['McpPoolAboveBaseline', 'McpConnectionWait', 'McpConnectionCreep'],
      runbook: {
        meaning: 'Soon calls wait for a connection, and then time out.',
        confirm: [pools, states],
        causes: [
          'Connections that are not given back: an exception between taking and giving.',
          'Slow queries hold them longer.',
          'A spike: the document names the exhausted pool as its main bottleneck.',
        ],
        now: [
          'End sessions that are `idle in transaction` for minutes. Then raise the pool, if the database has connections left.',
        ],
        later: ['25 connections a worker and 10 of overflow; `pool_pre_ping`, `pool_recycle` of an hour.'],
      },
    },
    {
      alert: 'McpPoolAboveBaseline',
      severity: 'warning',
      area: 'database',
      when: 'a connection pool is used above 1.2 times the baseline (45 %), over 1 hour',
      expr: (w) =>
        `max by (job, instance, pool_type) (avg_over_time(connection_pool_usage[${w('1h')}])) > on (job, instance) group_left () 1.2 * max by (job, instance) (mcp_baseline_pool_ratio)`,
      for: '30m',
      keepFiringFor: '1h',
      summary: `The connection pool {{ $labels.pool_type }} of ${SERVER} is used more than its baseline.`,
      description: `${value('percentage')} of it are in use over an hour, where the baseline is ${also('mcp_baseline_pool_ratio', 'percentage')}.`,
      inhibits: [],
      runbook: {
        meaning:
          "Connections creep up or each is held longer. In the document's endurance test 10 more in a day.",
        confirm: [pools, states],
        causes: ['A small leak of connections.', 'Queries that grow slower.', 'More load.'],
        now: ['Nothing tonight.'],
        later: ['Compare with requests a second: if these did not rise, look for the leak.'],
      },
    },
    {
      alert: 'McpConnectionWait',
      severity: 'warning',
      area: 'database',
      when: `a pool is full more than ${thresholds.waitRatio * 100} % of the time, over 30 minutes`,
      expr: (w) =>
        `avg_over_time(job_instance_pool_type:mcp_pool_full:bool[${w('30m')}]) > ${thresholds.waitRatio}`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `Calls of ${SERVER} wait for a connection of the pool {{ $labels.pool_type }}.`,
      description: `The pool was full ${value('percentage')} of the last 30 minutes; the document has waits in 0.5 % of requests at its best size and in 3 % with half of it.`,
      inhibits: ['McpPoolAboveBaseline'],
      runbook: {
        meaning:
          'Whoever needs a connection in that time waits. With 15 % waits P99 was 680 ms instead of 280.',
        confirm: [pools, states],
        causes: [
          'A pool too small for the workers: half the size, six times the waits.',
          'Long transactions.',
        ],
        now: ['Nothing tonight, unless latency alerts fire: then raise the pool.'],
        later: ['100 connections for 4 workers; more than 200 brings nothing.'],
      },
    },
    {
      alert: 'McpCacheHitRateLow',
      severity: 'warning',
      area: 'cache',
      when: 'a cache hits less than 0.85 times the baseline (78 %), over 30 minutes',
      expr: (w) =>
        `max by (job, instance, cache_type) (avg_over_time(cache_hit_rate{cache_type!="postgres"}[${w('30m')}])) < on (job, instance) group_left () 0.85 * max by (job, instance) (mcp_baseline_cache_hit_ratio)`,
      for: '15m',
      keepFiringFor: '30m',
      summary: `The cache {{ $labels.cache_type }} of ${SERVER} misses too often.`,
      description: `${value('percentage')} of its lookups hit, where the baseline is ${also('mcp_baseline_cache_hit_ratio', 'percentage')}.`,
      inhibits: [],
      runbook: {
        meaning:
          'The database does work that the cache should: without one the document measured 320 instead of 850 requests a second.',
        confirm: [
          { query: 'cache_hit_rate{job="$job",instance="$instance"}', shows: 'which cache, since when' },
          {
            query: 'rate(mcp_redis_evicted_keys_total{job="$job",instance="$instance"}[15m])',
            shows: 'whether Redis throws entries out for want of memory',
          },
        ],
        causes: [
          'A restart: the cache is cold. It should be well within its TTL.',
          'Too little memory, so that entries are evicted.',
          'A TTL that is too short: 30 s gives 45 %, 5 minutes 78 %.',
          'Keys that are never the same: a time or a user in them.',
        ],
        now: ['Nothing tonight.'],
        later: ['More memory or a longer TTL; 15 minutes gave 85 %.'],
      },
    },
    {
      alert: 'McpPostgresDeadlocks',
      severity: 'warning',
      area: 'database',
      when: "the database broke at least 3 deadlocks within 15 minutes, by its own count or the tap's",
      expr: (w) =>
        `(sum by (job, instance) (increase(mcp_postgres_deadlocks_total[${w('15m')}])) > 2.5) or (sum by (job, instance) (increase(mcp_database_errors_total{error_type="deadlock"}[${w('15m')}])) > 2.5)`,
      for: '0s',
      keepFiringFor: '15m',
      summary: `The database behind ${SERVER} breaks deadlocks.`,
      description: `${value('count')} in 15 minutes. The document's sustained test had 45 in that time at 850 requests a second; this server serves ${also('job_instance:mcp_requests:rate5m', 'rate')}.`,
      inhibits: [],
      runbook: {
        meaning:
          'The database ends one of two transactions that lock each other out. The server may try again unseen, or a call fails.',
        confirm: [
          {
            query:
              'sum by (query_type) (increase(mcp_database_errors_total{job="$job",instance="$instance",error_type="deadlock"}[15m]))',
            shows: 'in which statements',
          },
          {
            query: 'mcp_postgres_waiting_sessions{job="$job",instance="$instance"}',
            shows: 'who waits for locks',
          },
        ],
        causes: ['Batches that touch the same rows in another order.', 'A migration beside the traffic.'],
        now: ['A migration: stop it until the night is quiet. Else nothing.'],
        later: ["The database's log names both statements. Sort rows before updating them; retry 40P01."],
      },
    },
    {
      alert: 'McpPostgresConnectionsNearLimit',
      severity: 'warning',
      area: 'database',
      when: 'more than 90 % of the connections that PostgreSQL takes are in use, over 5 minutes',
      expr: (w) =>
        `sum by (job, instance) (avg_over_time(mcp_postgres_sessions[${w('5m')}])) / on (job, instance) max by (job, instance) (mcp_postgres_max_connections) > 0.9`,
      for: '2m',
      keepFiringFor: '10m',
      summary: `The database behind ${SERVER} has hardly any connections left.`,
      description: `${value('percentage')} of its ${also('mcp_postgres_max_connections', 'count')} connections are in use; the document's server uses 45 of 100.`,
      inhibits: ['McpPoolAboveBaseline'],
      runbook: {
        meaning: 'When they are used up, nobody can connect, neither another instance nor you.',
        confirm: [states],
        causes: [
          'More instances than the database was sized for: workers × (25 + 10) connections each.',
          'Connections that leak.',
        ],
        now: ['End idle sessions; keep one connection of a superuser open.'],
        later: ['pgbouncer in transaction mode; or a larger max_connections with the memory for it.'],
      },
    },
    {
      alert: 'McpOldTransaction',
      severity: 'warning',
      area: 'database',
      when: 'a transaction is open for more than 15 minutes',
      expr: () =>
        'max by (job, instance) (mcp_postgres_oldest_transaction_age_seconds) > 900 or max by (job, instance) (mcp_database_oldest_transaction_age_seconds) > 900',
      for: '1m',
      keepFiringFor: '5m',
      summary: `A transaction behind ${SERVER} is open for very long.`,
      description: `It is open for ${value('duration')}; a call of the slowest tool of the baseline takes 5.8 s.`,
      inhibits: [],
      runbook: {
        meaning: 'It holds a connection and its locks, and keeps the database from cleaning up.',
        confirm: [
          states,
          {
            query: 'mcp_postgres_waiting_sessions{job="$job",instance="$instance"}',
            shows: 'whether others wait for it',
          },
        ],
        causes: [
          'A tool that waits for a person or an API inside a transaction.',
          'A client that died and whose session stayed.',
        ],
        now: ['If others wait: `pg_terminate_backend` on it.'],
        later: ['`idle_in_transaction_session_timeout`.'],
      },
    },
    {
      alert: 'McpOpenFilesNearLimit',
      severity: 'warning',
      area: 'process',
      when: 'more than 80 % of the file descriptors that a process may open are open',
      expr: () =>
        'max by (job, instance) (mcp_process_open_files) / on (job, instance) max by (job, instance) (mcp_process_open_files_limit) > 0.8',
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
      expr: (w) => `sum by (job, instance) (increase(mcp_process_restarts_total[${w('1h')}])) > 2.5`,
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
      expr: () => 'max by (job, instance) (mcp_oldest_request_age_seconds) > 600',
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
