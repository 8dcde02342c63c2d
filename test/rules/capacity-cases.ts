import { counter, gauge, type AlertCase } from './alert-case.ts';

const calls = 'request_duration_seconds_count{method="tools/call",endpoint="get_user",status="ok"}';
const hpa = 'namespace="agents",horizontalpodautoscaler="orders-mcp"';

/** Four servers of a job, busy, with so many calls a minute each. */
const four = (perMinute: number) =>
  Object.fromEntries(
    ['a:9464', 'b:9464', 'c:9464', 'd:9464'].flatMap((instance) => [
      [
        `request_duration_seconds_count{job="mcp-vitals",instance="${instance}",method="tools/call",endpoint="get_user",status="ok"}`,
        counter([perMinute, 60]),
      ],
      [`mcp_baseline_throughput{job="mcp-vitals",instance="${instance}",tool=""}`, gauge([850, 60])],
      [`mcp_baseline_cpu_ratio{job="mcp-vitals",instance="${instance}"}`, gauge([0.65, 60])],
      [`mcp_process_cpu_ratio{job="mcp-vitals",instance="${instance}"}`, gauge([0.8, 60])],
      [`mcp_requests_in_flight{job="mcp-vitals",instance="${instance}"}`, gauge([10, 60])],
    ]),
  );

export const capacityCases: readonly AlertCase[] = [
  {
    alert: 'McpTierLimitNear',
    at: 40,
    series: { 'mcp_sessions_active{}': gauge([420, 50]), [calls]: counter([6000, 50]) },
    labels: { resource: 'sessions' },
    summary: 'orders:9464 (mcp-vitals) comes near the limit of its tier in sessions.',
    description:
      '84% of the limit of 500 are in use. The tier that fits the present demand is 3 (1 small, 2 medium, 3 large, 4 enterprise).',
    healthy: { 'mcp_sessions_active{}': gauge([380, 50]) },
  },
  {
    alert: 'McpTierLimitReached',
    at: 40,
    series: { [calls]: counter([51_000, 50]) },
    labels: { resource: 'requests_per_second' },
    summary: 'orders:9464 (mcp-vitals) reached the limit of its tier in requests_per_second.',
    description:
      '100% of the limit of 850 are in use. The tier that fits the present demand is 3 (1 small, 2 medium, 3 large, 4 enterprise).',
    healthy: { [calls]: counter([42_000, 50]) },
  },
  {
    alert: 'McpScalingEfficiencyLow',
    at: 50,
    series: four(30_000),
    labels: { job: 'mcp-vitals' },
    ofServer: false,
    summary: 'The servers of the job mcp-vitals scale badly.',
    description:
      'They serve 58.82% of what as many times one server would, where the document has 97.6% for 4 instances.',
    // The document's four instances: 3,320 requests a second.
    healthy: four(49_800),
  },
  {
    alert: 'McpHpaAtMaximum',
    at: 25,
    series: {
      [`kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics",instance="ksm",${hpa}}`]:
        gauge([20, 30]),
      [`kube_horizontalpodautoscaler_spec_max_replicas{job="kube-state-metrics",instance="ksm",${hpa}}`]:
        gauge([20, 30]),
    },
    labels: { namespace: 'agents', horizontalpodautoscaler: 'orders-mcp' },
    ofServer: false,
    summary: 'The autoscaler agents/orders-mcp is at its maximum.',
    description:
      'It runs 20 replicas, its most; the document has 2 to 20, and 7 for 3,000 requests a second.',
    healthy: {
      [`kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics",instance="ksm",${hpa}}`]:
        gauge([19, 30]),
    },
  },
];
