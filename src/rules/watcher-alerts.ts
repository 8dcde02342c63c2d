import type { AlertGroup } from './rule-model.ts';
import { SERVER, value } from './templates.ts';
import { thresholds } from './thresholds.ts';

/** The jobs that scrape sidecars, where their target never came up so that nothing else tells. */
const JOBS = 'job=~".*mcp-vitals.*"';

/** The watchers themselves. */
export const watcherAlerts: AlertGroup = {
  name: 'monitoring',
  dashboard: 'mcp-sidecar',
  interval: '30s',
  title: 'The watchers',
  about: 'Whether anybody watches at all. A silent monitoring looks like a healthy server.',
  alerts: [
    {
      alert: 'McpSidecarDown',
      severity: 'critical',
      area: 'monitoring',
      when: 'the scrape of a sidecar fails: of a job with `mcp-vitals` in its name, or of a target that was one within the last hour',
      expr: (w) =>
        `up{${JOBS}} == 0 or up == 0 and on (job, instance) present_over_time(mcp_vitals_build_info[${w('1h')}])`,
      for: '2m',
      keepFiringFor: '15m',
      summary: `The sidecar ${SERVER} cannot be scraped.`,
      description: `up is ${value('count')}, where 1 is expected. The sidecar stands in the path of the traffic: if it is down, so is the server for its clients.`,
      inhibits: [
        'McpServerUnreachable',
        'McpErrorRatioHigh',
        'McpErrorBudgetBurn',
        'McpErrorBudgetBurnSlow',
        'McpLatencyFarAboveBaseline',
        'McpLatencyAboveBaseline',
        'McpLatencyBudgetBurn',
        'McpLatencyBudgetBurnSlow',
        'McpThroughputBelowDemand',
        'McpThroughputDecline',
        'McpProbeDown',
        'McpProbeNotRunning',
        'McpSourceDown',
        'McpDetectorsNotRunning',
        'McpSpikeNotRecovered',
      ],
      runbook: {
        meaning:
          'Either clients cannot reach the server at all, or only Prometheus cannot reach the sidecar.',
        confirm: [
          {
            query: 'up{job="$job"}',
            shows: 'whether it is this one or all: all is the network or Prometheus',
          },
          {
            query: 'mcp_vitals_process_resident_memory_bytes{job="$job",instance="$instance"}',
            shows: 'its memory before: a sidecar takes some 100 MB',
          },
        ],
        causes: [
          'The pod or host is gone, or was moved without its target.',
          'The server was restarted, and took with it a sidecar that shares its process namespace.',
          "A token that Prometheus does not have (401), a page that takes longer than the scrape's time-out.",
        ],
        now: [
          "Call the sidecar's port as a client would. No answer: start it. An answer: only watching is broken.",
        ],
        later: ['`restart: unless-stopped`; a native sidecar on Kubernetes.'],
      },
    },
    {
      alert: 'McpNoSidecar',
      severity: 'warning',
      area: 'monitoring',
      when: 'Prometheus scrapes no sidecar at all',
      expr: () => 'absent(mcp_vitals_build_info)',
      for: '15m',
      keepFiringFor: '5m',
      summary: 'Prometheus scrapes no sidecar of mcp-vitals.',
      description: `absent(mcp_vitals_build_info) is ${value('count')}: no target has metrics of mcp-vitals, where at least one is expected. No other alert can fire.`,
      inhibits: [],
      runbook: {
        meaning: 'Nothing is watched.',
        confirm: [{ query: 'up', shows: 'what is scraped at all' }],
        causes: [
          'A service discovery that finds nothing after a change of labels.',
          'These rules without a sidecar: servers that measure themselves only. Then silence this alert.',
        ],
        now: ['Nothing tonight, if servers are well.'],
        later: ["Look at the targets' page of Prometheus."],
      },
    },
    {
      alert: 'McpSourceDown',
      severity: 'warning',
      area: 'monitoring',
      when: 'a source of a sidecar cannot be read for 10 minutes',
      expr: () =>
        'time() - mcp_vitals_source_last_success_timestamp_seconds and on (job, instance, source) (mcp_vitals_source_up == 0) or mcp_vitals_source_up == 0 unless on (job, instance, source) mcp_vitals_source_last_success_timestamp_seconds',
      for: '10m',
      keepFiringFor: '5m',
      summary: `The source {{ $labels.source }} of ${SERVER} cannot be read.`,
      description: `Its last reading succeeded ${value('duration')} ago (0s: never), where one every 15s is usual. What it measures is absent, and alerts on it cannot fire.`,
      inhibits: [],
      runbook: {
        meaning: 'Pools, caches, processes or the database are unwatched.',
        confirm: [
          { query: 'mcp_vitals_source_up{job="$job",instance="$instance"}', shows: 'which sources' },
          {
            query: 'rate(mcp_vitals_source_readings_total{job="$job",instance="$instance"}[15m])',
            shows: 'since when',
          },
        ],
        causes: [
          'What it reads is down: then another alert says so.',
          'A password that was rotated; a role that is missing (pg_monitor, +info).',
          'A process that runs as another user.',
        ],
        now: ['Is the database or cache itself well? If so: nothing tonight.'],
        later: ["The sidecar's log has the reason, once when it begins."],
      },
    },
    {
      alert: 'McpTapDropping',
      severity: 'warning',
      area: 'monitoring',
      when: 'more than 1 % of exchanges are lost to observation over 10 minutes',
      expr: (w) =>
        `sum by (job, instance) (rate(mcp_vitals_tap_dropped_total[${w('10m')}])) / sum by (job, instance) (rate(mcp_vitals_exchanges_seen_total[${w('10m')}])) > ${thresholds.tapDroppedRatio}`,
      for: '5m',
      keepFiringFor: '15m',
      summary: `The sidecar ${SERVER} does not see all of the traffic.`,
      description: `${value('percentage')} of exchanges are lost to observation, where none is expected. Their bytes go on unharmed; rates and shares are of the rest.`,
      inhibits: [],
      runbook: {
        meaning: 'The traffic is well, what is measured of it is not all of it.',
        confirm: [
          {
            query:
              'sum by (reason) (rate(mcp_vitals_tap_dropped_total{job="$job",instance="$instance"}[10m]))',
            shows: 'why',
          },
        ],
        causes: [
          'A table that is full (`tap.maxPending`).',
          'Compressed bodies that come faster than they are decoded, or unpack beyond `tap.maxDecodedBytes`.',
          'Messages that are no JSON.',
        ],
        now: ['Nothing tonight.'],
        later: ['Raise the limit that the reason names.'],
      },
    },
    {
      alert: 'McpLabelsOverflowing',
      severity: 'info',
      area: 'monitoring',
      when: 'names become `other` since their label is full or they were not declared, more than 10 in an hour',
      expr: (w) =>
        `sum by (job, instance, label) (increase(mcp_vitals_label_values_capped_total[${w('1h')}])) > 10`,
      for: '15m',
      keepFiringFor: '1h',
      summary: `Names of the label {{ $labels.label }} of ${SERVER} are counted as other.`,
      description: `${value('count')} times in the last hour, where none is expected.`,
      inhibits: [],
      runbook: {
        meaning: 'Some tools or paths are not told apart; their figures stand under `other`.',
        confirm: [
          {
            query:
              'sum by (endpoint) (rate(request_duration_seconds_count{job="$job",instance="$instance"}[1h]))',
            shows: 'which names there are',
          },
        ],
        causes: [
          'A server with more tools than `tap.maxTools`.',
          'Clients that call what does not exist: a scanner, or an agent that makes names up.',
        ],
        now: ['Nothing.'],
        later: ['Raise the cap if the names are real.'],
      },
    },
    {
      alert: 'McpConfigReloadFailed',
      severity: 'warning',
      area: 'monitoring',
      when: "the last reload of a sidecar's configuration was refused",
      expr: () =>
        'time() - mcp_vitals_config_last_reload_success_timestamp_seconds and on (job, instance) (mcp_vitals_config_last_reload_successful == 0)',
      for: '5m',
      keepFiringFor: '5m',
      summary: `The sidecar ${SERVER} refused its new configuration.`,
      description: `It runs on with the one it loaded ${value('duration')} ago, where the new one is expected.`,
      inhibits: [],
      runbook: {
        meaning: 'What was changed is not in force; after a restart the sidecar would not start.',
        confirm: [
          {
            query: 'mcp_vitals_config_last_reload_successful{job="$job",instance="$instance"}',
            shows: 'that it still is so',
          },
        ],
        causes: [
          'A mistake in the file: `mcp-vitals check FILE` prints every one.',
          "A secret's file that is gone.",
        ],
        now: ['Mend it before anything restarts the sidecar: it stands in the path of the traffic.'],
        later: ['`mcp-vitals check` before each roll-out.'],
      },
    },
    {
      alert: 'McpDetectorsNotRunning',
      severity: 'warning',
      area: 'monitoring',
      when: 'the detectors have not evaluated for an hour',
      expr: () =>
        `time() - mcp_detector_last_evaluation_timestamp_seconds > ${thresholds.detectorSilenceSeconds}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: `The detectors of ${SERVER} do not run.`,
      description: `Their last evaluation was ${value('duration')} ago, where one every 15 minutes is expected.`,
      inhibits: [],
      runbook: {
        meaning: 'Leaks are not looked for; the last verdicts stand still.',
        confirm: [
          {
            query: 'rate(mcp_detector_evaluations_total{job="$job",instance="$instance"}[1h])',
            shows: 'since when',
          },
        ],
        causes: ['A sidecar without CPU.', 'A state directory that is full or not writable.'],
        now: ['Nothing tonight.'],
        later: ["The sidecar's log has the reason."],
      },
    },
    {
      alert: 'McpWatchdog',
      severity: 'none',
      area: 'monitoring',
      when: 'always',
      expr: () => 'vector(1)',
      for: '0s',
      keepFiringFor: '0s',
      summary: 'Rules are evaluated and alerts arrive.',
      description: `Always ${value('count')}, as expected. Send it to a service that raises an alarm when it stays away.`,
      inhibits: [],
      runbook: {
        meaning: 'It always fires. That it stays away is the alarm: then Prometheus or Alertmanager is down.',
        confirm: [{ query: 'ALERTS{alertname="McpWatchdog"}', shows: 'that it fires' }],
        causes: [
          'It is missing: Prometheus is down or has not loaded the rules; Alertmanager is down or cannot send.',
        ],
        now: ["If your dead man's switch woke you: look at Prometheus, then at Alertmanager."],
        later: ['Two of each.'],
      },
    },
  ],
};
