import type { MetricSpecs } from './metric-spec.ts';

/** The five metrics of the benchmark document, exactly. */
export const DOCUMENTED = {
  request_duration_seconds: {
    type: 'histogram',
    origin: 'document',
    group: 'documented',
    help: "Time from a request's arrival to the answer with its id, less the time that the server waited for its client.",
    labels: ['method', 'endpoint', 'status'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  requests_per_second: {
    type: 'gauge',
    origin: 'document',
    group: 'documented',
    help: 'MCP requests answered per second, over the last 10 seconds.',
    labels: ['instance'],
  },
  database_query_duration_seconds: {
    type: 'histogram',
    origin: 'document',
    group: 'documented',
    help: 'Time that the database took for a query, up to its last row or its error. Absent until a database is observed.',
    labels: ['query_type'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  },
  cache_hit_rate: {
    type: 'gauge',
    origin: 'document',
    group: 'documented',
    help: 'Share of cache lookups that hit, 0 to 1. Absent until a cache is observed.',
    labels: ['cache_type'],
  },
  connection_pool_usage: {
    type: 'gauge',
    origin: 'document',
    group: 'documented',
    help: 'Share of a connection pool that is in use, 0 to 1. Absent until a pool is observed.',
    labels: ['pool_type'],
  },
} as const satisfies MetricSpecs;
