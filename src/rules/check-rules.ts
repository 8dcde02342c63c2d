import { CATALOG } from '../metrics/catalog.ts';
import type { MetricSpec } from '../metrics/metric-spec.ts';
import { expressionNames } from './expression-names.ts';
import type { AlertDeclaration, AlertGroup, RecordGroup } from './rule-model.ts';
import { declaredWindows, durationSeconds } from './windows.ts';

/** Metrics of well-known exporters and of Prometheus itself that rules and dashboards may name. */
export const FOREIGN_METRICS: ReadonlySet<string> = new Set([
  // Prometheus
  'up',
  'ALERTS',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  // kube-state-metrics
  'kube_horizontalpodautoscaler_status_current_replicas',
  'kube_horizontalpodautoscaler_status_desired_replicas',
  'kube_horizontalpodautoscaler_spec_max_replicas',
]);

const catalogSeries: ReadonlySet<string> = new Set(
  Object.entries<MetricSpec>(CATALOG).flatMap(([name, { type }]) =>
    type === 'histogram' ? ['bucket', 'count', 'sum'].map((suffix) => `${name}_${suffix}`) : [name],
  ),
);

/** Names in an expression that nobody exports and no rule records. */
export function unknownNames(expr: string, recorded: ReadonlySet<string>): string[] {
  return expressionNames(expr).metrics.filter(
    (name) => !recorded.has(name) && !catalogSeries.has(name) && !FOREIGN_METRICS.has(name),
  );
}

function nameProblems(where: string, expr: string, known: ReadonlySet<string>): string[] {
  return unknownNames(expr, known).map(
    (name) => `${where}: want a metric of the catalog or a recorded series, got ${name}`,
  );
}

function alertProblems(alert: AlertDeclaration, all: ReadonlySet<string>): string[] {
  const problem = (text: string) => `${alert.alert}: ${text}`;
  const sentence = (text: string) => /^[A-Z{].*[.]$/s.test(text);
  const { runbook } = alert;
  const empty = (['meaning', 'confirm', 'causes', 'now', 'later'] as const).filter(
    (part) => runbook[part].length === 0,
  );
  return [
    ...(/^Mcp[A-Z][A-Za-z]+$/.test(alert.alert)
      ? []
      : [problem('want a CamelCase name that begins with Mcp')]),
    ...(sentence(alert.summary) ? [] : [problem(`want a full sentence as summary, got ${alert.summary}`)]),
    ...(alert.description.includes('$value') ? [] : [problem('want the live value in the description')]),
    ...empty.map((part) => problem(`want a runbook with ${part}, got none`)),
    ...alert.inhibits
      .filter((name) => !all.has(name) || name === alert.alert)
      .map((name) => problem(`want another alert to inhibit, got ${name}`)),
  ];
}

const RANK = { none: 0, info: 1, warning: 2, critical: 3 } as const;

/**
 * Alertmanager lets a silenced alert silence others, so that two that silence each other are both unseen, and a
 * ticket that silences a page leaves everyone asleep. A page that outlasts what silenced it comes when all is over.
 */
function inhibitionProblems(alerts: readonly AlertDeclaration[]): string[] {
  const byName = new Map(alerts.map((alert) => [alert.alert, alert]));
  return alerts.flatMap(({ alert, severity, inhibits, keepFiringFor }) =>
    inhibits.flatMap((name) => {
      const target = byName.get(name);
      if (target === undefined) return [];
      return [
        ...(target.inhibits.includes(alert)
          ? [`${alert}: want one of two to inhibit the other, got both (${name})`]
          : []),
        ...(target.severity === 'critical' &&
        durationSeconds(keepFiringFor) <= durationSeconds(target.keepFiringFor)
          ? [
              `${alert}: want it to fire on for longer than the page that it silences, got ${keepFiringFor} (${name})`,
            ]
          : []),
        ...(RANK[severity] < RANK[target.severity]
          ? [`${alert}: want nothing worse inhibited, got ${name} (${target.severity})`]
          : []),
      ];
    }),
  );
}

/** What is wrong with declared rules, all of it; empty if nothing is. Everything is checked before anything is written. */
export function ruleProblems(records: readonly RecordGroup[], groups: readonly AlertGroup[]): string[] {
  const alerts = groups.flatMap((group) => group.alerts);
  const names = new Set(alerts.map(({ alert }) => alert));
  const recorded = records.flatMap((group) => group.records);
  const known = new Set(recorded.map(({ record }) => record));
  const twice = [...names].filter((name) => alerts.filter(({ alert }) => alert === name).length > 1);
  return [
    ...inhibitionProblems(alerts),
    ...twice.map((name) => `${name}: want every alert once, got it again`),
    ...recorded.flatMap(({ record, expr }) => [
      ...nameProblems(record, expr(declaredWindows), known),
      ...(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/.test(record)
        ? []
        : [`${record}: want level:metric:operations as its name`]),
    ]),
    ...alerts.flatMap((alert) => [
      ...nameProblems(alert.alert, alert.expr(declaredWindows), known),
      ...alert.runbook.confirm.flatMap(({ query }) => nameProblems(`${alert.alert} runbook`, query, known)),
      ...alertProblems(alert, names),
    ]),
  ];
}
