import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEvidenceCapture } from '../../src/evidence/evidence-capture.ts';
import { eventually } from '../harness/eventually.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { HOUR, pathOf, setUpCapture } from './capture-setup.ts';

const stack = createStopStack();
afterEach(stack.stopAll);

/** A program of Node's that runs some code; its arguments are in `argv`. */
const node = (code: string, ...args: string[]) =>
  ({
    kind: 'command',
    command: [process.execPath, '-e', `const argv = process.argv.slice(1);${code}`, '--', ...args],
  }) as const;

const setUp = (...args: Parameters<typeof setUpCapture>) => stack.use(setUpCapture(...args));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a command as evidence', () => {
  it('is run with the pid and the detector, and what it prints is kept for its owner', async () => {
    const source = node('console.log(JSON.stringify(argv))', '--pid={pid}', '{detector}', '$(id) {other}');
    const { evidence, directory, outcomes, files } = setUp(source, { pid: 42 });
    const outcome = await evidence.capture('memory');
    const path = join(directory, '20261127T060000Z-memory-command.out');
    expect([outcome, outcomes]).toEqual([{ result: 'captured', path }, [{ result: 'captured', path }]]);
    expect(readFileSync(path, 'utf8')).toBe('["--pid=42","memory","$(id) {other}"]\n');
    expect([statSync(path).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(files()).toHaveLength(1);
  });

  it('does not get the secrets of the sidecar', async () => {
    process.env['MCP_VITALS_ADMIN_TOKEN'] = 'secret';
    stack.defer(() => {
      delete process.env['MCP_VITALS_ADMIN_TOKEN'];
      return Promise.resolve();
    });
    const { evidence } = setUp(node('console.log(Object.keys(process.env).join())'));
    const names = readFileSync(pathOf(await evidence.capture('memory')), 'utf8')
      .trim()
      .split(',');
    expect(names).toContain('PATH');
    expect(names.filter((name) => name.startsWith('MCP_'))).toEqual([]);
  });

  it('is cut at the limit, and ended there with all that it started', async () => {
    const endless = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      process.stdout.write(child.pid + ';');
      setInterval(() => process.stdout.write('x'.repeat(1000)), 1);`;
    const { evidence } = setUp(node(endless), { maxBytes: 5000 });
    const outcome = await evidence.capture('memory');
    expect(outcome?.result).toBe('cut');
    const text = readFileSync(pathOf(outcome), 'utf8');
    expect(text).toHaveLength(5000);
    await eventually(() => expect(isAlive(Number(text.split(';')[0]))).toBe(false));
  });

  it.each([
    [
      'fails',
      node('console.error("first\\nno permission"); process.exit(3)'),
      /want exit code 0, got 3 \(no permission\)$/,
    ],
    [
      'cannot be found',
      { kind: 'command', command: ['/no/such/program'] } as const,
      /^\/no\/such\/program: no such file or directory$/,
    ],
    ['takes too long', node('setInterval(() => {}, 1000)'), /^want it done within 0.5 s, got no end$/],
    ['wants a pid that nobody knows', node('', '{pid}'), /^want the pid of the server, got none/],
  ])('that %s leaves nothing but the reason', async (_, source, reason) => {
    const { evidence, files } = setUp(source, { timeoutMs: 500 });
    const outcome = await evidence.capture('memory');
    expect(outcome).toEqual({ result: 'failed', reason: expect.stringMatching(reason) });
    expect(files()).toEqual([]);
  });

  it('is broken off when the sidecar stops, and not begun any more', async () => {
    const { evidence, directory } = setUp(node('console.log(process.pid); setInterval(() => {}, 1000)'));
    const capturing = evidence.capture('memory');
    const path = join(directory, '20261127T060000Z-memory-command.out');
    await eventually(() => expect(readFileSync(path, 'utf8')).toMatch(/\d\n/));
    const pid = Number(readFileSync(path, 'utf8'));
    await evidence.stop();
    expect(await capturing).toEqual({ result: 'failed', reason: 'the sidecar stopped' });
    await eventually(() => expect(isAlive(pid)).toBe(false));
    expect(await evidence.capture('memory')).toBeUndefined();
  });
});

describe('how often evidence is captured', () => {
  const quick = node('console.log(1)');

  it('is once in a while for each detector, also after a restart of the sidecar', async () => {
    const first = setUp(quick);
    await first.evidence.capture('memory');
    first.advance(6 * HOUR - 1000);
    expect(await first.evidence.capture('memory')).toMatchObject({ result: 'skipped' });
    expect(await first.evidence.capture('sessions')).toMatchObject({ result: 'captured' });
    const wallMs = Date.parse('2026-11-27T11:59:59Z');
    const settings = {
      source: quick,
      directory: first.directory,
      everyMs: 6 * HOUR,
      timeoutMs: 20_000,
      maxBytes: 1000,
      keep: 3,
    };
    const restarted = createEvidenceCapture({
      settings: () => settings,
      pid: () => Promise.resolve(undefined),
      clock: { nowMs: () => 0, wallMs: () => wallMs },
      onOutcome: () => {},
    });
    expect(await restarted.capture('memory')).toMatchObject({ result: 'skipped' });
    first.advance(1000);
    expect(await first.evidence.capture('memory')).toMatchObject({ result: 'captured' });
  });

  it('is no more for a capture that fails, and not held up by a clock that was set back', async () => {
    const { evidence, advance, outcomes } = setUp(node('process.exit(1)'));
    for (const ms of [0, HOUR, -3 * HOUR, HOUR]) {
      advance(ms);
      await evidence.capture('memory');
    }
    expect(outcomes.map(({ result }) => result)).toEqual(['failed', 'skipped', 'failed', 'skipped']);
  });

  it('is one at a time', async () => {
    const { evidence } = setUp(node('setTimeout(() => {}, 300)'));
    const outcomes = await Promise.all([evidence.capture('memory'), evidence.capture('sessions')]);
    expect(outcomes.map((outcome) => outcome?.result)).toEqual(['captured', 'skipped']);
  });

  it('leaves the newest and what is not its own', async () => {
    const { evidence, advance, files, directory } = setUp(quick, { everyMs: 1000, keep: 2 });
    await evidence.capture('memory');
    writeFileSync(join(directory, 'notes.txt'), '');
    for (const detector of ['sessions', 'memory', 'threads']) {
      advance(60_000);
      await evidence.capture(detector);
    }
    expect(files()).toEqual([
      '20261127T060200Z-memory-command.out',
      '20261127T060300Z-threads-command.out',
      'notes.txt',
    ]);
  });
});

describe('the directory of evidence', () => {
  const quick = node('console.log(1)');

  it.each<[string, (path: string) => void, RegExp]>([
    [
      'that others may enter',
      (path) => {
        mkdirSync(path);
        chmodSync(path, 0o755);
      },
      /: want one that only the user of the sidecar may enter \(mode 700\), got mode 755 of user/,
    ],
    ['that is a file', (path) => writeFileSync(path, ''), /captures: file already exists$/],
    ['that is a link', (path) => symlinkSync('/tmp', path), /: want a directory, got something else/],
  ])('%s is refused', async (_, make, reason) => {
    const { evidence, directory } = setUp(quick);
    make(directory);
    expect(await evidence.capture('memory')).toEqual({
      result: 'failed',
      reason: expect.stringMatching(reason),
    });
  });
});
