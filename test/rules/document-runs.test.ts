import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { placeholderLinks } from '../../src/rules/links.ts';
import { alertRules, recordRules } from '../../src/rules/rule-file.ts';
import { alertGroups, alerts, recordGroups } from '../../src/rules/rule-groups.ts';
import { declaredWindows } from '../../src/rules/windows.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';
import { documentRuns, type DocumentRun } from './document-runs.ts';
import { fullName, standing } from './promtool-file.ts';
import { gauge } from './alert-case.ts';

const options = { windows: declaredWindows, links: placeholderLinks };
const groups = [
  ...recordGroups.map((group) => recordRules(group, options)),
  ...alertGroups.map((group) => alertRules(group, options)),
];

/** All rules over a run; which alerts fire is asked of the series ALERTS that Prometheus keeps of them. */
function testFile({ stepSeconds, series, looks }: DocumentRun, rulesFile: string): string {
  const lastMinute = Math.max(...looks.map(({ atMinutes }) => atMinutes));
  const steps = Math.ceil((lastMinute * 60) / stepSeconds) + 2;
  const constant = Object.entries(standing).filter(([name]) => !(name in series));
  return stringify({
    rule_files: [rulesFile],
    evaluation_interval: `${stepSeconds}s`,
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      {
        interval: `${stepSeconds}s`,
        input_series: [
          ...constant.map(([name, value]) => ({ series: fullName(name), values: gauge([value, steps]) })),
          ...Object.entries(series).map(([name, values]) => ({ series: fullName(name), values })),
        ],
        promql_expr_test: looks.map(({ atMinutes, firing }) => ({
          expr: 'count by (alertname) (ALERTS{alertstate="firing",alertname!="McpWatchdog"}) > bool 0',
          eval_time: `${atMinutes}m`,
          exp_samples: firing
            .toSorted()
            .map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
        })),
      },
    ],
  });
}

describeWith(promtoolPath, 'apt-get install prometheus')('the document says that', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-runs-'));
    await writeFile(join(folder, 'rules.yml'), stringify({ groups }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(documentRuns.map((run) => [run.name, run] as const))(
    '%s raises just these alerts',
    async (name, run) => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.yml`);
      await writeFile(file, testFile(run, join(folder, 'rules.yml')));
      const { stdout, stderr } = await runProcess({ command: promtoolPath, args: ['test', 'rules', file] });
      expect(`${stderr}${stdout}`).toContain('SUCCESS');
    },
    120_000,
  );

  it('no page is left of any of them, and but for the spike there was none', () => {
    const pages = new Set(alerts.filter(({ severity }) => severity === 'critical').map(({ alert }) => alert));
    const paging = documentRuns.flatMap(({ name, looks }) =>
      looks
        .filter(({ firing }) => firing.some((alert) => pages.has(alert)))
        .map(({ atMinutes }) => `${name} at ${atMinutes}`),
    );
    expect(paging).toEqual(['the spike test at 8']);
  });
});
