import { stringify } from 'yaml';
import { placeholderLinks, type Links } from './links.ts';
import { alertGroups, recordGroups } from './rule-groups.ts';
import { alertRules, recordRules, type PrometheusGroup } from './rule-file.ts';
import { declaredWindows } from './windows.ts';

/** A rendered file; `path` is relative to the root of the package. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}

const mark = '# Generated from src/rules by `npm run generate`. Do not edit.';

/** Long lines stay whole, so that an expression or a text can be searched for. */
export function toYaml(value: unknown): string {
  return stringify(value, {
    lineWidth: 0,
    singleQuote: true,
    blockQuote: 'literal',
    aliasDuplicateObjects: false,
    // Go's reader takes 08:00 for a number where nothing quotes it.
    version: '1.1',
  });
}

const comment = (text: string): string =>
  text
    .split('\n')
    .map((line) => `# ${line}`)
    .join('\n');

const file = (path: string, about: string, groups: readonly PrometheusGroup[]): RenderedFile => ({
  path,
  text: `${mark}\n${comment(about)}\n${toYaml({ groups })}`,
});

/** Every rule file: recorded series in prometheus/rules, alerts in alerts. */
export function renderRuleFiles(links: Links = placeholderLinks): RenderedFile[] {
  const options = { windows: declaredWindows, links };
  const recordFiles = [...new Set(recordGroups.map((group) => group.file))].map((name) => {
    const groups = recordGroups.filter((group) => group.file === name);
    return file(
      `prometheus/rules/${name}.yml`,
      groups.map(({ about }) => about).join('\n'),
      groups.map((group) => recordRules(group, options)),
    );
  });
  const alertFiles = alertGroups.map((group) =>
    file(`alerts/${group.name}.yml`, group.about, [alertRules(group, options)]),
  );
  return [...recordFiles, ...alertFiles];
}

/** All rules as one PrometheusRule object of the Prometheus operator. */
export function renderPrometheusRule(links: Links = placeholderLinks): string {
  const options = { windows: declaredWindows, links };
  const groups = [
    ...recordGroups.map((group) => recordRules(group, options)),
    ...alertGroups.map((group) => alertRules(group, options)),
  ];
  return `${mark}
# The same rules as prometheus/rules and alerts, for the Prometheus operator.
# Its Prometheus selects rules by label (ruleSelector): add to the labels what yours asks for.
${toYaml({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: {
    name: 'mcp-vitals',
    labels: { 'app.kubernetes.io/name': 'mcp-vitals', prometheus: 'k8s', role: 'alert-rules' },
  },
  spec: { groups },
})}`;
}
