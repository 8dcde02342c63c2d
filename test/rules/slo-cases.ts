import { counter, gauge, type AlertCase } from './alert-case.ts';

const calls = 'request_duration_seconds_count{method="tools/call",endpoint="get_user",status="ok"}';
const errors =
  'mcp_request_errors_total{method="tools/call",endpoint="get_user",error_type="internal_error",fault="server"}';
const errorRate = 'job_instance:mcp_errors:rate5m{}';
const slowRate = 'job_instance_percentile:mcp_slow_calls:rate5m{percentile="p99"}';
const compared = {
  'job_instance:mcp_calls:rate5m{}': gauge([10, 200]),
  'job_instance_percentile:mcp_compared_calls:rate5m{percentile="p99"}': gauge([10, 200]),
};

export const sloCases: readonly AlertCase[] = [
  {
    alert: 'McpErrorBudgetBurn',
    at: 75,
    series: { [calls]: counter([600, 90]), [errors]: counter([0, 15], [12, 75]) },
    summary: 'The error budget of orders:9464 (mcp-vitals) burns too fast.',
    description:
      'It burns at 19 times the rate that the objective allows (99.9% of requests answered without a fault of the server). At 1 the budget of 30 days lasts 30 days, at 14.4 two, at 6 five. Watched over 6h and less.',
    // 0.5 %: five times the budget, which the slow alert is for.
    healthy: { [errors]: counter([0, 15], [3, 75]) },
  },
  {
    alert: 'McpErrorBudgetBurnSlow',
    step: 10,
    at: 30 * 60,
    series: {
      'job_instance:mcp_requests:rate5m{}': gauge([10, 200]),
      [errorRate]: gauge([0.035, 200]),
    },
    summary: 'The error budget of orders:9464 (mcp-vitals) burns too fast.',
    description:
      'It burns at 3.5 times the rate that the objective allows (99.9% of requests answered without a fault of the server). At 1 the budget of 30 days lasts 30 days, at 14.4 two, at 6 five. Watched over 3d and less.',
    // 0.08 % of the 0.1 % that the objective allows.
    healthy: { [errorRate]: gauge([0.008, 200]) },
  },
  {
    alert: 'McpLatencyBudgetBurn',
    step: 10,
    at: 7 * 60,
    series: { ...compared, [slowRate]: gauge([3.5, 200]) },
    summary: 'The latency budget of orders:9464 (mcp-vitals) burns too fast.',
    description:
      'It burns at 7 times the rate that the objective allows (95% of requests answered within the P99 of the baseline). At 1 the budget of 30 days lasts 30 days, at 14.4 two, at 6 five. Watched over 6h and less.',
    healthy: { [slowRate]: gauge([1, 200]) },
  },
  {
    alert: 'McpLatencyBudgetBurnSlow',
    step: 10,
    at: 30 * 60,
    series: { ...compared, [slowRate]: gauge([0.7, 200]) },
    summary: 'The latency budget of orders:9464 (mcp-vitals) burns too fast.',
    description:
      'It burns at 1.4 times the rate that the objective allows (95% of requests answered within the P99 of the baseline). At 1 the budget of 30 days lasts 30 days, at 14.4 two, at 6 five. Watched over 3d and less.',
    // The document's sustained test for a day: 2.6 % of the 5 % that the objective allows.
    healthy: { [slowRate]: gauge([0.26, 200]) },
  },
];
