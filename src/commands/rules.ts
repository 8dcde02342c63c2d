import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { renderDashboards } from '../dashboards/render-dashboards.ts';
import { placeholderLinks, type Links } from '../rules/links.ts';
import { renderAlertmanager, renderMessageTemplates } from '../rules/render-alertmanager.ts';
import { renderPrometheusRule, renderRuleFiles, type RenderedFile } from '../rules/render-rules.ts';
import { exitCode, printProblems, takeOptions } from './command.ts';
import type { CommandIo } from './command.ts';

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/\s/.test(text);

/** The rule files below `rules/`, Alertmanager's beside them, the PrometheusRule object, and `dashboards/`. */
function files(links: Links): RenderedFile[] {
  return [
    ...renderRuleFiles(links).map(({ path, text }) => ({ path: join('rules', basename(path)), text })),
    { path: 'prometheus-rule.yaml', text: renderPrometheusRule(links) },
    { path: 'alertmanager.yml', text: renderAlertmanager() },
    { path: 'mcp-vitals.tmpl', text: renderMessageTemplates() },
    ...renderDashboards(links).map(({ path, text }) => ({ path: join('dashboards', basename(path)), text })),
  ];
}

/**
 * `mcp-vitals rules --out DIR [--runbooks URL] [--grafana URL]`: writes the rules, alerts and dashboards that
 * ship, with the addresses where your runbooks and your Grafana are.
 */
export async function rules(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, rest, problems } = takeOptions(argv, ['--out', '--runbooks', '--grafana']);
  const out = values.get('--out');
  const links: Links = {
    runbooks: (values.get('--runbooks') ?? placeholderLinks.runbooks).replace(/\/$/, ''),
    grafana: (values.get('--grafana') ?? placeholderLinks.grafana).replace(/\/$/, ''),
  };
  const all = [
    ...problems,
    ...rest.map((arg) => `rules: want --out, --runbooks or --grafana, got ${JSON.stringify(arg)}`),
    ...(out === undefined && !problems.some((problem) => problem.startsWith('--out'))
      ? ['--out: want a directory, got nothing']
      : []),
    ...(['runbooks', 'grafana'] as const)
      .filter((name) => !isHttpUrl(links[name]))
      .map((name) => `--${name}: want a URL with http or https, got ${JSON.stringify(links[name])}`),
  ];
  if (all.length > 0 || out === undefined) {
    printProblems(io, all);
    return exitCode.misused;
  }
  for (const folder of ['rules', 'dashboards']) await mkdir(join(out, folder), { recursive: true });
  for (const { path, text } of files(links)) {
    await writeFile(join(out, path), text);
    io.stdout.write(`wrote ${join(out, path)}\n`);
  }
  return exitCode.ok;
}
