import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outcome } from '../harness/clients.ts';
import type { ClientKind, TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { toolCalls } from '../harness/scrape.ts';
import { mainPath } from '../harness/sidecar.ts';
import { stdioServers } from '../harness/servers.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectBothOverStdio } from '../harness/through-sidecar.ts';

const stack = createStopStack();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-stdio-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
afterAll(stack.stopAll, 60_000);

/** Makes the calls in turn; a folder's path in an answer is replaced, because each side has its own. */
async function work(
  client: TestClient,
  calls: readonly (readonly [string, Record<string, unknown>])[],
  ownFolder: string,
): Promise<unknown> {
  const answers: unknown[] = [await outcome(client.listTools())];
  for (const [name, args] of calls) answers.push(await outcome(client.callTool(name, args)));
  return JSON.parse(JSON.stringify(answers).replaceAll(ownFolder, 'FOLDER')) as unknown;
}

/** server-memory keeping its graph in a folder of its own. */
function memoryIn(own: string): string[] {
  return ['env', `MEMORY_FILE_PATH=${own}/memory.json`, ...stdioServers.memory];
}

async function ownFolders(name: string): Promise<{ direct: string; proxied: string }> {
  const folders = { direct: join(folder, `${name}-direct`), proxied: join(folder, `${name}-proxied`) };
  await Promise.all([mkdir(folders.direct), mkdir(folders.proxied)]);
  return folders;
}

describe.each<ClientKind>(['sdk1', 'sdk2-legacy'])('through mcp-vitals stdio, for %s', (kind) => {
  test('server-memory answers the same and its calls are counted', async () => {
    const folders = await ownFolders(`memory-${kind}`);
    const pair = await connectBothOverStdio(stack, kind, {
      direct: memoryIn(folders.direct),
      proxied: memoryIn(folders.proxied),
    });
    const entities = [
      { name: 'Ada', entityType: 'person', observations: ['wrote the first program', '日本'] },
    ];
    const calls = [
      ['create_entities', { entities }],
      ['read_graph', {}],
      ['search_nodes', { query: 'Ada' }],
      ['add_observations', { observations: [{ entityName: 'Nobody', contents: ['x'] }] }],
    ] as const;
    const [wanted, got] = await Promise.all([
      work(pair.direct, calls, folders.direct),
      work(pair.proxied, calls, folders.proxied),
    ]);
    expect(got).toEqual(wanted);
    await eventually(async () => {
      expect(toolCalls(await pair.metrics())).toEqual({
        'create_entities ok': 1,
        'read_graph ok': 1,
        'search_nodes ok': 1,
        'add_observations tool_error': 1,
      });
    });
  }, 60_000);

  test('server-filesystem answers the same and its calls are counted', async () => {
    const folders = await ownFolders(`filesystem-${kind}`);
    const pair = await connectBothOverStdio(stack, kind, {
      direct: stdioServers.filesystem(folders.direct),
      proxied: stdioServers.filesystem(folders.proxied),
    });
    const big = 'a line of text\n'.repeat(100_000);
    const run = async (client: TestClient, own: string): Promise<unknown> => {
      const calls = [
        ['write_file', { path: `${own}/note.txt`, content: 'grüße' }],
        ['read_text_file', { path: `${own}/note.txt` }],
        ['write_file', { path: `${own}/big.txt`, content: big }],
        ['read_text_file', { path: `${own}/big.txt` }],
        ['list_directory', { path: own }],
        ['read_text_file', { path: `${own}/missing.txt` }],
        ['read_text_file', { path: '/etc/passwd' }],
      ] as const;
      return work(client, calls, own);
    };
    const [wanted, got] = await Promise.all([
      run(pair.direct, folders.direct),
      run(pair.proxied, folders.proxied),
    ]);
    expect(got).toEqual(wanted);
    expect(await readFile(join(folders.proxied, 'big.txt'), 'utf8')).toBe(big);
    await eventually(async () => {
      expect(toolCalls(await pair.metrics())).toEqual({
        'write_file ok': 2,
        'read_text_file ok': 2,
        'list_directory ok': 1,
        'read_text_file tool_error': 2,
      });
    });
  }, 60_000);
});

describe('mcp-vitals stdio as a command', () => {
  test.each([
    ['0', 'process.exit(0)', 0],
    ['7', 'process.exit(7)', 7],
    ['128 + the number of the signal', 'process.kill(process.pid, "SIGKILL")', 137],
  ])(
    'exits with %s as its server does',
    async (_name, script, code) => {
      const file = join(folder, `exit-${code}.mjs`);
      await writeFile(file, script);
      const run = await runProcess({
        command: process.execPath,
        args: [mainPath, 'stdio', '--admin', '127.0.0.1:0', '--', process.execPath, file],
      });
      expect(run.code).toBe(code);
      expect(run.stdout).toBe('');
    },
    30_000,
  );

  test('says in one line that the server cannot be started', async () => {
    const run = await runProcess({
      command: process.execPath,
      args: [mainPath, 'stdio', '--admin', '127.0.0.1:0', '--', '/no/such/program'],
    });
    expect(run.code).not.toBe(0);
    expect(run.stdout).toBe('');
    expect(run.stderr.split('\n').filter((line) => line.includes('/no/such/program'))).toHaveLength(1);
    expect(run.stderr).not.toMatch(/^ {4}at /m);
  }, 30_000);

  test('without a command it explains itself in one line, exit code 2', async () => {
    const run = await runProcess({ command: process.execPath, args: [mainPath, 'stdio', '--'] });
    expect(run.code).toBe(2);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  }, 30_000);
});
