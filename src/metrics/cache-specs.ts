import type { MetricSpecs } from './metric-spec.ts';

/** Metrics that the `redis` source reads. */
export const CACHE = {
  mcp_redis_memory_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'cache',
    help: 'Memory that Redis uses for its data and itself.',
    labels: [],
  },
  mcp_redis_memory_limit_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'cache',
    help: 'Memory that Redis may use; absent where it has no limit.',
    labels: [],
  },
  mcp_redis_clients: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'cache',
    help: 'Clients connected to Redis.',
    labels: [],
  },
  mcp_redis_blocked_clients: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'cache',
    help: 'Clients of Redis that wait in a blocking command.',
    labels: [],
  },
  mcp_redis_evicted_keys_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'cache',
    help: 'Keys that Redis dropped for want of memory, since it started.',
    labels: [],
  },
  mcp_redis_rejected_connections_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'cache',
    help: 'Connections that Redis refused for want of room, since it started.',
    labels: [],
  },
} as const satisfies MetricSpecs;
