import { gauge, type AlertCase } from './alert-case.ts';

const probe = (name: string, labels = '') => `${name}{probe="checkout"${labels}}`;
const state = (name: string) => probe('probe_state', `,state="${name}"`);
const interval = { [probe('probe_interval_seconds')]: gauge([30, 40]) };
const certificate = probe('probe_tls_earliest_cert_expiry_timestamp_seconds');

export const probeCases: readonly AlertCase[] = [
  {
    alert: 'McpProbeDown',
    at: 12,
    series: {
      ...interval,
      [state('down')]: gauge([0, 5], [1, 20]),
      [state('up')]: gauge([1, 5], [0, 20]),
      [probe('probe_last_success_timestamp_seconds')]: gauge([240, 25]),
      [probe('probe_failure_reason', ',reason="connection_refused"')]: gauge([1, 25]),
    },
    labels: { probe: 'checkout' },
    summary: 'The probe checkout of orders:9464 (mcp-vitals) is down.',
    description:
      'It last succeeded 8m 0s ago, for the reason connection_refused; it is expected to succeed every 30s.',
    healthy: { [state('down')]: gauge([0, 25]), [state('degraded')]: gauge([0, 5], [1, 20]) },
  },
  {
    alert: 'McpProbeDegraded',
    at: 25,
    series: {
      ...interval,
      [state('degraded')]: gauge([0, 5], [1, 30]),
      [probe('probe_duration_seconds')]: gauge([0.61, 35]),
      [probe('probe_baseline_latency_seconds')]: gauge([0.28, 35]),
    },
    labels: { probe: 'checkout' },
    summary: 'The probe checkout of orders:9464 (mcp-vitals) succeeds with difficulty.',
    description: 'Its last run took 610ms; the P99 of its baseline is 280ms.',
    healthy: { [state('degraded')]: gauge([0, 5], [1, 5], [0, 25]) },
  },
  {
    alert: 'McpProbeSlow',
    at: 35,
    series: {
      [probe('probe_call_duration_seconds')]: gauge([0.41, 40]),
      [probe('probe_baseline_latency_seconds')]: gauge([0.28, 40]),
    },
    labels: { probe: 'checkout' },
    summary: 'The probe checkout of orders:9464 (mcp-vitals) is slow.',
    description: 'Its calls take 410ms on average over 15 minutes, where the P99 of the baseline is 280ms.',
    healthy: { [probe('probe_call_duration_seconds')]: gauge([0.21, 40]) },
  },
  {
    alert: 'McpProbeNotRunning',
    at: 12,
    series: { ...interval, [probe('probe_last_run_timestamp_seconds')]: gauge([300, 40]) },
    labels: { probe: 'checkout' },
    summary: 'The probe checkout of orders:9464 (mcp-vitals) does not run.',
    description: 'Its last run was 7m 0s ago, where one every 30s is expected.',
    healthy: { [probe('probe_last_run_timestamp_seconds')]: '0+60x40' },
  },
  {
    alert: 'McpCertificateExpiresSoon',
    at: 90,
    series: { [certificate]: gauge([10 * 86_400, 100]) },
    labels: { probe: 'checkout' },
    summary: 'The certificate that the probe checkout of orders:9464 (mcp-vitals) sees expires soon.',
    description: 'It expires in 9d 22h 30m 0s; it should have been renewed 14 days before.',
    healthy: { [certificate]: gauge([20 * 86_400, 100]) },
  },
  {
    alert: 'McpCertificateExpiring',
    at: 30,
    series: { [certificate]: gauge([86_400, 40]) },
    labels: { probe: 'checkout' },
    summary: 'The certificate that the probe checkout of orders:9464 (mcp-vitals) sees is about to expire.',
    description:
      'It expires in 23h 30m 0s; it should have been renewed 14 days before. Then no client connects any more.',
    healthy: { [certificate]: gauge([4 * 86_400, 40]) },
  },
  {
    alert: 'McpToolDrift',
    at: 12,
    series: { [probe('probe_tool_drift', ',change="removed"')]: gauge([2, 20]) },
    labels: { probe: 'checkout', change: 'removed' },
    summary: 'Tools of orders:9464 (mcp-vitals) are not what they were (removed).',
    description: '2 tools differ from the record of the probe checkout in removed, where none should.',
    // New tools and better descriptions break nobody.
    healthy: {
      [probe('probe_tool_drift', ',change="removed"')]: gauge([0, 20]),
      [probe('probe_tool_drift', ',change="added"')]: gauge([2, 20]),
    },
  },
];
