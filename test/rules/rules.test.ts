import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { ruleProblems } from '../../src/rules/check-rules.ts';
import { expressionNames } from '../../src/rules/expression-names.ts';
import { renderAlertsDocs } from '../../src/rules/render-alerts-docs.ts';
import { renderPrometheusRule, renderRuleFiles } from '../../src/rules/render-rules.ts';
import { renderRunbook } from '../../src/rules/render-runbook.ts';
import { breakLines } from '../../src/rules/rule-file.ts';
import { alertGroups, alerts, recordGroups } from '../../src/rules/rule-groups.ts';
import type { AlertDeclaration } from '../../src/rules/rule-model.ts';
import { durationSeconds, shortenedWindows } from '../../src/rules/windows.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';

const sample = alerts[0];
if (!sample) throw new Error('alerts: want at least one, got none');

const group = (alert: Partial<AlertDeclaration>) => [
  {
    name: 'test',
    dashboard: 'mcp-overview' as const,
    interval: '30s',
    title: 'Test',
    about: 'Test.',
    alerts: [{ ...sample, inhibits: [], ...alert }],
  },
];

describe('the declared rules', () => {
  it('have no mistake', () => {
    expect(ruleProblems(recordGroups, alertGroups)).toEqual([]);
  });

  it.each([
    [{ expr: () => 'mcp_sesions_active > 1' }, 'got mcp_sesions_active'],
    [{ expr: () => 'request_duration_seconds > 1' }, 'got request_duration_seconds'],
    [{ expr: () => 'rate(node_cpu_seconds_total[5m]) > 1' }, 'got node_cpu_seconds_total'],
    [{ alert: 'LatencyHigh' }, 'LatencyHigh: want a CamelCase name that begins with Mcp'],
    [{ summary: 'slow' }, 'want a full sentence as summary, got slow'],
    [{ description: 'It is slow.' }, 'want the live value in the description'],
    [{ inhibits: ['McpNothing'] }, 'want another alert to inhibit, got McpNothing'],
    [{ runbook: { ...sample.runbook, causes: [] } }, 'want a runbook with causes, got none'],
    [
      { runbook: { ...sample.runbook, confirm: [{ query: 'mcp_nothing', shows: 'it' }] } },
      'runbook: want a metric of the catalog or a recorded series, got mcp_nothing',
    ],
  ])('are refused where they break a rule: %j', (change, problem) => {
    expect(ruleProblems(recordGroups, group(change)).join('\n')).toContain(problem);
  });

  it('page for symptoms and for what ends the server, with few alerts', () => {
    const pages = alerts.filter(({ severity }) => severity === 'critical').map(({ alert }) => alert);
    expect(pages.toSorted()).toEqual([
      'McpCertificateExpiring',
      'McpErrorBudgetBurn',
      'McpErrorRatioHigh',
      'McpLatencyBudgetBurn',
      'McpLatencyFarAboveBaseline',
      'McpLeakPage',
      'McpMemoryExhausted',
      'McpProbeDown',
      'McpServerUnreachable',
      'McpSidecarDown',
      'McpThroughputBelowDemand',
    ]);
  });

  it('are written the same each time', () => {
    expect(renderRuleFiles()).toEqual(renderRuleFiles());
    expect(renderPrometheusRule()).toBe(renderPrometheusRule());
  });

  it('are the same in the PrometheusRule object as in the files', () => {
    const files: unknown[] = renderRuleFiles().flatMap(({ text }) => parse(text).groups);
    expect(parse(renderPrometheusRule())).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      spec: { groups: files },
    });
  });
});

it.each([
  ['alerts', [...alertGroups.map(({ name }) => `${name}.yml`), 'alertmanager.yml', 'mcp-vitals.tmpl']],
  ['prometheus/rules', [...new Set(recordGroups.map(({ file }) => `${file}.yml`))]],
  ['docs/runbooks', alertGroups.map(({ name }) => `${name}.md`)],
])('%s holds what is generated and nothing that was left behind', async (folder, files) => {
  expect((await readdir(inRepository(folder))).toSorted()).toEqual(files.toSorted());
});

describe('the runbook', () => {
  it.each(alertGroups.map((each) => [each.name, each] as const))(
    '%s has a section with every part for each alert',
    (_, each) => {
      const sections = renderRunbook(each).split(/^## /m).slice(1);
      expect(sections.map((text) => text.split('\n', 1)[0])).toEqual(each.alerts.map(({ alert }) => alert));
      for (const text of sections) {
        for (const part of [
          'What it means',
          'How to confirm',
          'Usual causes',
          'What to do now',
          'What to do later',
        ]) {
          expect(text).toMatch(new RegExp(`### ${part}\n\n\\S`));
        }
      }
    },
  );

  it('is linked from a row of docs/alerts.md for every alert', () => {
    const docs = renderAlertsDocs();
    for (const each of alertGroups) {
      for (const { alert, severity } of each.alerts) {
        expect(docs).toContain(
          `| [\`${alert}\`](runbooks/${each.name}.md#${alert.toLowerCase()}) | ${severity} |`,
        );
      }
    }
  });
});

describe('names in an expression', () => {
  it.each([
    [
      'sum by (job, instance) (rate(a_total{x="b_total"}[5m])) > on (job) group_left () c:d:e',
      ['a_total', 'c:d:e'],
    ],
    ['label_replace(a, "tool", "$1", "endpoint", "(.*)") unless on (job) b', ['a', 'b']],
    ['(a offset 1d > bool 0.005) * 1e9 or vector(1)', ['a']],
    ['topk(5, a) / b', ['a', 'b']],
  ])('%s', (expr, metrics) => {
    expect(expressionNames(expr).metrics).toEqual(metrics);
  });
});

describe('durations', () => {
  it('are shortened alike, but never to nothing', () => {
    const windows = shortenedWindows(60, 500);
    expect(['1h', '5m', '2m', '1s', '0s'].map(windows)).toEqual([
      '60000ms',
      '5000ms',
      '2000ms',
      '500ms',
      '0s',
    ]);
    expect(() => durationSeconds('1w')).toThrow('duration 1w: want a number with s, m, h or d');
  });
});

it('an expression is broken at set operators outside of parentheses', () => {
  expect(breakLines('a{x=" or "} and (b or c) unless on (job) d')).toBe(
    'a{x=" or "}\nand (b or c)\nunless on (job) d',
  );
});

describeWith(promtoolPath, 'apt-get install prometheus')('promtool', () => {
  const promtool = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProcess({ command: promtoolPath, args });
    return { code, output: `${stdout}${stderr}` };
  };

  it('accepts every file of rules', async () => {
    const files = (folder: string[]) =>
      readdir(inRepository(...folder)).then((names) =>
        names
          .filter((name) => name.endsWith('.yml') && name !== 'alertmanager.yml')
          .map((name) => inRepository(...folder, name)),
      );
    const all = [...(await files(['prometheus', 'rules'])), ...(await files(['alerts']))];
    const { code, output } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...all);
    expect(output.match(/SUCCESS/g)).toHaveLength(all.length);
    expect(code).toBe(0);
  }, 60_000);

  it('accepts every query of the runbooks', async () => {
    const queries = alerts.flatMap(({ runbook }) => runbook.confirm.map(({ query }) => query));
    const rules = [...new Set(queries)].map((expr, i) => ({ record: `query:${i}`, expr }));
    const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-runbooks-'));
    try {
      const file = join(folder, 'queries.yml');
      await writeFile(file, stringify({ groups: [{ name: 'queries', rules }] }));
      expect((await promtool('check', 'rules', file)).output).toContain(
        `SUCCESS: ${rules.length} rules found`,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
