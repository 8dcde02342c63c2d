import { dashboardUrl, runbookUrl, type Links } from './links.ts';
import type { AlertDeclaration, AlertGroup, RecordGroup, Windows } from './rule-model.ts';

/** A rule as Prometheus reads it. */
export type PrometheusRule =
  | {
      readonly record: string;
      readonly expr: string;
      readonly labels?: Readonly<Record<string, string>>;
    }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly keep_firing_for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

/** A group of rules as Prometheus reads it. */
export interface PrometheusGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly PrometheusRule[];
}

/** How rules are written: with which durations, with which addresses. */
export interface RuleOptions {
  readonly windows: Windows;
  readonly links: Links;
}

function toRule(alert: AlertDeclaration, group: AlertGroup, { windows, links }: RuleOptions): PrometheusRule {
  // Without a severity of people the watchdog must neither wait nor linger.
  const wait = alert.for === '0s' ? {} : { for: windows(alert.for) };
  const linger = alert.keepFiringFor === '0s' ? {} : { keep_firing_for: windows(alert.keepFiringFor) };
  return {
    alert: alert.alert,
    expr: breakLines(alert.expr(windows)),
    ...wait,
    ...linger,
    labels: { severity: alert.severity, area: alert.area },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: runbookUrl(links, group.name, alert.alert),
      dashboard_url: dashboardUrl(links, group.dashboard),
    },
  };
}

/** Puts every set operator outside of parentheses on a line of its own, so that a long expression can be read. */
export function breakLines(expr: string): string {
  let depth = 0;
  let quote = '';
  let text = '';
  for (let i = 0; i < expr.length; i += 1) {
    const char = expr[i] ?? '';
    if (quote !== '') {
      if (char === quote && expr[i - 1] !== '\\') quote = '';
    } else if (char === '"') quote = char;
    else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    const isOperator =
      depth === 0 && quote === '' && char === ' ' && /^(and|or|unless)\b/.test(expr.slice(i + 1));
    text += isOperator ? '\n' : char;
  }
  return text;
}

/** A group of recorded series, for Prometheus. */
export function recordRules(group: RecordGroup, { windows }: RuleOptions): PrometheusGroup {
  const rules = group.records.map(({ record, expr, labels }) => ({
    record,
    expr: breakLines(expr(windows)),
    ...(labels && { labels }),
  }));
  return { name: group.name, interval: windows(group.interval), rules };
}

/** A group of alerts, for Prometheus. */
export function alertRules(group: AlertGroup, options: RuleOptions): PrometheusGroup {
  return {
    name: `mcp-${group.name}-alerts`,
    interval: options.windows(group.interval),
    rules: group.alerts.map((alert) => toRule(alert, group, options)),
  };
}
