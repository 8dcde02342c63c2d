import { counter, gauge, type AlertCase } from './alert-case.ts';

const calls = 'request_duration_seconds_count{method="tools/call",endpoint="get_user",status="ok"}';
const mean = 'job_instance_tool:mcp_call_seconds:mean1h{tool="get_user"}';
const over = (percentile: string, tool = 'get_user') =>
  `mcp_requests_over_baseline_total{tool="${tool}",percentile="${percentile}"}`;

export const latencyCases: readonly AlertCase[] = [
  {
    alert: 'McpLatencyFarAboveBaseline',
    at: 25,
    series: { [calls]: counter([600, 30]), [over('p99')]: counter([120, 30]) },
    labels: { percentile: 'p99' },
    summary: 'Tool calls of orders:9464 (mcp-vitals) are far slower than its baseline.',
    description:
      '20% of calls take longer than the P99 baseline of 280ms (of the tools with one of their own, longer than theirs); 1 % is expected.',
    // The document's sustained test: 2.6 % beyond P99.
    healthy: { [over('p99')]: counter([16, 30]) },
  },
  {
    alert: 'McpLatencyAboveBaseline',
    at: 40,
    series: {
      [calls]: counter([600, 60]),
      [over('p50')]: counter([300, 60]),
      [over('p95')]: counter([150, 60]),
    },
    labels: { percentile: 'p95' },
    summary: 'Tool calls of orders:9464 (mcp-vitals) are slower than its baseline.',
    description:
      '25% of calls take longer than the p95 baseline of 120ms; expected are 50 % beyond p50, 5 % beyond p95, 1 % beyond p99, 0.1 % beyond p99.9.',
    // The document's sustained test: 13 % beyond P95.
    healthy: { [over('p95')]: counter([78, 60]) },
  },
  {
    alert: 'McpToolLatencyAboveBaseline',
    at: 30,
    series: { [calls]: counter([60, 40]), [over('p99')]: counter([6, 40]) },
    labels: { tool: 'get_user' },
    summary: 'The tool get_user of orders:9464 (mcp-vitals) is slower than its baseline.',
    description:
      '10% of its calls take longer than the P99 baseline of 180ms; 1 % is expected. It is called 1 times a second.',
    healthy: { [over('p99')]: counter([0.5, 40]) },
  },
  {
    alert: 'McpLatencyDrift',
    step: 10,
    at: 28 * 60,
    series: {
      'job_instance_tool:mcp_calls:rate5m{tool="get_user"}': gauge([1, 180]),
      [mean]: gauge([0.05, 120], [0.065, 60]),
    },
    labels: { tool: 'get_user' },
    summary: 'The tool get_user of orders:9464 (mcp-vitals) grows slower from day to day.',
    description:
      "Its calls take 1.3 times as long as 24 hours ago (mean of an hour: now 65ms). The document's endurance test reached 1.3 times in a day and calls it a reason to optimise.",
    healthy: { [mean]: gauge([0.05, 120], [0.06, 60]) },
  },
];
