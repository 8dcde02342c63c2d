import { counter, gauge, type AlertCase } from './alert-case.ts';

const calls = 'request_duration_seconds_count{method="tools/call",endpoint="get_user",status="ok"}';
const errors =
  'mcp_request_errors_total{method="tools/call",endpoint="get_user",error_type="rate_limit_exceeded",fault="server"}';
const inFlight = 'mcp_requests_in_flight{}';
const waiting = 'job_instance:mcp_in_flight:avg1h{}';

export const throughputCases: readonly AlertCase[] = [
  {
    alert: 'McpThroughputBelowDemand',
    at: 90,
    series: {
      [calls]: counter([6000, 75], [1200, 30]),
      [inFlight]: gauge([5, 75], [60, 30]),
    },
    summary: 'orders:9464 (mcp-vitals) answers less than it is asked.',
    description:
      'It answers 20 requests a second while 60 wait; in the hour before, the same demand was answered at once. Its baseline is 850 a second.',
    // Low demand: fewer calls, and fewer of them wait.
    healthy: { [inFlight]: gauge([5, 75], [1, 30]) },
  },
  {
    alert: 'McpThroughputDecline',
    step: 10,
    at: 27 * 60,
    series: {
      'job_instance:mcp_requests:rate1h{}': gauge([400, 144], [380, 36]),
      [waiting]: gauge([50, 180]),
    },
    summary: 'orders:9464 (mcp-vitals) gets less done than yesterday from as many clients.',
    description:
      "Its throughput is 95% of that of 24 hours ago while as many requests wait; the document's endurance test lost 4.5 % in a day. Now 380 requests a second.",
    healthy: { [waiting]: gauge([50, 144], [40, 36]) },
  },
  {
    alert: 'McpTrafficSpike',
    at: 22,
    series: { [calls]: counter([5880, 20], [87_000, 2], [5760, 10]) },
    summary: 'The traffic of orders:9464 (mcp-vitals) jumped.',
    description:
      "It takes 1450 requests a second, more than 4 times the rate of a while ago; its baseline is 850. In the document's spike test a server took 14 times its load and was well again after 145 s.",
    healthy: { [calls]: counter([5880, 20], [20_000, 2], [5760, 10]) },
  },
  {
    alert: 'McpSpikeNotRecovered',
    at: 27,
    series: {
      [calls]: counter([5880, 20], [87_000, 2], [5760, 20]),
      [errors]: counter([6, 20], [24_000, 2], [400, 20]),
    },
    summary: 'orders:9464 (mcp-vitals) has not recovered from a spike.',
    description:
      "6.944% of its requests still fail or are slow, more than 145s after the spike; the document's server was well by then.",
    // As the document's server: well again after 145 s.
    healthy: { [errors]: counter([6, 20], [24_000, 2], [130, 2], [6, 18]) },
  },
];
