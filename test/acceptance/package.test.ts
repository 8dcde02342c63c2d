import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../harness/repository.ts';

const execute = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

// What npm packs, installed elsewhere: what a user of the registry would get.
describe('the npm package', () => {
  let folder = '';
  let packed: Packed = { filename: '', files: [] };

  const run = (command: string, ...args: string[]) =>
    execute(command, args, {
      cwd: folder,
      // The bin says `env node`: the Node that runs this test.
      env: { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-package-'));
    const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: repositoryRoot,
    });
    // What the build prints comes first.
    const list: readonly Packed[] = JSON.parse(stdout.slice(stdout.search(/^\[/m)));
    if (list[0] === undefined) throw new Error(`npm pack: want one package, got ${stdout}`);
    packed = list[0];
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    await run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', `./${packed.filename}`);
  }, 240_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const paths = () => packed.files.map(({ path }) => path);

  it.each([
    'dist/main.js',
    'dist/instrument/instrument.js',
    'dist/instrument/instrument.d.ts',
    'LICENSE',
    'README.md',
    'docs/alerts.md',
    'prometheus/rules/traffic.yml',
    'alerts/alertmanager.yml',
    'examples/mcp-vitals.yaml',
    'grafana/dashboards/mcp-overview.json',
    'kubernetes/components/sidecar/sidecar.yaml',
  ])('brings %s', (path) => {
    expect(paths()).toContain(path);
  });

  it('brings neither sources, tests, caches nor secrets', () => {
    const unwanted = /^(src|test|bench|evaluation|scripts|node_modules|\.)|\.(test\.|tgz|log)|(^|\/)\.env/;
    expect(paths().filter((path) => unwanted.test(path))).toEqual([]);
  });

  it('says its version through npx', async () => {
    const { stdout } = await run('npx', '--no-install', 'mcp-vitals', '--version');
    const { version }: { version: string } = JSON.parse(
      await readFile(join(repositoryRoot, 'package.json'), 'utf8'),
    );
    expect(stdout.trim()).toBe(version);
  });

  it('runs its demo and measures traffic', async () => {
    const command = 'mcp-vitals demo --for 5s --listen 127.0.0.1:0 --admin 127.0.0.1:0';
    const { stdout } = await run('npx', '--no-install', ...command.split(' '));
    expect(stdout).toMatch(/all tools +\d/);
  }, 60_000);

  it('is a library for a server in JavaScript', async () => {
    const program = "import { instrument } from 'mcp-vitals/instrument'; console.log(typeof instrument);\n";
    await writeFile(join(folder, 'server.js'), program);
    const { stdout } = await run('node', 'server.js');
    expect(stdout.trim()).toBe('function');
  });
});
