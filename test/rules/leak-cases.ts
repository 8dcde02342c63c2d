import { counter, gauge, ramp, type AlertCase } from './alert-case.ts';

const load = 'job_instance:mcp_requests:rate5m{}';
const GIB = 1024 ** 3;
const detector = (name: string) => `mcp_detector_${name}{detector="memory",series=""}`;

const verdict = (state: number, slope: number, level: number, seconds: number) => ({
  [detector('state')]: gauge([state, 20]),
  [detector('slope_limit_ratio_per_hour')]: gauge([slope, 20]),
  [detector('limit_ratio')]: gauge([level, 20]),
  [detector('seconds_to_limit')]: gauge([seconds, 20]),
  [detector('load_explained_ratio')]: gauge([0.04, 20]),
});

/** Steps of 10 minutes. */
const day = 1440 / 10;
const overDays = { step: 10, at: 24 * 60 };

export const leakCases: readonly AlertCase[] = [
  {
    alert: 'McpLeakPage',
    at: 10,
    series: verdict(4, 0.017, 0.84, 9.4 * 3600),
    labels: { detector: 'memory' },
    summary: 'The detector memory found growth without end at orders:9464 (mcp-vitals).',
    description:
      'Its verdict is 4 of 4, where at most 1 is expected. It grows by 1.7% of its limit an hour and is at 84% of it now. At this slope the limit is reached in 9h 24m 0s; the load explains 4% of it.',
    healthy: { [detector('state')]: gauge([3, 20]) },
  },
  {
    alert: 'McpLeakUrgent',
    at: 10,
    series: verdict(3, 0.012, 0.6, 33 * 3600),
    labels: { detector: 'memory' },
    summary: 'The detector memory found growth without end at orders:9464 (mcp-vitals).',
    description:
      'Its verdict is 3 of 4, where at most 1 is expected. It grows by 1.2% of its limit an hour and is at 60% of it now. At this slope the limit is reached in 1d 9h 0m 0s; the load explains 4% of it.',
    healthy: { [detector('state')]: gauge([2, 20]) },
  },
  {
    alert: 'McpLeakTicket',
    at: 10,
    series: verdict(2, 0.004, 0.3, 175 * 3600),
    labels: { detector: 'memory' },
    summary: 'The detector memory found growth without end at orders:9464 (mcp-vitals).',
    description:
      'Its verdict is 2 of 4, where at most 1 is expected. It grows by 0.4% of its limit an hour and is at 30% of it now. At this slope the limit is reached in 7d 7h 0m 0s; the load explains 4% of it.',
    // A watch is shown and raises no alarm.
    healthy: { [detector('state')]: gauge([1, 20]) },
  },
  {
    alert: 'McpMemoryGrowth',
    ...overDays,
    series: {
      [load]: gauge([400, day]),
      // The document's endurance test.
      'mcp_process_memory_bytes{kind="pss"}': ramp(2.04 * GIB, 3.6 * GIB, day),
    },
    summary: 'The memory of orders:9464 (mcp-vitals) grows and does not come back.',
    description:
      "Its low of the last 4 hours is 1.45 times that of 16 hours before, with the load the same. Now 3.6GiB, the baseline is 2.1GiB; the document's endurance test grew by 67 MB an hour.",
    // A cache that is full after 8 hours.
    healthy: {
      'mcp_process_memory_bytes{kind="pss"}': `${ramp(2.04 * GIB, 3 * GIB, day / 3)} ${gauge([3 * GIB, day])}`,
    },
  },
  {
    alert: 'McpConnectionCreep',
    ...overDays,
    series: {
      [load]: gauge([400, day]),
      'connection_pool_usage{pool_type="database"}': ramp(0.475, 0.58, day),
    },
    labels: { pool_type: 'database' },
    summary: 'Connections of the pool database of orders:9464 (mcp-vitals) are not given back.',
    description:
      "The low of its usage over 4 hours is 1.14 times that of 16 hours before, with the load the same; the document's endurance test went from 48 to 58 connections in a day. Now 58% are in use, the baseline is 45%.",
    // The load doubles in the same time.
    healthy: { [load]: gauge([200, day / 3], [300, day / 3], [400, day / 3]) },
  },
  {
    alert: 'McpSessionLeak',
    at: 60,
    series: {
      'mcp_sessions_active{}': ramp(20, 320, 60),
      'mcp_sessions_opened_total{how="initialize"}': counter([6, 60]),
      'mcp_sessions_closed_total{reason="delete"}': counter([1, 60]),
    },
    summary: 'Sessions of orders:9464 (mcp-vitals) pile up.',
    description:
      '220 sessions are open at least, more than one and a half times as many as half an hour ago; its tier expects 500 at most.',
    // As many more sessions, of clients that end them.
    healthy: { 'mcp_sessions_closed_total{reason="delete"}': counter([5, 60]) },
  },
  {
    alert: 'McpRequestsParked',
    at: 25,
    series: { 'mcp_requests_parked{}': gauge([2, 30]), 'mcp_requests_in_flight{}': gauge([7, 30]) },
    summary: 'Calls of orders:9464 (mcp-vitals) hang on open streams.',
    description: '2 calls have a stream but no answer, where none is expected; 7 are in flight.',
    healthy: { 'mcp_requests_parked{}': gauge([0, 5], [2, 10], [0, 15]) },
  },
];
