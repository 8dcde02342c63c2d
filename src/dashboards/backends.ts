import { documentTables } from '../baselines/document-tables.ts';
import { thresholds } from '../rules/thresholds.ts';
import type { DashboardDeclaration, PanelDeclaration } from './dashboard-model.ts';
import { documentFigures } from './document-curve.ts';
import { byServer, increase, of, quantile, rate, SERVER } from './select.ts';

const queries: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Queries a second by type',
    description:
      'Good: in step with the requests. Queries a second by type, as the database tap sees them. Source: database_query_duration_seconds_count.',
    unit: 'ops',
    min: 0,
    queries: [
      {
        expr: `sum by (query_type) (${rate('database_query_duration_seconds_count')})`,
        name: '{{query_type}}',
      },
    ],
    link: { to: 'dashboard', uid: 'mcp-tools' },
    width: 8,
    height: 8,
  },
  {
    kind: 'heatmap',
    title: 'How many queries took how long',
    description:
      'Good: dark bands low. How many queries took how long, by the documented buckets. Source: database_query_duration_seconds.',
    unit: 's',
    queries: [
      { expr: `sum by (le) (${increase('database_query_duration_seconds_bucket')})`, name: '{{le}}' },
    ],
    link: { to: 'runbook', alert: 'McpOldTransaction' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'P95 of queries by type',
    description:
      'Good: level. P95 of the time that the database took, by type of query, up to a second by the documented buckets. Source: database_query_duration_seconds.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: quantile(0.95, 'database_query_duration_seconds', { by: ['query_type'] }),
        name: '{{query_type}} P95',
      },
    ],
    link: { to: 'runbook', alert: 'McpOldTransaction' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Failures of queries and connections by reason',
    description:
      'Good: nothing. Failures that the database reported, or on the way to it, by reason. Source: mcp_database_errors_total, of the database tap.',
    unit: 'ops',
    min: 0,
    queries: [{ expr: `sum by (error_type) (${rate('mcp_database_errors_total')})`, name: '{{error_type}}' }],
    link: { to: 'runbook', alert: 'McpDatabaseDeadlocks' },
    nothing: 'no failure yet',
    width: 8,
    height: 7,
  },
  {
    kind: 'timeseries',
    title: 'Deadlocks that the database broke',
    description:
      'Good: 0. Deadlocks over one step, by the count of PostgreSQL itself; the document’s sustained test had 89 in 30 minutes at 850 requests a second. Source: mcp_postgres_deadlocks_total.',
    unit: 'short',
    min: 0,
    bars: true,
    queries: [{ expr: `sum by (instance) (${increase('mcp_postgres_deadlocks_total')})`, name: SERVER }],
    link: { to: 'runbook', alert: 'McpPostgresDeadlocks' },
    width: 8,
    height: 7,
  },
  {
    kind: 'timeseries',
    title: 'Age of the oldest query and transaction',
    description:
      'Good: within seconds. Age of the oldest query and the oldest transaction, by the tap and by the database itself. A ticket is opened at 15 minutes.',
    unit: 's',
    min: 0,
    queries: [
      { expr: `max(${of('mcp_database_oldest_query_age_seconds')})`, name: 'query' },
      { expr: `max(${of('mcp_database_oldest_transaction_age_seconds')})`, name: 'transaction' },
      {
        expr: `max(${of('mcp_postgres_oldest_transaction_age_seconds')})`,
        name: 'transaction, of all clients',
      },
    ],
    link: { to: 'runbook', alert: 'McpOldTransaction' },
    width: 8,
    height: 7,
  },
];

const sizes = documentTables.poolSizes.rows;

