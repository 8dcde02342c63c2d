import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generate, generatedFiles } from '../../src/commands/generate.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mcp-vitals-generate-'));
});
afterEach(() => rm(root, { recursive: true }));

const files = [
  { path: 'docs/a.md', render: () => 'A\n' },
  { path: 'docs/b.md', render: () => 'B\n' },
];

const read = (stream: PassThrough) => String(stream.read() ?? '');

async function run(argv: readonly string[], rendered = files) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await generate(argv, { stdout, stderr, env: {} }, rendered, root);
  return { code, out: read(stdout), err: read(stderr) };
}

describe('generate', () => {
  it('writes what is missing or differs, and leaves the rest alone', async () => {
    expect((await run([])).out).toBe('wrote docs/a.md\nwrote docs/b.md\n');
    const long = new Date('2020-01-01');
    await utimes(join(root, 'docs/a.md'), long, long);
    await writeFile(join(root, 'docs/b.md'), 'edited');
    expect(await run([])).toEqual({ code: 0, out: 'wrote docs/b.md\n', err: '' });
    expect(await readFile(join(root, 'docs/b.md'), 'utf8')).toBe('B\n');
    expect((await stat(join(root, 'docs/a.md'))).mtime).toEqual(long);
  });

  it('with --check lists what drifted and writes nothing', async () => {
    await run([]);
    expect(await run(['--check'])).toEqual({ code: 0, out: '', err: '' });
    await writeFile(join(root, 'docs/b.md'), 'edited');
    const { code, err } = await run(['--check']);
    expect(code).toBe(1);
    expect(err).toBe('mcp-vitals: docs/b.md: want what npm run generate writes, got another content\n');
    expect(await readFile(join(root, 'docs/b.md'), 'utf8')).toBe('edited');
  });

  it('writes nothing where one of them fails to render', async () => {
    const broken = {
      path: 'docs/c.md',
      render: () => {
        throw new Error('no');
      },
    };
    await expect(run([], [...files, broken])).rejects.toThrow('no');
    await expect(stat(join(root, 'docs'))).rejects.toThrow('ENOENT');
  });

  it('takes no other argument', async () => {
    expect(await run(['--chek'])).toEqual({
      code: 2,
      out: '',
      err: 'mcp-vitals: generate: want --check or nothing, got "--chek"\n',
    });
  });

  it('marks every file of ours as generated, the same each time', () => {
    for (const { path, render } of generatedFiles) {
      // JSON has no comments: there a text that people see says so.
      const mark = path.endsWith('.json')
        ? /Generated .*do not edit/
        : /^(<!--|#|\{\{\/\*) Generated .* Do not edit/;
      expect(render()).toMatch(mark);
      expect(render()).toBe(render());
    }
  });
});
