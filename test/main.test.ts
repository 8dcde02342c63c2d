import { usages } from '../src/commands/usage.ts';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.ts', ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { status, stdout, stderr };
}

describe('mcp-vitals', () => {
  it('says its usage and exits with 2 where nothing is asked', () => {
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: mcp-vitals COMMAND');
  });

  it.each([['--help'], ['-h'], ['help']])('%s prints every command', (flag) => {
    const { status, stdout } = run(flag);
    expect(status).toBe(0);
    for (const command of ['serve', 'stdio', 'demo', 'detect', 'check', 'generate']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it.each([
    ['help', 'check'],
    ['check', '--help'],
    ['check', 'a.yaml', '-h'],
  ])('%s %s prints the usage of the command', (...argv) => {
    const { status, stdout } = run(...argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^mcp-vitals check \[FILE\]/);
  });

  it('--version prints the version of the package', () => {
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['frobnicate']], [['help', 'frobnicate']], [['constructor']]])('%j is one line and 2', (argv) => {
    const { status, stdout, stderr } = run(...argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `mcp-vitals: "${argv.at(-1)}": unknown command, want one of ${Object.keys(usages).join(', ')} or help\n`,
    );
  });

  it('passes arguments on and takes the exit code of the command', () => {
    expect(run('check', '--lissten=x')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'mcp-vitals: --lissten: unknown flag, did you mean --listen?\n',
    });
    expect(run('check').status).toBe(0);
  });
});
