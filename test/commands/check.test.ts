import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { check } from '../../src/commands/check.ts';
import { loadConfig } from '../../src/config/load-config.ts';

const read = (stream: PassThrough) => String(stream.read() ?? '');

async function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await check(argv, { stdout, stderr, env });
  return { code, out: read(stdout), err: read(stderr) };
}

describe('check', () => {
  it('prints every problem to stderr and exits with 2', async () => {
    const { code, out, err } = await run(['test/config/invalid/many.yaml', '--lissten', 'x']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^mcp-vitals: test\/config\/invalid\/many\.yaml:2 upstream\.url: want /),
      expect.stringMatching(/many\.yaml:3 upstream\.connectTimeout: want .*, got "fast"$/),
      expect.stringMatching(/many\.yaml:5 tap\.maxPending: want .*, got "lots"$/),
      expect.stringMatching(/many\.yaml:7 log\.levle: unknown setting, did you mean level\?$/),
      'mcp-vitals: --lissten: unknown flag, did you mean --listen?',
    ]);
  });

  it('prints the configuration in force, which loads to the same', async () => {
    const flags = ['--upstream', 'http://127.0.0.1:8000', '--tap.batch-tools', '{a: b}'];
    const { code, out, err } = await run(flags);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^config ok\n/);
    const effective = parse(out.replace('config ok\n', '')) as unknown;
    const loaded = loadConfig({ env: {}, flags });
    expect(loaded.ok && loaded.effective).toEqual(effective);
    expect(effective).toMatchObject({
      upstream: { url: 'http://127.0.0.1:8000', connectTimeout: '10s' },
      tap: { batchTools: { a: 'b' } },
    });
  });

  it('needs no upstream and takes the file from the environment', async () => {
    expect((await run([])).code).toBe(0);
    expect((await run([], { MCP_VITALS_CONFIG: 'nowhere.yaml' })).err).toBe(
      'mcp-vitals: nowhere.yaml: want a readable file, got none (no such file)\n',
    );
  });

  it('masks the token', async () => {
    const { out } = await run([], { MCP_VITALS_ADMIN_TOKEN: 's3cret-token' });
    expect(out).not.toContain('s3cret');
    expect(out).toContain("token: '***'");
  });

  it('takes one file', async () => {
    expect((await run(['a.yaml', '-c', 'b.yaml'])).err).toContain(
      '--config: want one file, got "a.yaml" as well\n',
    );
    expect((await run(['a.yaml', 'b.yaml'])).err).toContain('argument without a flag: want one');
  });
});
