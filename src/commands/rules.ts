import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { placeholderLinks, type Links } from '../rules/links.ts';
import { renderAlertmanager, renderMessageTemplates } from '../rules/render-alertmanager.ts';
import { renderPrometheusRule, renderRuleFiles, type RenderedFile } from '../rules/render-rules.ts';
import { exitCode, printProblems, takeOptions } from './command.ts';
import type { CommandIo } from './command.ts';

const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/\s/.test(text);

/** The rule files below `rules/`, Alertmanager's beside them, and the PrometheusRule object. */
function files(links: Links): RenderedFile[] {
  return [
    ...renderRuleFiles(links).map(({ path, text }) => ({ path: join('rules', basename(path)), text })),
    { path: 'prometheus-rule.yaml', text: renderPrometheusRule(links) },
    { path: 'alertmanager.yml', text: renderAlertmanager() },
    { path: 'mcp-vitals.tmpl', text: renderMessageTemplates() },
  ];
}

/**
 * `mcp-vitals rules --out DIR [--runbooks URL] [--dashboard URL]`: writes the rules and alerts that ship, with the
 * addresses where your runbooks and dashboards are.
 */
export async function rules(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, rest, problems } = takeOptions(argv, ['--out', '--runbooks', '--dashboard']);
  const out = values.get('--out');
  const links: Links = {
    runbooks: (values.get('--runbooks') ?? placeholderLinks.runbooks).replace(/\/$/, ''),
    dashboard: values.get('--dashboard') ?? placeholderLinks.dashboard,
  };
  const all = [
    ...problems,
    ...rest.map((arg) => `rules: want --out, --runbooks or --dashboard, got ${JSON.stringify(arg)}`),
    ...(out === undefined && !problems.some((problem) => problem.startsWith('--out'))
      ? ['--out: want a directory, got nothing']
      : []),
    ...(['runbooks', 'dashboard'] as const)
      .filter((name) => !isHttpUrl(links[name]))
      .map((name) => `--${name}: want a URL with http or https, got ${JSON.stringify(links[name])}`),
  ];
  if (all.length > 0 || out === undefined) {
    printProblems(io, all);
    return exitCode.misused;
  }
  await mkdir(join(out, 'rules'), { recursive: true });
  for (const { path, text } of files(links)) {
    await writeFile(join(out, path), text);
    io.stdout.write(`wrote ${join(out, path)}\n`);
  }
  return exitCode.ok;
}