const pools: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Use of each connection pool, beside the baseline',
    description: `Good: around the dashed baseline. Share of each pool in use; at ${thresholds.poolRatio * 100} % calls will soon wait. Source: connection_pool_usage.`,
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      {
        expr: `max by (instance, pool_type) (${of('connection_pool_usage')})`,
        name: '{{pool_type}} ({{instance}})',
      },
      { expr: `max(${of('mcp_baseline_pool_ratio')})`, name: 'baseline', role: 'reference' },
      { expr: `vector(${thresholds.poolRatio})`, name: 'nearly full', role: 'limit' },
    ],
    link: { to: 'runbook', alert: 'McpPoolNearlyExhausted' },
    width: 7,
    height: 8,
  },
  {
    kind: 'table',
    title: 'Waiting for a connection, beside the document’s pools',
    description:
      'Good: at or below 0.5 %, which the document had with 100 connections. Of the live pools: the share of the last 30 minutes in which the pool was full; of the document: the share of requests that waited, with its throughput and P99.',
    unit: 'percentunit',
    queries: [
      {
        expr: `label_replace(max by (instance, pool_type) (avg_over_time(${of('job_instance_pool_type:mcp_pool_full:bool')}[30m])), "pool", "live $1", "pool_type", "(.*)") or ${documentFigures(
          'pool',
          sizes.map(({ size, waitRatio }) => [`document, ${size} connections`, waitRatio]),
        )}`,
        name: 'Waits',
        decimals: 1,
        thresholds: ['green', [0.005, 'yellow'], [thresholds.waitRatio, 'orange']],
      },
      {
        expr: documentFigures(
          'pool',
          sizes.map(({ size, p99Ms }) => [`document, ${size} connections`, p99Ms / 1000]),
        ),
        name: 'P99',
        unit: 's',
      },
    ],
    labels: [
      ['pool', 'Pool'],
      ['instance', 'Server'],
    ],
    sortBy: 'Waits',
    link: { to: 'runbook', alert: 'McpConnectionWait' },
    width: 10,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Connections to the database by what they do',
    description:
      'Good: active and idle only. Sessions of PostgreSQL by state, and its limit. Many idle in transaction are connections that were not given back. Source: mcp_postgres_sessions.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: `sum by (state) (${of('mcp_postgres_sessions')})`, name: '{{state}}' },
      { expr: `sum by (state) (${of('mcp_database_connections')})`, name: 'tap: {{state}}' },
      { expr: `min(${of('mcp_postgres_max_connections')})`, name: 'limit', role: 'limit' },
    ],
    link: { to: 'runbook', alert: 'McpPostgresConnectionsNearLimit' },
    width: 7,
    height: 8,
  },
];

const caches: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Hit rate of each cache, beside the baseline',
    description:
      'Good: at or above the dashed baseline (78 % by the document). Share of lookups that hit, by cache; that of PostgreSQL is its own buffer cache. Source: cache_hit_rate.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      {
        expr: `max by (instance, cache_type) (${of('cache_hit_rate')})`,
        name: '{{cache_type}} ({{instance}})',
      },
      { expr: `max(${of('mcp_baseline_cache_hit_ratio')})`, name: 'baseline', role: 'reference' },
    ],
    link: { to: 'runbook', alert: 'McpCacheHitRateLow' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Memory of Redis and its limit',
    description:
      'Good: below its limit, so that nothing is evicted. Source: mcp_redis_memory_bytes and mcp_redis_memory_limit_bytes; without a limit there is no dashed line.',
    unit: 'bytes',
    min: 0,
    queries: [
      { expr: byServer(of('mcp_redis_memory_bytes')), name: SERVER },
      { expr: `min(${of('mcp_redis_memory_limit_bytes')})`, name: 'limit', role: 'limit' },
    ],
    link: { to: 'runbook', alert: 'McpCacheHitRateLow' },
    nothing: 'no Redis is read',
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'What Redis evicts and refuses, and its clients',
    description:
      'Good: 0. Keys dropped for want of memory and connections refused, a second; clients that are connected and that wait in a blocking command. Source: mcp_redis_….',
    unit: 'ops',
    min: 0,
    queries: [
      { expr: `sum(${rate('mcp_redis_evicted_keys_total')})`, name: 'evicted keys' },
      { expr: `sum(${rate('mcp_redis_rejected_connections_total')})`, name: 'refused connections' },
      { expr: `sum(${of('mcp_redis_clients')})`, name: 'clients', unit: 'none' },
      { expr: `sum(${of('mcp_redis_blocked_clients')})`, name: 'blocked clients', unit: 'none' },
    ],
    link: { to: 'runbook', alert: 'McpCacheHitRateLow' },
    nothing: 'no Redis is read',
    width: 8,
    height: 8,
  },
];

/** What stands behind the server. */
export const backends: DashboardDeclaration = {
  uid: 'mcp-backends',
  title: 'MCP / Backends',
  description: 'The database by type of query, connection pools, caches.',
  questions: [
    'Is the database slow, and in which kind of query?',
    'Does a pool run out, or does somebody hold connections?',
    'Do the caches hit as the baseline says?',
  ],
  variables: [],
  from: 'now-1h',
  rows: [
    { title: 'Database', panels: queries },
    { title: 'Connection pools', panels: pools },
    { title: 'Caches', panels: caches },
  ],
};
