import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative, sep } from 'node:path';
import { SourceTextModule } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { folderRuleProblems } from './folder-rules.ts';
import { importSpecifiers } from './import-specifiers.ts';

function readSources(): Map<string, string> {
  const entries = readdirSync('src', { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return new Map(
    paths.map((path) => [relative('src', path).replaceAll(sep, '/'), readFileSync(path, 'utf8')] as const),
  );
}

const manifest: { dependencies: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));
const sources = readSources();
const modules = [...sources].filter(([path]) => path.endsWith('.ts'));
const packages = Object.keys(manifest.dependencies);

const problemsOf = (files: Record<string, string>) =>
  folderRuleProblems(new Map(Object.entries(files)), ['zod']);

const specifiers = (code: string) => importSpecifiers(code).map(({ specifier }) => specifier);

describe('src', () => {
  it('keeps to the table of folders', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(folderRuleProblems(new Map(modules), packages)).toEqual([]);
  });

  it('holds only TypeScript, and what tells its compiler that a folder runs in a browser', () => {
    expect([...sources.keys()].filter((path) => !path.endsWith('.ts'))).toEqual(['browser/tsconfig.json']);
  });

  // The reading of imports is by expression; the engine's own parser must not see one that it missed.
  it.each(modules)('imports nothing unseen in %s', (_, code) => {
    const stripped = stripTypeScriptTypes(code.replace(/^#!.*/, ''));
    const seenByEngine = new SourceTextModule(stripped).moduleRequests.map(({ specifier }) => specifier);
    expect(specifiers(code)).toEqual(expect.arrayContaining(seenByEngine));
  });
});

describe('the reading of imports', () => {
  it.each([
    ["import { a } from './a.ts';", ['./a.ts']],
    ["import type { A } from './a.ts';", ['./a.ts']],
    ["import a, { type B } from './a.ts';", ['./a.ts']],
    ["import * as a from './a.ts';", ['./a.ts']],
    ["import {\n  a,\n  b,\n} from './a.ts';", ['./a.ts']],
    ["import './a.ts';", ['./a.ts']],
    ["export { a } from './a.ts';", ['./a.ts']],
    ["export * from './a.ts';", ['./a.ts']],
    ["export type * from './a.ts';", ['./a.ts']],
    ['import a from "./a.ts";', ['./a.ts']],
    ["const a = await import('./a.ts');", ['./a.ts']],
    ['const a = await import(`./a.ts`);', ['./a.ts']],
    ["type A = import('./a.ts').A;", ['./a.ts']],
    ['const a = await import(name);', [undefined]],
    ['const a = await import(`./${name}.ts`);', [undefined]],
    ["// import './a.ts';", []],
    ["/* import './a.ts'; */", []],
    ["const url = 'http://a'; // import './a.ts'", []],
    ["export const from = 'a';", []],
    ["export function from() { return 'a'; }", []],
    ["const here = import.meta.url; a.import('b');", []],
  ])('%s', (code, wanted) => expect(specifiers(code)).toEqual(wanted));
});

describe('a planted violation', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['none', { 'model/a.ts': '', 'proxy/b.ts': "import type { A } from '../model/a.ts';" }, []],
    ['a stage in a command', { 'taps/a.ts': '', 'commands/b.ts': "import '../taps/a.ts';" }, []],
    ['a dependency', { 'config/a.ts': "import 'zod';" }, []],
    [
      'one stage in another',
      { 'taps/a.ts': '', 'proxy/b.ts': "import '../taps/a.ts';" },
      ['proxy/b.ts: must not import taps/a.ts'],
    ],
    [
      'a stage as a type only',
      { 'taps/a.ts': '', 'proxy/b.ts': "import type { A } from '../taps/a.ts';" },
      ['proxy/b.ts: must not import taps/a.ts'],
    ],
    [
      'a stage by import()',
      { 'taps/a.ts': '', 'proxy/b.ts': "await import('../taps/a.ts');" },
      ['proxy/b.ts: must not import taps/a.ts'],
    ],
    [
      'anything in model',
      { 'mcp/a.ts': '', 'model/b.ts': "export * from '../mcp/a.ts';" },
      ['model/b.ts: must not import mcp/a.ts'],
    ],
    [
      'a stage in main',
      { 'taps/a.ts': '', 'main.ts': "import './taps/a.ts';" },
      ['main.ts: must not import taps/a.ts'],
    ],
    [
      'main in a command',
      { 'main.ts': '', 'commands/a.ts': "import '../main.ts';" },
      ['commands/a.ts: must not import main.ts'],
    ],
    [
      'a deeper folder',
      { 'proxy/http/a.ts': '' },
      ['proxy/http/a.ts: want src/<folder>/<file>.ts, got a deeper folder'],
    ],
    ['an unknown folder', { 'utils/a.ts': '' }, ['utils/a.ts: want a folder of the table, got utils']],
    ['a file beside main', { 'a.ts': '' }, ['a.ts: want a folder of src, got none']],
    [
      'something outside src',
      { 'model/a.ts': "import '../../test/b.ts';" },
      ['model/a.ts: want a file of src, got ../../test/b.ts'],
    ],
    [
      'an undeclared package',
      { 'model/a.ts': "import '@scope/name/sub';" },
      ['model/a.ts: want a package of "dependencies", got @scope/name'],
    ],
    [
      'an import() of a variable',
      { 'model/a.ts': 'await import(name);' },
      ['model/a.ts: want a plain string in import(), got something else'],
    ],
    [
      'a cycle',
      {
        'model/b.ts': "import './c.ts';",
        'model/c.ts': "import './a.ts';",
        'model/a.ts': "import type { B } from './b.ts';",
      },
      ['model/a.ts -> model/b.ts -> model/c.ts -> model/a.ts: want no cycle'],
    ],
    [
      'a file that imports itself',
      { 'model/a.ts': "import './a.ts';" },
      ['model/a.ts -> model/a.ts: want no cycle'],
    ],
  ])('%s', (_, files, problems) => expect(problemsOf(files)).toEqual(problems));
});
