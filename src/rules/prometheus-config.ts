import { alertGroups } from './rule-groups.ts';

/** What differs between the Prometheus configurations that ship. */
interface PrometheusSetUp {
  /** What the file is, for its first lines. */
  readonly about: readonly string[];
  /** Addresses of sidecars that are always there. */
  readonly sidecars: readonly string[];
  /** Names of sidecars that may be there: found where their name resolves. */
  readonly optionalSidecars: readonly string[];
  readonly alertmanager: string;
  /** Other servers that are scraped for their own metrics, by job. */
  readonly others: Readonly<Record<string, string>>;
  /** Where every series is written as well; undefined: nowhere. */
  readonly remoteWrite: string | undefined;
}

const bundle: Omit<PrometheusSetUp, 'about'> = {
  sidecars: ['mcp-vitals:9464'],
  optionalSidecars: ['demo-sidecar'],
  alertmanager: 'alertmanager:9093',
  others: { prometheus: 'localhost:9090', alertmanager: 'alertmanager:9093' },
  remoteWrite: undefined,
};

/** Each file that ships, by its name in prometheus/. */
const setUps: Readonly<Record<string, PrometheusSetUp>> = {
  'prometheus.yml': { about: ['Prometheus in docker-compose.yml.'], ...bundle },
  'prometheus-longterm.yml': {
    about: [
      'Prometheus in docker-compose.yml with the profile longterm (PROMETHEUS_CONFIG=prometheus-longterm.yml):',
      'prometheus.yml, and every series is written to a store for years as well.',
    ],
    ...bundle,
    others: { ...bundle.others, longterm: 'longterm:8428' },
    remoteWrite: 'http://longterm:8428/api/v1/write',
  },
  'prometheus-loopback.yml': {
    about: [
      'Prometheus beside a sidecar on the same machine, without containers:',
      '',
      '  prometheus --config.file=prometheus/prometheus-loopback.yml',
    ],
    sidecars: ['127.0.0.1:9464'],
    optionalSidecars: [],
    alertmanager: '127.0.0.1:9093',
    others: { prometheus: '127.0.0.1:9090' },
    remoteWrite: undefined,
  },
};

const quoted = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');

const optionalSidecars = (names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `    # Sidecars that are there with a profile only. With the dot at their end no other domain is tried.
    dns_sd_configs:
      - names: [${quoted(names.map((name) => `${name}.`))}]
        type: A
        port: 9464
        refresh_interval: 15s
    relabel_configs:
      # By their name: the address changes with each start.
      - source_labels: [__meta_dns_name]
        regex: ([^.]+)\\.?
        target_label: instance
        replacement: $1:9464
`;

const others = (jobs: PrometheusSetUp['others']): string =>
  Object.entries(jobs)
    .map(
      ([job, address]) => `
  - job_name: ${job}
    static_configs:
      - targets: ['${address}']
`,
    )
    .join('');

const remoteWrite = (url: string | undefined): string =>
  url === undefined
    ? `
# Every series to a store for years as well, such as Mimir, Thanos or VictoriaMetrics; in docker-compose.yml this is
# the profile longterm. What could not be sent is kept for two hours and sent later.
# remote_write:
#   - url: https://metrics.example.com/api/v1/write
#     authorization: { credentials_file: /run/secrets/remote-write-token }
`
    : `
# What could not be sent is kept for two hours and sent later.
remote_write:
  - url: ${url}
    # What was not sent when Prometheus is killed is not in the store: seconds at most.
    queue_config: { max_shards: 4, batch_send_deadline: 1s }
`;

function render(setUp: PrometheusSetUp): string {
  const about = setUp.about.map((line) => `# ${line}`.trimEnd()).join('\n');
  const alertFiles = alertGroups.map(({ name }) => `  - ../alerts/${name}.yml`).toSorted();
  return `# Generated from src/rules/prometheus-config.ts by \`npm run generate\`. Do not edit: copy it.
# Loads on Prometheus 2.42 and on 3.x. How long samples are kept is a flag (--storage.tsdb.retention.time).
#
${about}
global:
  # A rate needs two scrapes in its window: with 15 s, the shortest useful window is one minute.
  scrape_interval: 15s
  evaluation_interval: 15s
  # Where several Prometheus write to one store:
  # external_labels: { cluster: eu-1 }

# What mcp-vitals records and alerts on; generated, described in docs/alerts.md.
rule_files:
  - rules/*.yml
  # One by one: alertmanager.yml stands beside them.
${alertFiles.join('\n')}

alerting:
  alertmanagers:
    - static_configs:
        - targets: ['${setUp.alertmanager}']
${remoteWrite(setUp.remoteWrite)}
scrape_configs:
  - job_name: mcp-vitals
    # Must stay below scrape_interval; the page is built in a few milliseconds.
    scrape_timeout: 5s
    # One entry per sidecar: the address of its \`--admin\`.
    static_configs:
      - targets: [${quoted(setUp.sidecars)}]
    # A fleet: sidecars that these files list, read again when they change.
    file_sd_configs:
      - files: [targets/sidecars*.yml]
${optionalSidecars(setUp.optionalSidecars)}    # Where the sidecar asks for a token (admin.tokenFile or MCP_VITALS_ADMIN_TOKEN),
    # give Prometheus the same one; it reads the file anew at each scrape.
    # authorization:
    #   type: Bearer
    #   credentials_file: /run/secrets/mcp-vitals-token
    # No honor_labels: requests_per_second comes with the sidecar's own \`instance\` setting, a name. All series of a
    # server are to have the same label \`instance\`; the name stays beside it as exported_instance, for dashboards.

  # \`mcp-vitals detect --serve\` says of which server each of its series is: those labels are to stay.
  - job_name: mcp-detect
    honor_labels: true
    file_sd_configs:
      - files: [targets/detect*.yml]

  # A server that exports OpenTelemetry's MCP metrics itself. Its exporter for Prometheus in
  # JavaScript leaves out the unit, which the rules have in the name.
  - job_name: mcp-otel
    file_sd_configs:
      - files: [targets/otel*.yml]
    metric_relabel_configs:
      - source_labels: [__name__]
        regex: mcp_server_(operation|session)_duration_(bucket|count|sum)
        target_label: __name__
        replacement: mcp_server_\${1}_duration_seconds_\${2}
${others(setUp.others)}`;
}

/** Renders the Prometheus configurations: of the compose file, of its profile longterm, and without containers. */
export const renderPrometheusConfigs = (): readonly { readonly path: string; readonly text: string }[] =>
  Object.entries(setUps).map(([name, setUp]) => ({ path: `prometheus/${name}`, text: render(setUp) }));
