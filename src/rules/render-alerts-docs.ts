import { OWN_SERVERS } from './selectors.ts';
import { alertGroups, recordGroups } from './rule-groups.ts';
import type { AlertGroup } from './rule-model.ts';
import { breakLines } from './rule-file.ts';
import { declaredWindows } from './windows.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function alertTable(group: AlertGroup): string {
  const rows = group.alerts.map(
    ({ alert, severity, when, for: wait, runbook }) =>
      `| [\`${alert}\`](runbooks/${group.name}.md#${alert.toLowerCase()}) | ${severity} | ${cell(when)} | ${wait} | ${cell(runbook.meaning)} |`,
  );
  return `## ${group.title}

${group.about}

| alert | severity | fires when | for | meaning |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

function inhibitionTable(): string {
  const rows = alertGroups
    .flatMap((group) => group.alerts)
    .filter(({ inhibits }) => inhibits.length > 0)
    .map(({ alert, inhibits }) => `| \`${alert}\` | ${inhibits.map((name) => `\`${name}\``).join(', ')} |`);
  return `| while it fires | these of the same server are silent |
| --- | --- |
${rows.join('\n')}`;
}

function recordTable(): string {
  const rows = recordGroups
    .filter(({ file }) => file !== 'otel-servers')
    .flatMap(({ records }) => records)
    .map(({ record, labels, expr }) => {
      const fixed = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`);
      const name = `\`${record}${fixed.length === 0 ? '' : `{${fixed.join(',')}}`}\``;
      return `| ${name} | \`${cell(breakLines(expr(declaredWindows)).replaceAll('\n', ' '))}\` |`;
    });
  return `| series | expression |
| --- | --- |
${rows.join('\n')}`;
}

/** Renders docs/alerts.md: every alert, what silences what, every recorded series. */
export function renderAlertsDocs(): string {
  return `<!-- Generated from src/rules by \`npm run generate\`. Do not edit. -->

# Alerts

\`critical\` wakes someone: users suffer now, or will within hours. \`warning\` is a ticket for the day. \`info\` is seen beside others and sent to nobody. The watchdog always fires.

Every alert has a name that begins with \`Mcp\`, the labels \`severity\` and \`area\`, and the annotations \`summary\`, \`description\` (the live value beside the expected one), \`runbook_url\` and \`dashboard_url\`. The addresses in the files are placeholders; \`mcp-vitals rules --runbooks URL --grafana URL --out DIR\` writes them with yours.

## How they are made

Rules evaluate for each server (\`job\`, \`instance\`) and compare it with its own baseline, tier and objectives, which its sidecar exports: one set of rules serves a fleet. The recorded series in [prometheus/rules](../prometheus/rules) read the raw ones once; everything longer than 5 minutes averages those. A rate that is first recorded when a counter appears misses what the counter began with; the first failure of its kind is not seen, the second is.

They load in Prometheus from 2.42 and in 3.x, in Mimir, Thanos' ruler and VictoriaMetrics' vmalert: no function in them is newer than 2.29. For the Prometheus operator they are one object, [prometheus/prometheus-rule.yaml](../prometheus/prometheus-rule.yaml).

A server that exports OpenTelemetry's MCP metrics itself and has no sidecar (no \`${OWN_SERVERS}\`) is served by the same alerts through [otel-servers.yml](../prometheus/rules/otel-servers.yml); [deployment.md](deployment.md#servers-that-measure-themselves) says what is missing then.

${alertGroups.map(alertTable).join('\n\n')}

## What silences what

One incident should make one page. Beside these, a critical alert silences the warnings of its area and server, and a warning the infos.

${inhibitionTable()}

## Recorded series

${recordTable()}
`;
}
