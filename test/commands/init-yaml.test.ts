import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { suggestSetUp } from '../../src/baselines/suggest-set-up.ts';
import { parse } from 'yaml';
import { flowYaml } from '../../src/commands/flow-yaml.ts';
import { renderInitCompose } from '../../src/commands/init-compose.ts';
import type { InitPlan, PlannedProbe } from '../../src/commands/init-plan.ts';
import { renderInitYaml } from '../../src/commands/init-yaml.ts';
import { lineDiff } from '../../src/commands/line-diff.ts';
import { valueAt } from '../../src/config/raw-settings.ts';
import { loadSettings } from '../../src/commands/load-settings.ts';
import { clientSnippet } from '../../src/commands/next-steps.ts';
import { describeWith } from '../harness/requirement.ts';
import { inRepository } from '../harness/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-init-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GIB = 1024 ** 3;
const setUp = suggestSetUp(documentTables, { vcpus: 4, memoryBytes: 8 * GIB });
const tool = (name: string, values: Record<string, unknown> = {}): PlannedProbe => ({
  name,
  check: { kind: 'tool', tool: name, arguments: values, expect: {} },
});
const handshake: PlannedProbe = { name: 'handshake', check: { kind: 'handshake', capabilities: ['tools'] } };
const none = { probes: [], suggestions: [], untouched: [] };

const plans: Readonly<Record<string, InitPlan>> = {
  beside: {
    name: 'orders 1.2.0',
    server: { over: 'http', origin: 'http://127.0.0.1:8000', path: '/mcp', transport: 'streamable' },
    compose: false,
    listen: '127.0.0.1:8081',
    admin: '127.0.0.1:9465',
    setUp,
    processPort: 8000,
    metrics: { path: '/metrics', isTaken: true },
    postgres: { url: 'postgres://vitals@127.0.0.1/orders', tls: true },
    redis: 'redis://127.0.0.1:6379',
    probes: [
      { ...handshake, name: 'handshake-legacy', era: 'legacy' },
      { ...handshake, name: 'handshake-modern', era: 'modern' },
      { name: 'tools', check: { kind: 'tools', failOn: ['removed'], require: [] }, interval: '5m' },
      { ...tool('report', { region: 'eu: north #1', tags: ['a', 'b\nc'] }), timeout: '30s', interval: '2m' },
    ],
    suggestions: [
      { ...tool('get_user'), missing: ['user_id'], why: 'its schema gives no value for user_id' },
      { ...tool('flaky', { text: 'two\nlines' }), why: 'tool_error: it said\nprobes: { list: [] }' },
    ],
    untouched: [
      { tool: 'drop\nlisten: 0.0.0.0:1', why: 'nothing says that it only reads' },
      { tool: 'delete_user', why: 'it says that it is destructive' },
      { tool: 'process_batch', why: 'nothing says that it only reads' },
    ],
  },
  compose: {
    name: 'orders 1.2.0',
    server: {
      over: 'http',
      origin: 'http://host.docker.internal:8000',
      path: '/sse',
      transport: 'sse',
      bearer: { env: 'ORDERS_TOKEN' },
    },
    compose: true,
    setUp,
    tier: 2,
    metrics: { path: '/metrics', isTaken: false },
    ...none,
    probes: [handshake],
  },
  offline: {
    server: { over: 'http', origin: 'http://10.0.0.7:8000', path: '/mcp', transport: 'streamable' },
    compose: false,
    ...none,
  },
  stdio: {
    name: 'notes 1.0',
    server: { over: 'stdio', command: ['node', 'my server.js', '--name=x y'] },
    compose: false,
    ...none,
    probes: [handshake, tool('list_notes')],
  },
};

