/** What a source may measure: the metric's name, its type and its labels. */
export const SAMPLE_METRICS = {
  cache_hit_rate: { type: 'gauge', labels: ['cache_type'] },
  connection_pool_usage: { type: 'gauge', labels: ['pool_type'] },

  mcp_server_sessions: { type: 'gauge', labels: [] },

  mcp_processes: { type: 'gauge', labels: [] },
  mcp_process_cpu_cores: { type: 'gauge', labels: [] },
  mcp_process_cpu_limit_cores: { type: 'gauge', labels: [] },
  mcp_process_cpu_ratio: { type: 'gauge', labels: [] },
  mcp_process_memory_bytes: { type: 'gauge', labels: ['kind'] },
  mcp_process_memory_limit_bytes: { type: 'gauge', labels: [] },
  mcp_process_threads: { type: 'gauge', labels: [] },
  mcp_process_open_files: { type: 'gauge', labels: [] },
  mcp_process_open_files_limit: { type: 'gauge', labels: [] },
  mcp_process_sockets: { type: 'gauge', labels: ['state'] },
  mcp_process_start_time_seconds: { type: 'gauge', labels: [] },
  mcp_process_restarts_total: { type: 'counter', labels: [] },

  mcp_postgres_sessions: { type: 'gauge', labels: ['state'] },
  mcp_postgres_waiting_sessions: { type: 'gauge', labels: [] },
  mcp_postgres_max_connections: { type: 'gauge', labels: [] },
  mcp_postgres_oldest_transaction_age_seconds: { type: 'gauge', labels: [] },
  mcp_postgres_deadlocks_total: { type: 'counter', labels: [] },

  mcp_redis_memory_bytes: { type: 'gauge', labels: [] },
  mcp_redis_memory_limit_bytes: { type: 'gauge', labels: [] },
  mcp_redis_clients: { type: 'gauge', labels: [] },
  mcp_redis_blocked_clients: { type: 'gauge', labels: [] },
  mcp_redis_evicted_keys_total: { type: 'counter', labels: [] },
  mcp_redis_rejected_connections_total: { type: 'counter', labels: [] },

  mcp_detector_input: { type: 'gauge', labels: ['detector', 'part'] },
} as const satisfies Readonly<
  Record<string, { readonly type: 'gauge' | 'counter'; readonly labels: readonly string[] }>
>;

/** Name of a metric that sources fill. */
export type SampleName = keyof typeof SAMPLE_METRICS;

/** The label names of a sample. */
export type SampleLabel<Name extends SampleName> = (typeof SAMPLE_METRICS)[Name]['labels'][number];

/**
 * One value at the moment of reading, with every label of its metric. Ratios
 * are 0 to 1, times seconds, sizes bytes. What is not known has no sample: no
 * traffic is not a rate of 0.
 */
export type Sample = {
  readonly [Name in SampleName]: {
    readonly name: Name;
    readonly labels: Readonly<Record<SampleLabel<Name>, string>>;
    readonly value: number;
  };
}[SampleName];
