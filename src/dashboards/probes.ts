import type { DashboardDeclaration, PanelDeclaration } from './dashboard-model.ts';
import { increase, of, rate } from './select.ts';
import { probeStates } from './shared-panels.ts';

const NAME = '{{probe}} ({{instance}})';
const byProbe = (expr: string): string => `max by (instance, probe) (${expr})`;

const state: readonly PanelDeclaration[] = [
  { ...probeStates, link: { to: 'runbook', alert: 'McpProbeDown' }, width: 24 },
  {
    kind: 'table',
    title: 'The last run of each probe',
    description:
      'Good: 1 in the first column, a duration below the baseline, a success that is recent. Source: probe_success, probe_duration_seconds, probe_baseline_latency_seconds, probe_last_success_timestamp_seconds, probe_interval_seconds.',
    unit: 's',
    queries: [
      {
        expr: byProbe(of('probe_success')),
        name: 'Success',
        unit: 'none',
        decimals: 0,
        thresholds: ['red', [1, 'green']],
      },
      { expr: byProbe(of('probe_duration_seconds')), name: 'Duration' },
      { expr: byProbe(of('probe_call_duration_seconds')), name: 'Call' },
      { expr: byProbe(of('probe_baseline_latency_seconds')), name: 'Baseline' },
      { expr: `time() - ${byProbe(of('probe_last_success_timestamp_seconds'))}`, name: 'Since success' },
      { expr: byProbe(of('probe_interval_seconds')), name: 'Interval' },
    ],
    labels: [
      ['probe', 'Probe'],
      ['instance', 'Server'],
    ],
    sortBy: 'Since success',
    link: { to: 'runbook', alert: 'McpProbeDown' },
    width: 14,
    height: 8,
  },
  {
    kind: 'state-timeline',
    title: 'Why the last run failed',
    description:
      'Good: nothing here. A bar while the last run of a probe had failed for this reason. Source: probe_failure_reason.',
    unit: 'none',
    queries: [
      {
        expr: `max by (instance, probe, reason) (${of('probe_failure_reason')})`,
        name: '{{probe}}: {{reason}}',
      },
    ],
    mappings: [{ value: 1, text: 'failed', color: 'red' }],
    link: { to: 'runbook', alert: 'McpProbeDown' },
    nothing: 'no probe failed',
    width: 10,
    height: 8,
  },
];

const time: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Time of a run by phase',
    description:
      'Good: level. Seconds of the last run by phase, the mean of the chosen probes: where one grows, that part of the way is slow. Source: probe_phase_duration_seconds.',
    unit: 's',
    min: 0,
    stacked: true,
    queries: [{ expr: `avg by (phase) (${of('probe_phase_duration_seconds')})`, name: '{{phase}}' }],
    link: { to: 'runbook', alert: 'McpProbeSlow' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Calls of probes, beside the baseline of their tool',
    description:
      'Good: below the dashed line of the same name. Duration of what was measured, and the P99 that it is held against. Source: probe_call_duration_seconds, probe_baseline_latency_seconds.',
    unit: 's',
    min: 0,
    queries: [
      { expr: byProbe(of('probe_call_duration_seconds')), name: NAME },
      {
        expr: `max by (probe) (${of('probe_baseline_latency_seconds')})`,
        name: '{{probe}} baseline',
        role: 'reference',
      },
    ],
    link: { to: 'runbook', alert: 'McpProbeSlow' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Runs by result',
    description:
      'Good: only success. Runs a second by result: after a retry, failed, or left out since the run before was not over. Source: probe_runs_total.',
    unit: 'cps',
    min: 0,
    stacked: true,
    queries: [{ expr: `sum by (result) (${rate('probe_runs_total')})`, name: '{{result}}' }],
    link: { to: 'runbook', alert: 'McpProbeDegraded' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How late runs begin',
    description:
      'Good: within a hundredth of a second. P99 of how late runs began; late runs are a sidecar without CPU. Source: mcp_vitals_probe_schedule_lateness_seconds.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (le) (${rate('mcp_vitals_probe_schedule_lateness_seconds_bucket')}))`,
        name: 'P99',
      },
      {
        expr: `histogram_quantile(0.5, sum by (le) (${rate('mcp_vitals_probe_schedule_lateness_seconds_bucket')}))`,
        name: 'P50',
      },
    ],
    link: { to: 'runbook', alert: 'McpProbeNotRunning' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Failed runs by probe',
    description: 'Good: nothing. Runs that failed over one step, by probe. Source: probe_runs_total.',
    unit: 'short',
    min: 0,
    bars: true,
    queries: [
      { expr: `sum by (probe) (${increase('probe_runs_total', 'result="failure"')})`, name: '{{probe}}' },
    ],
    link: { to: 'runbook', alert: 'McpProbeDown' },
    width: 8,
    height: 8,
  },
];

const contract: readonly PanelDeclaration[] = [
  {
    kind: 'bargauge',
    title: 'Time until certificates end',
    description:
      'Good: green. Time until the first certificate of the chain ends: yellow below 30 days, red below 7. Source: probe_tls_earliest_cert_expiry_timestamp_seconds; absent for probes without TLS.',
    unit: 's',
    min: 0,
    max: 7_776_000,
    thresholds: ['red', [604_800, 'yellow'], [2_592_000, 'green']],
    queries: [
      {
        expr: `min by (instance, probe) (${of('probe_tls_earliest_cert_expiry_timestamp_seconds')}) - time()`,
        name: NAME,
      },
    ],
    link: { to: 'runbook', alert: 'McpCertificateExpiring' },
    nothing: 'no probe uses TLS',
    width: 12,
    height: 7,
  },
  {
    kind: 'timeseries',
    title: 'Tools that differ from the recorded list',
    description:
      'Good: all 0. Tools that differ from the recorded list, by the way in which they do: a removed tool or a changed schema breaks clients. Source: probe_tool_drift.',
    unit: 'none',
    min: 0,
    queries: [{ expr: `max by (probe, change) (${of('probe_tool_drift')})`, name: '{{probe}}: {{change}}' }],
    link: { to: 'runbook', alert: 'McpToolDrift' },
    nothing: 'no list of tools is recorded',
    width: 12,
    height: 7,
  },
];

/** What probes find out by calling the server themselves. */
export const probes: DashboardDeclaration = {
  uid: 'mcp-probes',
  title: 'MCP / Probes',
  description: 'State, phases and failures of the probes, certificates, drift of the list of tools.',
  questions: [
    'Which probe is down, since when, and why?',
    'In which phase of a run is the time lost?',
    'Which certificate ends soon?',
    'Did the list of tools change?',
  ],
  variables: [],
  from: 'now-6h',
  rows: [
    { title: 'State', panels: state },
    { title: 'Time', panels: time },
    { title: 'What was promised', panels: contract },
  ],
};
