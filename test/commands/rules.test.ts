import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rules } from '../../src/commands/rules.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-rules-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...argv: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await rules(argv, { stdout, stderr, env: {} });
  return { code, err: String(stderr.read() ?? '') };
}

describe('mcp-vitals rules', () => {
  it('writes every file, with your addresses in alerts and dashboards', async () => {
    const addresses = ['--runbooks', 'https://wiki.corp/mcp/', '--grafana', 'https://grafana.corp/'];
    expect(await run('--out', folder, ...addresses)).toEqual({ code: 0, err: '' });
    expect((await readdir(folder)).toSorted()).toEqual([
      'alertmanager.yml',
      'dashboards',
      'mcp-vitals.tmpl',
      'prometheus-rule.yaml',
      'rules',
    ]);
    const text = await readFile(join(folder, 'rules', 'latency.yml'), 'utf8');
    expect(text).toContain('runbook_url: https://wiki.corp/mcp/latency.md#mcplatencyabovebaseline');
    expect(text).toContain('dashboard_url: https://grafana.corp/d/mcp-tools?var-job={{ $labels.job }}');
    expect(text).not.toContain('example.com');
    const dashboard = await readFile(join(folder, 'dashboards', 'mcp-tools.json'), 'utf8');
    expect(dashboard).toContain('https://wiki.corp/mcp/latency.md#mcplatencyabovebaseline');
    expect(dashboard).not.toContain('example.com');
  });

  it.each([
    [[], '--out: want a directory, got nothing'],
    [['--out'], '--out: want a value, got none'],
    [['--out', 'x', '--runbooks', 'wiki'], '--runbooks: want a URL with http or https, got "wiki"'],
    [['--out', 'x', 'y'], 'rules: want --out, --runbooks or --grafana, got "y"'],
  ])('%j is refused', async (argv, problem) => {
    expect(await run(...argv)).toEqual({ code: 2, err: `mcp-vitals: ${problem}\n` });
  });
});
