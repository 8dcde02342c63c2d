import { stringify } from 'yaml';
import { placeholderLinks, runbookUrl } from '../../src/rules/links.ts';
import { alertGroups, recordGroups } from '../../src/rules/rule-groups.ts';
import { alertRules, recordRules, type PrometheusGroup } from '../../src/rules/rule-file.ts';
import { declaredWindows } from '../../src/rules/windows.ts';
import type { AlertCase, Series } from './alert-case.ts';
import { gauge } from './alert-case.ts';

export const SERVER = { job: 'mcp-vitals', instance: 'orders:9464' };

/** What a sidecar of the standard configuration in tier 2 says at all times. */
export const standing: Readonly<Record<string, number>> = {
  'mcp_requests_in_flight{}': 0,
  'mcp_vitals_build_info{version="1",node_version="24"}': 1,
  'mcp_baseline_latency_seconds{tool="",percentile="p50"}': 0.045,
  'mcp_baseline_latency_seconds{tool="",percentile="p95"}': 0.12,
  'mcp_baseline_latency_seconds{tool="",percentile="p99"}': 0.28,
  'mcp_baseline_latency_seconds{tool="get_user",percentile="p99"}': 0.18,
  'mcp_baseline_throughput{tool=""}': 850,
  'mcp_baseline_error_ratio{}': 0.0002,
  'mcp_baseline_cpu_ratio{}': 0.65,
  'mcp_baseline_memory_bytes{}': 2.1 * 1024 ** 3,
  'mcp_baseline_pool_ratio{}': 0.45,
  'mcp_baseline_cache_hit_ratio{}': 0.78,
  'mcp_slo_objective_ratio{slo="availability"}': 0.999,
  'mcp_slo_objective_ratio{slo="latency"}': 0.95,
  'mcp_tier_info{tier="2",name="medium"}': 1,
  'mcp_tier_limit{resource="requests_per_second"}': 850,
  'mcp_tier_limit{resource="sessions"}': 500,
};

/** The series' full name, with the server's labels where the case does not say them. */
export function fullName(name: string): string {
  if (name.includes('instance="')) return name;
  const labels = `job="${SERVER.job}",instance="${SERVER.instance}"`;
  return name.replace(/\{/, `{${labels},`).replace(',}', '}');
}

function inputSeries(series: Series, steps: number): { series: string; values: string }[] {
  const names = new Set(Object.keys(series).map(fullName));
  const constant = Object.entries(standing)
    // A metric of which a case says anything is the case's alone, where it stands for other servers.
    .filter(
      ([name]) =>
        !names.has(fullName(name)) &&
        !('mcp_vitals_build_info' === name.split('{')[0] && hasBuildInfo(series)),
    )
    .map(([name, value]) => ({ series: fullName(name), values: gauge([value, steps]) }));
  return [
    ...constant,
    ...Object.entries(series).map(([name, values]) => ({ series: fullName(name), values })),
  ];
}

const hasBuildInfo = (series: Series) =>
  Object.keys(series).some((name) => name.startsWith('mcp_vitals_build_info'));

const wholeSeries = new Set(recordGroups.flatMap(({ records }) => records.map(({ record }) => record)));

/**
 * The alert and the recorded series that it needs, of those the ones that the case does not give itself: what
 * `generate` writes, without the many rules that would only cost time.
 */
function rulesOf({ alert, series }: AlertCase): PrometheusGroup[] {
  const given = new Set(Object.keys(series).map((name) => name.split('{')[0] ?? ''));
  const options = { windows: declaredWindows, links: placeholderLinks };
  const needed = new Set<string>();
  const need = (text: string): void => {
    for (const name of wholeSeries) {
      if (needed.has(name) || given.has(name) || !text.includes(name)) continue;
      needed.add(name);
      for (const { record, expr } of recordGroups.flatMap(({ records }) => records)) {
        if (record === name) need(expr(declaredWindows));
      }
    }
  };
  const group = alertGroups
    .map((each) => alertRules(each, options))
    .map((each) => ({ ...each, rules: each.rules.filter((rule) => 'alert' in rule && rule.alert === alert) }))
    .find(({ rules }) => rules.length > 0);
  if (!group) throw new Error(`${alert}: want a declared alert, got none`);
  need(JSON.stringify(group.rules));
  const records = recordGroups
    // Servers without a sidecar have a test of their own.
    .filter(({ file }) => file !== 'otel-servers')
    .map((each) => recordRules(each, options))
    .map((each) => ({
      ...each,
      rules: each.rules.filter((rule) => 'record' in rule && needed.has(rule.record)),
    }))
    .filter(({ rules }) => rules.length > 0);
  return [...records, group];
}

/** The annotations that an alert must have when it fires. */
function annotations(each: AlertCase, labels: Readonly<Record<string, string>>): Record<string, string> {
  const group = alertGroups.find(({ alerts }) => alerts.some(({ alert }) => alert === each.alert));
  const { job = '', instance = '' } = labels;
  return {
    summary: each.summary,
    description: each.description,
    runbook_url: runbookUrl(placeholderLinks, group?.name ?? '', each.alert),
    dashboard_url: `${placeholderLinks.grafana}/d/${group?.dashboard}?var-job=${job}&var-instance=${instance}`,
  };
}

/** What promtool reads for a case: the rules, and the test that names their file. */
export interface PromtoolFiles {
  readonly rules: string;
  readonly test: string;
}

/**
 * Files for `promtool test rules`: the alert fires with exactly these labels and texts, its healthy twin does not.
 * @param rulesFile where the rules will be written.
 */
export function promtoolFiles(each: AlertCase, rulesFile: string): PromtoolFiles {
  const groups = rulesOf(each);
  const declared = alertGroups.flatMap(({ alerts }) => alerts).find(({ alert }) => alert === each.alert);
  const step = each.step ?? 1;
  const steps = Math.ceil(each.at / step) + 2;
  const labels: Record<string, string> = {
    severity: declared?.severity ?? '',
    area: declared?.area ?? '',
    ...(each.ofServer === false ? {} : SERVER),
    ...each.labels,
  };
  const alert = {
    eval_time: `${each.at}m`,
    alertname: each.alert,
  };
  const test = stringify(
    {
      rule_files: [rulesFile],
      evaluation_interval: `${step}m`,
      // Else the order changes from run to run, and with steps beyond the look-back of 5 minutes the result.
      group_eval_order: groups.map(({ name }) => name),
      tests: [
        {
          name: 'fires',
          interval: `${step}m`,
          input_series: inputSeries(each.series, steps),
          alert_rule_test: [
            { ...alert, exp_alerts: [{ exp_labels: labels, exp_annotations: annotations(each, labels) }] },
          ],
        },
        {
          name: 'healthy',
          interval: `${step}m`,
          input_series: inputSeries({ ...each.series, ...each.healthy }, steps),
          alert_rule_test: [{ ...alert, exp_alerts: [] }],
        },
      ],
    },
    { lineWidth: 0 },
  );
  return { rules: stringify({ groups }), test };
}
