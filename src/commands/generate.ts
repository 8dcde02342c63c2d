import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { renderBaselineDocs } from '../baselines/render-baseline-docs.ts';
import { renderConfigurationDocs } from '../config/render-configuration-docs.ts';
import { dashboardProblems } from '../dashboards/check-dashboards.ts';
import { dashboards } from '../dashboards/index.ts';
import { renderDashboardsDocs } from '../dashboards/render-dashboards-docs.ts';
import { renderDashboards } from '../dashboards/render-dashboards.ts';
import { renderProvisioning } from '../dashboards/render-provisioning.ts';
import { renderMetricsDocs } from '../metrics/render-metrics-docs.ts';
import { alertGroups, recordGroups } from '../rules/rule-groups.ts';
import { ruleProblems } from '../rules/check-rules.ts';
import { renderPrometheusConfigs } from '../rules/prometheus-config.ts';
import {
  renderAlertmanager,
  renderBundledAlertmanager,
  renderMessageTemplates,
} from '../rules/render-alertmanager.ts';
import { renderAlertsDocs } from '../rules/render-alerts-docs.ts';
import { renderPrometheusRule, renderRuleFiles, type RenderedFile } from '../rules/render-rules.ts';
import { renderRunbook } from '../rules/render-runbook.ts';
import { exitCode, printProblems } from './command.ts';
import type { CommandIo } from './command.ts';

/** A file that is rendered from the code; `path` is relative to the root of the package. */
export interface GeneratedFile {
  readonly path: string;
  readonly render: () => string;
}

/** Files after their declarations were checked: one with a mistake is never written. */
function checked(files: readonly RenderedFile[], problemsOf: () => readonly string[]): GeneratedFile[] {
  return files.map(({ path, text }) => ({
    path,
    render: () => {
      const problems = problemsOf();
      if (problems.length > 0) throw new Error(problems.join('\n'));
      return text;
    },
  }));
}

/** Every generated file, one line each. */
export const generatedFiles: readonly GeneratedFile[] = [
  ...checked(renderRuleFiles(), () => ruleProblems(recordGroups, alertGroups)),
  ...checked(renderDashboards(), () => dashboardProblems(dashboards)),
  ...checked(renderProvisioning(), () => []),
  { path: 'docs/dashboards.md', render: renderDashboardsDocs },
  { path: 'prometheus/prometheus-rule.yaml', render: () => renderPrometheusRule() },
  { path: 'alerts/alertmanager.yml', render: renderAlertmanager },
  { path: 'alerts/mcp-vitals.tmpl', render: renderMessageTemplates },
  { path: 'docker/alertmanager/alertmanager.yml', render: renderBundledAlertmanager },
  { path: 'docker/alertmanager/mcp-vitals.tmpl', render: renderMessageTemplates },
  ...renderPrometheusConfigs().map(({ path, text }) => ({ path, render: () => text })),
  { path: 'docs/alerts.md', render: renderAlertsDocs },
  ...alertGroups.map((group) => ({
    path: `docs/runbooks/${group.name}.md`,
    render: () => renderRunbook(group),
  })),
  { path: 'docs/baselines.md', render: renderBaselineDocs },
  { path: 'docs/configuration.md', render: renderConfigurationDocs },
  { path: 'docs/metrics.md', render: renderMetricsDocs },
];

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return undefined;
    throw error;
  }
}

/**
 * `mcp-vitals generate [--check]`: writes the generated files that changed; with `--check` it writes nothing,
 * lists those that differ and exits with 1. `root` is the root of the package.
 */
export async function generate(
  argv: readonly string[],
  io: CommandIo,
  files: readonly GeneratedFile[] = generatedFiles,
  root = resolve(import.meta.dirname, '../..'),
): Promise<number> {
  const unknown = argv.filter((arg) => arg !== '--check');
  if (unknown.length > 0) {
    printProblems(
      io,
      unknown.map((arg) => `generate: want --check or nothing, got ${JSON.stringify(arg)}`),
    );
    return exitCode.misused;
  }
  // Everything is rendered before anything is written, so that a failure leaves no half of a generation.
  const rendered = files.map(({ path, render }) => ({ path, text: render() }));
  const drifted: typeof rendered = [];
  for (const file of rendered) {
    if ((await readIfThere(resolve(root, file.path))) !== file.text) drifted.push(file);
  }
  if (argv.includes('--check')) {
    printProblems(
      io,
      drifted.map(({ path }) => `${path}: want what npm run generate writes, got another content`),
    );
    return drifted.length === 0 ? exitCode.ok : exitCode.failed;
  }
  for (const { path, text } of drifted) {
    await mkdir(dirname(resolve(root, path)), { recursive: true });
    await writeFile(resolve(root, path), text);
    io.stdout.write(`wrote ${path}\n`);
  }
  return exitCode.ok;
}
