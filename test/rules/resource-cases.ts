import { counter, gauge, ramp, type AlertCase } from './alert-case.ts';

const calls = 'request_duration_seconds_count{method="tools/call",endpoint="get_user",status="ok"}';
const GIB = 1024 ** 3;
const memory = 'mcp_process_memory_bytes{kind="pss"}';
const memoryLimit = 'mcp_process_memory_limit_bytes{}';
const cpu = 'mcp_process_cpu_ratio{}';
const pool = 'connection_pool_usage{pool_type="database"}';

export const resourceCases: readonly AlertCase[] = [
  {
    alert: 'McpCpuAboveBaseline',
    at: 30,
    series: { [calls]: counter([51_000, 40]), [cpu]: gauge([0.88, 40]) },
    summary: 'orders:9464 (mcp-vitals) uses more CPU than its baseline.',
    description:
      '88% of its CPUs over 15 minutes, where the baseline is 65% at 850 requests a second. It serves 850.',
    // The most that the document's sustained test used.
    healthy: { [cpu]: gauge([0.78, 40]) },
  },
  {
    alert: 'McpCpuSaturated',
    at: 25,
    series: { [cpu]: gauge([0.99, 40]) },
    summary: 'orders:9464 (mcp-vitals) uses all the CPU it may.',
    description: '99% of its CPUs over 10 minutes, where the baseline is 65%.',
    healthy: { [cpu]: gauge([0.9, 40]) },
  },
  {
    alert: 'McpMemoryAboveBaseline',
    at: 60,
    series: { [memory]: gauge([3 * GIB, 70]), [memoryLimit]: gauge([8 * GIB, 70]) },
    summary: 'orders:9464 (mcp-vitals) uses more memory than its baseline.',
    description: '3GiB over 30 minutes, where the baseline is 2.1GiB. The limit is 8GiB.',
    // The most that the document's sustained test used.
    healthy: { [memory]: gauge([2.4 * GIB, 70]) },
  },
  {
    alert: 'McpMemoryNearLimit',
    at: 30,
    series: { [memory]: gauge([3.6 * GIB, 40]), [memoryLimit]: gauge([4 * GIB, 40]) },
    summary: 'The memory of orders:9464 (mcp-vitals) comes near its limit.',
    description: '90% of its limit of 4GiB are in use; the baseline is 2.1GiB.',
    healthy: { [memory]: gauge([3.2 * GIB, 40]) },
  },
  {
    alert: 'McpMemoryExhausted',
    at: 20,
    series: { [memory]: gauge([3.9 * GIB, 30]), [memoryLimit]: gauge([4 * GIB, 30]) },
    summary: 'orders:9464 (mcp-vitals) is about to run out of memory.',
    description:
      '97.5% of its limit of 4GiB are in use; the baseline is 2.1GiB. At 100 % the kernel kills it, with every session.',
    healthy: { [memory]: gauge([3.6 * GIB, 30]) },
  },
  {
    alert: 'McpPoolNearlyExhausted',
    at: 15,
    series: { [pool]: gauge([0.93, 20]) },
    labels: { pool_type: 'database' },
    summary: 'The connection pool database of orders:9464 (mcp-vitals) is nearly full.',
    description: '93% of it are in use, where the baseline is 45%.',
    healthy: { [pool]: gauge([0.8, 20]) },
  },
  {
    alert: 'McpPoolAboveBaseline',
    at: 100,
    series: { [pool]: gauge([0.58, 110]) },
    labels: { pool_type: 'database' },
    summary: 'The connection pool database of orders:9464 (mcp-vitals) is used more than its baseline.',
    description: '58% of it are in use over an hour, where the baseline is 45%.',
    // Hour 8 of the document's endurance test.
    healthy: { [pool]: gauge([0.51, 110]) },
  },
  {
    alert: 'McpConnectionWait',
    at: 45,
    series: { [pool]: gauge([0.7, 20], [1, 5], [0.7, 30]) },
    labels: { pool_type: 'database' },
    summary: 'Calls of orders:9464 (mcp-vitals) wait for a connection of the pool database.',
    description:
      'The pool was full 16.13% of the last 30 minutes; the document has waits in 0.5 % of requests at its best size and in 3 % with half of it.',
    healthy: { [pool]: gauge([0.7, 20], [0.98, 5], [0.7, 30]) },
  },
  {
    alert: 'McpCacheHitRateLow',
    at: 60,
    series: { 'cache_hit_rate{cache_type="redis"}': gauge([0.45, 70]) },
    labels: { cache_type: 'redis' },
    summary: 'The cache redis of orders:9464 (mcp-vitals) misses too often.',
    description: '45% of its lookups hit, where the baseline is 78%.',
    healthy: { 'cache_hit_rate{cache_type="redis"}': gauge([0.72, 70]) },
  },
  {
    alert: 'McpPostgresDeadlocks',
    at: 20,
    series: { [calls]: counter([51_000, 30]), 'mcp_postgres_deadlocks_total{}': counter([0, 8], [1, 22]) },
    summary: 'The database behind orders:9464 (mcp-vitals) breaks deadlocks.',
    description:
      "12 in 15 minutes. The document's sustained test had 45 in that time at 850 requests a second; this server serves 850.",
    healthy: { 'mcp_postgres_deadlocks_total{}': counter([0, 8], [1, 2], [0, 20]) },
  },
  {
    alert: 'McpPostgresConnectionsNearLimit',
    at: 15,
    series: {
      'mcp_postgres_sessions{state="active"}': gauge([40, 20]),
      'mcp_postgres_sessions{state="idle in transaction"}': gauge([56, 20]),
      'mcp_postgres_max_connections{}': gauge([100, 20]),
    },
    summary: 'The database behind orders:9464 (mcp-vitals) has hardly any connections left.',
    description: "96% of its 100 connections are in use; the document's server uses 45 of 100.",
    healthy: { 'mcp_postgres_sessions{state="idle in transaction"}': gauge([5, 20]) },
  },
  {
    alert: 'McpOldTransaction',
    at: 20,
    series: { 'mcp_postgres_oldest_transaction_age_seconds{}': ramp(0, 1800, 30) },
    summary: 'A transaction behind orders:9464 (mcp-vitals) is open for very long.',
    description: 'It is open for 20m 0s; a call of the slowest tool of the baseline takes 5.8 s.',
    healthy: { 'mcp_postgres_oldest_transaction_age_seconds{}': gauge([600, 30]) },
  },
  {
    alert: 'McpOpenFilesNearLimit',
    at: 15,
    series: {
      'mcp_process_open_files{}': gauge([900, 20]),
      'mcp_process_open_files_limit{}': gauge([1024, 20]),
    },
    summary: 'orders:9464 (mcp-vitals) has hardly any file descriptors left.',
    description: '87.89% of 1024 are open.',
    healthy: { 'mcp_process_open_files{}': gauge([700, 20]) },
  },
  {
    alert: 'McpProcessRestarting',
    at: 45,
    series: {
      'mcp_process_restarts_total{}': counter([0, 10], [1, 1], [0, 9], [1, 1], [0, 9], [1, 1], [0, 30]),
    },
    summary: 'orders:9464 (mcp-vitals) restarts again and again.',
    description: '3 restarts in the last hour, where none is expected. Each cuts all sessions.',
    // A deployment and one more.
    healthy: { 'mcp_process_restarts_total{}': counter([0, 10], [1, 1], [0, 9], [1, 1], [0, 40]) },
  },
  {
    alert: 'McpRequestStuck',
    at: 20,
    series: {
      'mcp_oldest_request_age_seconds{}': ramp(0, 1800, 30),
      'mcp_requests_in_flight{}': gauge([3, 30]),
    },
    summary: 'A request to orders:9464 (mcp-vitals) waits for its answer without end.',
    description: 'It waits for 20m 0s; the slowest P99 of the baseline is 5.8 s. 3 requests are in flight.',
    healthy: { 'mcp_oldest_request_age_seconds{}': gauge([300, 30]) },
  },
];
