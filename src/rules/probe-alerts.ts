import type { AlertGroup } from './rule-model.ts';
import { also, SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

const probe = ['probe'];
const same = `probe=%q`;
const reason = `{{ with printf "probe_failure_reason{job=%q,instance=%q,probe=%q} == 1" $labels.job $labels.instance $labels.probe | query }}, for the reason {{ (first .).Labels.reason }}{{ end }}`;

const reasons = {
  query: 'probe_failure_reason{job="$job",instance="$instance",probe="$probe"}',
  shows: 'why its last run failed',
};
const phases = {
  query: 'probe_phase_duration_seconds{job="$job",instance="$instance",probe="$probe"}',
  shows: 'which phase takes the time',
};
const traffic = {
  query:
    'job_instance:mcp_errors:rate5m{job="$job",instance="$instance"} or job_instance:mcp_requests:rate5m{job="$job",instance="$instance"}',
  shows: 'whether real traffic fails as well',
};

/** What the probes say: they see it before users do, and without users. */
export const probeAlerts: AlertGroup = {
  name: 'probes',
  dashboard: 'mcp-probes',
  interval: '30s',
  title: 'Probes',
  about:
    'From the probes that the sidecar runs (`probes:`). A probe decides itself when it is down: after its retries.',
  alerts: [
    {
      alert: 'McpProbeDown',
      severity: 'critical',
      area: 'probes',
      when: 'a probe is in the state down',
      expr: () =>
        'time() - probe_last_success_timestamp_seconds and on (job, instance, probe) (probe_state{state="down"} == 1)',
      for: '1m',
      keepFiringFor: '2m',
      summary: `The probe {{ $labels.probe }} of ${SERVER} is down.`,
      description: `It last succeeded ${value('duration')} ago${reason}; it is expected to succeed every ${also('probe_interval_seconds', 'duration', { labels: same, from: probe })}.`,
      inhibits: ['McpProbeDegraded', 'McpProbeSlow'],
      runbook: {
        meaning: 'What the probe does, a client cannot do either.',
        confirm: [reasons, phases, traffic],
        causes: [
          'The server is down, or a dependency that it checks.',
          'A certificate that expired, a token that was rotated.',
          'A tool that the probe calls was renamed: look at McpToolDrift.',
        ],
        now: [
          'The reason says where to look. If real traffic is well, suspect the probe: its token, its arguments.',
        ],
        later: ['Exercise what users use: `initialize` alone says little.'],
      },
    },
    {
      alert: 'McpProbeDegraded',
      severity: 'warning',
      area: 'probes',
      when: 'a probe is in the state degraded for 10 minutes',
      expr: () => 'probe_duration_seconds and on (job, instance, probe) (probe_state{state="degraded"} == 1)',
      for: '10m',
      keepFiringFor: '10m',
      summary: `The probe {{ $labels.probe }} of ${SERVER} succeeds with difficulty.`,
      description: `Its last run took ${value('duration')}${reason}; the P99 of its baseline is ${also('probe_baseline_latency_seconds', 'duration', { labels: same, from: probe, otherwise: 'not stated' })}.`,
      inhibits: [],
      runbook: {
        meaning: 'It fails now and then, or is slow. Some clients notice.',
        confirm: [reasons, phases, traffic],
        causes: ['One instance of several is ill.', 'A dependency at its limit.'],
        now: ['Nothing tonight.'],
        later: ['Look at the history of the probe for a pattern by time or instance.'],
      },
    },
    {
      alert: 'McpProbeSlow',
      severity: 'warning',
      area: 'probes',
      when: 'the calls of a probe take longer than the P99 of its baseline, on average over 15 minutes',
      expr: (w) =>
        `avg_over_time(probe_call_duration_seconds[${w('15m')}]) > on (job, instance, probe) probe_baseline_latency_seconds`,
      for: '15m',
      keepFiringFor: '15m',
      summary: `The probe {{ $labels.probe }} of ${SERVER} is slow.`,
      description: `Its calls take ${value('duration')} on average over 15 minutes, where the P99 of the baseline is ${also('probe_baseline_latency_seconds', 'duration', { labels: same, from: probe })}.`,
      inhibits: [],
      runbook: {
        meaning: 'A single call is slow without any load of its own.',
        confirm: [phases, traffic],
        causes: ['DNS or TLS, if the phases say so; else the server.'],
        now: ['Nothing tonight.'],
        later: ['As for McpLatencyAboveBaseline.'],
      },
    },
    {
      alert: 'McpProbeNotRunning',
      severity: 'warning',
      area: 'probes',
      when: 'a probe has not run for three of its intervals and a minute',
      expr: () =>
        'time() - probe_last_run_timestamp_seconds > on (job, instance, probe) 3 * probe_interval_seconds + 60',
      for: '1m',
      keepFiringFor: '5m',
      summary: `The probe {{ $labels.probe }} of ${SERVER} does not run.`,
      description: `Its last run was ${value('duration')} ago, where one every ${also('probe_interval_seconds', 'duration', { labels: same, from: probe })} is expected.`,
      inhibits: [],
      runbook: {
        meaning: 'Nobody watches what it watched; that it raises no alert means nothing.',
        confirm: [
          {
            query: 'increase(probe_runs_total{job="$job",instance="$instance",probe="$probe"}[1h])',
            shows: 'results of its runs: skipped_maintenance is on purpose, skipped_overlap is not',
          },
          {
            query:
              'histogram_quantile(0.99, sum by (le) (rate(mcp_vitals_probe_schedule_lateness_seconds_bucket{job="$job",instance="$instance"}[1h])))',
            shows: 'whether the sidecar is late',
          },
        ],
        causes: [
          'A maintenance window.',
          'A run that takes longer than its interval.',
          'A sidecar without CPU.',
        ],
        now: ['Nothing tonight.'],
        later: ['A longer interval or a shorter time-out.'],
      },
    },
    {
      alert: 'McpCertificateExpiresSoon',
      severity: 'warning',
      area: 'probes',
      when: 'a certificate expires within 14 days',
      expr: () =>
        `probe_tls_earliest_cert_expiry_timestamp_seconds - time() < ${thresholds.certificateDays.warning} * 86400`,
      for: '1h',
      keepFiringFor: '1h',
      summary: `The certificate that the probe {{ $labels.probe }} of ${SERVER} sees expires soon.`,
      description: `It expires in ${value('duration')}; it should have been renewed 14 days before.`,
      inhibits: [],
      runbook: {
        meaning: 'When it expires, no client connects.',
        confirm: [
          {
            query: 'probe_tls_earliest_cert_expiry_timestamp_seconds{job="$job",instance="$instance"}',
            shows: 'the time',
          },
        ],
        causes: ['The renewal failed, or the server has not loaded the renewed one.'],
        now: ['Nothing tonight.'],
        later: ['Renew it; let the server reload it.'],
      },
    },
    {
      alert: 'McpCertificateExpiring',
      severity: 'critical',
      area: 'probes',
      when: 'a certificate expires within 2 days',
      expr: () =>
        `probe_tls_earliest_cert_expiry_timestamp_seconds - time() < ${thresholds.certificateDays.critical} * 86400`,
      for: '10m',
      keepFiringFor: '10m',
      summary: `The certificate that the probe {{ $labels.probe }} of ${SERVER} sees is about to expire.`,
      description: `It expires in ${value('duration')}; it should have been renewed 14 days before. Then no client connects any more.`,
      inhibits: ['McpCertificateExpiresSoon'],
      runbook: {
        meaning: 'All clients fail at that time, at once.',
        confirm: [
          {
            query: 'probe_tls_earliest_cert_expiry_timestamp_seconds{job="$job",instance="$instance"}',
            shows: 'the time',
          },
        ],
        causes: ['The renewal failed and the ticket before was not seen.'],
        now: ['Renew it by hand now; let the server reload it; see that this resolves.'],
        later: ['Find out why the renewal failed.'],
      },
    },
    {
      alert: 'McpToolDrift',
      severity: 'warning',
      area: 'probes',
      when: 'tools were removed, or their arguments or results changed, since the record was made',
      expr: () => 'probe_tool_drift{change=~"removed|input_schema|output_schema"} > 0',
      for: '5m',
      keepFiringFor: '15m',
      summary: `Tools of ${SERVER} are not what they were ({{ $labels.change }}).`,
      description: `${value('count')} tools differ from the record of the probe {{ $labels.probe }} in {{ $labels.change }}, where none should.`,
      inhibits: [],
      runbook: {
        meaning:
          'Agents that hold the old list call tools that are gone, or with arguments that are refused.',
        confirm: [
          { query: 'probe_tool_drift{job="$job",instance="$instance"}', shows: 'how many tools, in what' },
          {
            query:
              'sum by (endpoint, error_type) (rate(mcp_request_errors_total{job="$job",instance="$instance",fault="client"}[15m]))',
            shows: 'whether clients stumble over it',
          },
        ],
        causes: [
          'A deployment.',
          'A list of tools that depends on the account or on a dependency.',
          'Tampering: a description that was changed to mislead agents.',
        ],
        now: [
          'Not meant: roll back. A description that nobody changed: treat it as an incident of security.',
        ],
        later: ['Meant: take the new list into the record.'],
      },
    },
  ],
};
