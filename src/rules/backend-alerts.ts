import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const pools = {
  query: 'connection_pool_usage{job="$job",instance="$instance"}',
  shows: 'the share of each pool in use',
};
const states = {
  query: 'sum by (state) (mcp_postgres_sessions{job="$job",instance="$instance"})',
  shows: 'what the sessions do: many `idle in transaction` are connections that were not given back',
};

/** What stands behind the server: pools, caches, the database. */
export const backendAlerts: AlertGroup = {
  name: 'backends',
  dashboard: 'mcp-backends',
  interval: '30s',
  title: 'Pools, caches and the database',
  about:
    'Causes, so tickets. They need a source (`sources.postgres`, `sources.redis`, …) or the database tap: without it there is no series and no alert.',
  alerts: [
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
        `max by (job, instance, pool_type) (avg_over_time(connection_pool_usage[${w('1h')}])) > on (job, instance) group_left () ${thresholds.poolTimesBaseline} * max by (job, instance) (mcp_baseline_pool_ratio)`,
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
        `max by (job, instance, cache_type) (avg_over_time(cache_hit_rate{cache_type!="postgres"}[${w('30m')}])) < on (job, instance) group_left () ${thresholds.cacheTimesBaseline} * max by (job, instance) (mcp_baseline_cache_hit_ratio)`,
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
        `sum by (job, instance) (avg_over_time(mcp_postgres_sessions[${w('5m')}])) / on (job, instance) max by (job, instance) (mcp_postgres_max_connections) > ${thresholds.postgresConnectionRatio}`,
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
        `max by (job, instance) (mcp_postgres_oldest_transaction_age_seconds) > ${thresholds.transactionSeconds} or max by (job, instance) (mcp_database_oldest_transaction_age_seconds) > ${thresholds.transactionSeconds}`,
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
  ],
};