/** Compares with a file of test/commands/init-output, or writes it where UPDATE_INIT_OUTPUT says so. */
function expectFile(name: string, text: string): void {
  // Not of a kind that the formatter would change.
  const file = inRepository('test', 'commands', 'init-output', `${name}.txt`);
  if (process.env['UPDATE_INIT_OUTPUT']) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('the configuration that init writes', () => {
  it.each(Object.keys(plans))('%s', (name) => {
    const plan = plans[name];
    if (plan === undefined) throw new Error(name);
    expectFile(`${name}.yaml`, renderInitYaml(plan));
  });

  it.each(Object.keys(plans))('%s is a configuration, with the probes of the plan and no others', (name) => {
    const plan = plans[name];
    if (plan === undefined) throw new Error(name);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, renderInitYaml(plan));
    const loaded = loadSettings({ file, env: { ORDERS_TOKEN: 'x' }, flags: [] });
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
    const { probes, upstream, listen } = loaded.config;
    expect(probes.list.map(({ definition }) => definition.name)).toEqual(
      plan.probes.map((each) => each.name),
    );
    expect(probes.list.map(({ definition }) => definition.check)).toEqual(
      plan.probes.map((each) => each.check),
    );
    expect(upstream.url).toBe(plan.server.over === 'http' ? plan.server.origin : undefined);
    expect(listen.address.port).toBe(plan.listen === undefined ? 8080 : 8081);
  });

  it('is a snippet for the client of a stdio server', () => {
    const { stdio } = plans;
    if (stdio === undefined) throw new Error('stdio');
    expect(JSON.parse(clientSnippet(stdio, '/etc/notes/mcp-vitals.yaml'))).toEqual({
      mcpServers: {
        notes: {
          command: 'npx',
          args: [
            'mcp-vitals',
            'stdio',
            '-c',
            '/etc/notes/mcp-vitals.yaml',
            '--',
            'node',
            'my server.js',
            '--name=x y',
          ],
        },
      },
    });
  });
});

describe('the override for compose', () => {
  const origin = 'http://host.docker.internal:8000';
  const configDirectory = './mcp-vitals';
  it.each([
    ['compose-open.yml', undefined],
    ['compose-variable.yml', { env: 'ORDERS_TOKEN' }],
    ['compose-file.yml', { file: '/home/me/orders: $1 token' }],
  ] as const)('%s', (name, bearer) => {
    expectFile(name, renderInitCompose({ origin, configDirectory, ...(bearer && { bearer }) }));
  });
});

describeWith('/usr/bin/docker-compose', 'apt-get install docker-compose')(
  'the override, over the project',
  () => {
    it('is one that compose takes', () => {
      // What is built has to be there, though nothing is.
      mkdirSync(join(folder, 'docker', 'demo'), { recursive: true });
      const override = join(folder, 'docker-compose.override.yml');
      const origin = 'http://host.docker.internal:8000';
      const wishes = { origin, configDirectory: './mcp-vitals', bearer: { env: 'ORDERS_TOKEN' } };
      writeFileSync(override, renderInitCompose(wishes));
      const files = ['-f', inRepository('docker-compose.yml'), '-f', override];
      const whole: unknown = parse(
        execFileSync('/usr/bin/docker-compose', ['--project-directory', folder, ...files, 'config'], {
          env: { ...process.env, ORDERS_TOKEN: 'a-token' },
          encoding: 'utf8',
        }),
        { merge: true },
      );
      expect(whole).toMatchObject({
        services: {
          'mcp-vitals': { environment: { MCP_VITALS_UPSTREAM: origin, ORDERS_TOKEN: 'a-token' } },
          'demo-server': { environment: { MCP_UPSTREAM: origin } },
        },
      });
      // In place of the project's own directory, and beside its other mounts.
      const mounts = JSON.stringify(valueAt(whole, ['services', 'mcp-vitals', 'volumes']));
      expect(mounts.match(/\/etc\/mcp-vitals/g)).toHaveLength(1);
      expect(mounts).toContain(`${folder}/mcp-vitals`);
      expect(mounts).toContain('/var/lib/mcp-vitals');
    });
  },
);

describe('YAML on one line', () => {
  it.each<[value: unknown]>([
    ['plain'],
    ['true'],
    ['null'],
    ['007'],
    ['1e3'],
    ['~'],
    [''],
    ['- a'],
    ['a: b'],
    ['a:'],
    ['a #b'],
    ["it's"],
    ['a\nb\u2028c\u0085d\u0000'],
    ['a, b] }'],
    ['*alias'],
    ['größer 日本 🙂'],
    [{ 'a: b': [1, -2.5, null, true, [], {}, { c: 'd' }] }],
  ])('is what it was: %j', (value) => {
    const text = flowYaml({ value: [value] });
    expect(text).not.toContain('\n');
    expect(parse(text)).toEqual({ value: [value] });
  });
});

describe('lines that differ', () => {
  it.each<[before: string, after: string, lines: string[]]>([
    ['a\nb\nc', 'a\nb\nc', []],
    ['a\nb\nc', 'a\nx\nc', ['- b', '+ x']],
    ['', 'a', ['- ', '+ a']],
    ['a\nb', 'b', ['- a']],
    ['b', 'b\nc', ['+ c']],
  ])('of %j and %j', (before, after, lines) => {
    expect(lineDiff(before, after)).toEqual(lines);
  });
});
