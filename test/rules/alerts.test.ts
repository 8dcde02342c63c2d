import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { alerts } from '../../src/rules/rule-groups.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';
import { alertCases } from './all-cases.ts';
import { promtoolFiles } from './promtool-file.ts';

it('every alert has a case', () => {
  const cases = alertCases.map(({ alert }) => alert);
  expect([...cases, 'McpWatchdog'].toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
});

describeWith(promtoolPath, 'apt-get install prometheus')('the alert', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-alerts-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(alertCases.map((each) => [each.alert, each] as const))(
    '%s fires as it should, and not for its healthy twin',
    async (name, each) => {
      const [file, rulesFile] = [join(folder, `${name}-test.yml`), join(folder, `${name}.yml`)];
      const { rules, test } = promtoolFiles(each, rulesFile);
      await writeFile(rulesFile, rules);
      await writeFile(file, test);
      const { code, stdout, stderr } = await runProcess({
        command: promtoolPath,
        args: ['test', 'rules', file],
      });
      expect(`${stderr}${stdout}`).toContain('SUCCESS');
      expect(code).toBe(0);
    },
    60_000,
  );
});
