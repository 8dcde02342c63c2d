import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ExtraVariable } from './dashboard-model.ts';
import { PROMETHEUS } from './grafana-json.ts';

/** Sidecars, and servers that the rules know by OpenTelemetry's metrics alone. */
const KNOWN = '__name__=~"mcp_vitals_build_info|job_instance:mcp_requests:rate5m"';

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly query: string;
  readonly description: string;
  readonly regex?: string;
}

const choices: Readonly<Record<'job' | 'server' | 'instance' | ExtraVariable, Choice>> = {
  job: {
    name: 'job',
    label: 'Job',
    query: `label_values({${KNOWN}}, job)`,
    description: 'Jobs of Prometheus that scrape sidecars.',
  },
  server: {
    name: 'server',
    label: 'Server',
    query: 'query_result(requests_per_second{job=~"$job"})',
    // The name is shown, the address of the scrape is what panels select by.
    regex: '/exported_instance="(?<text>[^"]+)",\\s*instance="(?<value>[^"]+)"/',
    description: 'Servers by the name that their sidecar gives them (setting `instance`).',
  },
  instance: {
    name: 'instance',
    label: 'Instance',
    query: `label_values({${KNOWN},job=~"$job",instance=~"$server"}, instance)`,
    description: 'Addresses that Prometheus scrapes.',
  },
  tool: {
    name: 'tool',
    label: 'Tool',
    query:
      'label_values(job_instance_tool:mcp_calls:rate5m{job=~"$job",instance=~"$instance",instance=~"$server"}, tool)',
    description: 'Tools that were called.',
  },
  hpa: {
    name: 'hpa',
    label: 'Autoscaler',
    query: 'label_values(kube_horizontalpodautoscaler_spec_max_replicas, horizontalpodautoscaler)',
    description: 'HorizontalPodAutoscalers, by kube-state-metrics.',
  },
};

function choice({ name, label, query, description, regex }: Choice): QueryVariableBuilder {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(PROMETHEUS)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    // oxlint-disable-next-line unicorn/no-array-sort -- a setting of the variable, no array
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] })
    .options([]);
  return regex === undefined ? builder : builder.regex(regex);
}

/** The variables of a dashboard: those that all have, and its own. */
export const toVariables = (extra: readonly ExtraVariable[]): Builder<VariableModel>[] => [
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the sidecars and evaluates their rules.')
    .type('prometheus')
    .current({ selected: true, text: 'default', value: 'default' }),
  ...(['job', 'server', 'instance', ...extra] as const).map((name) => choice(choices[name])),
];
