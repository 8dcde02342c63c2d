import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { StdioObserver } from '../../src/model/stdio-traffic.ts';
import { exitCodeOf, runStdioProxy } from '../../src/proxy/stdio-proxy.ts';

const MODULE = new URL('../../src/proxy/stdio-proxy.ts', import.meta.url).href;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that is put in the place of a server's command, as a client would start it. */
function sidecar(...command: string[]): ChildProcess & { out: () => string; exit: Promise<number | null> } {
  const script = `
    import { runStdioProxy, exitCodeOf } from ${JSON.stringify(MODULE)};
    const [command, ...args] = process.argv.slice(1);
    const exit = await runStdioProxy({ command, args, observer: undefined, onObserverError: () => {}, log: () => {} });
    process.exit(exitCodeOf(exit));`;
  const child = spawn(process.execPath, [
    '--no-warnings',
    '--input-type=module',
    '-e',
    script,
    '--',
    ...command,
  ]);
  children.push(child);
  const pieces: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => pieces.push(chunk));
  child.stdin.on('error', () => undefined);
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  return Object.assign(child, { out: () => Buffer.concat(pieces).toString('latin1'), exit });
}

const NODE = [process.execPath, '-e'];

describe('a stdio server behind the sidecar', () => {
  it('gets and gives every byte, and ends when its input ends', async () => {
    const child = sidecar('cat');
    const bytes = Buffer.alloc(3_000_000);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 17) ^ (i >> 9);
    child.stdin?.end(bytes);
    expect(await child.exit).toBe(0);
    expect(child.out() === bytes.toString('latin1')).toBe(true);
  });

  it('answers a line at once', async () => {
    const child = sidecar('cat');
    child.stdin?.write('{"id":1}\n');
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(child.out()).toBe('{"id":1}\n');
  });

  it.each([
    ['its exit code', ['sh', '-c', 'exit 7'], 7],
    ['the signal that ended it', ['sh', '-c', 'kill -9 $$'], 137],
  ])('passes %s on', async (_, command, code) => {
    expect(await sidecar(...command).exit).toBe(code);
  });

  it('has all its last output written before the end', async () => {
    const child = sidecar(...NODE, 'process.stdout.write("x".repeat(5e6), () => process.exit(3))');
    expect(await child.exit).toBe(3);
    expect(child.out()).toHaveLength(5_000_000);
  });

  it('writes to the stderr of the sidecar', async () => {
    const child = sidecar('sh', '-c', 'echo complaint >&2');
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await child.exit;
    expect(text).toBe('complaint\n');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is told of %s', async (signal) => {
    const child = sidecar(
      ...NODE,
      `process.on(${JSON.stringify(signal)}, () => { console.log('got it'); process.exit(5); }); setInterval(() => {}, 1000); console.log('ready')`,
    );
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill(signal);
    expect(await child.exit).toBe(5);
    expect(child.out()).toBe('ready\ngot it\n');
  });

  it('does not outlive a client that closed the output', async () => {
    const child = sidecar(...NODE, 'setInterval(() => process.stdout.write("tick\\n"), 20)');
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.stdout?.destroy();
    expect(await child.exit).not.toBeNull();
  }, 10_000);

  it('is not held up by a descendant that keeps its stdout open', async () => {
    const child = sidecar('sh', '-c', 'sleep 30 2>/dev/null & echo done');
    expect(await child.exit).toBe(0);
    expect(child.out()).toBe('done\n');
  }, 15_000);
});

describe('the result', () => {
  it('of a command that is not there is one clear error', async () => {
    const missing = runStdioProxy({
      command: 'no-such-server',
      args: [],
      observer: undefined,
      onObserverError: () => undefined,
      log: () => undefined,
      input: new PassThrough(),
      output: new PassThrough(),
    });
    await expect(missing).rejects.toThrow('spawn no-such-server: ENOENT');
  });

  it.each([
    [{ code: 0, signal: null }, 0],
    [{ code: null, signal: 'SIGTERM' as const }, 143],
  ])('%j is the exit code %i', (exit, code) => {
    expect(exitCodeOf(exit)).toBe(code);
  });
});

async function run(observer: StdioObserver, errors: unknown[] = []): Promise<string> {
  const input = new PassThrough();
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const done = runStdioProxy({
    command: 'cat',
    args: [],
    observer,
    onObserverError: (error) => errors.push(error),
    log: () => undefined,
    input,
    output,
  });
  input.end('hello');
  await done;
  return text;
}

const broken = (): never => {
  throw new Error('broken');
};

describe('the observer of the pipes', () => {
  it('sees both directions and the end', async () => {
    const events: string[] = [];
    await run({
      clientToServer: (chunk) => events.push(`> ${chunk.toString()}`),
      serverToClient: (chunk) => events.push(`< ${chunk.toString()}`),
      end: ({ code }) => events.push(`end ${code}`),
    });
    expect(events).toEqual(['> hello', '< hello', 'end 0']);
  });

  it('that throws is reported once, and the bytes go on', async () => {
    const errors: unknown[] = [];
    expect(await run({ clientToServer: broken, serverToClient: broken, end: broken }, errors)).toBe('hello');
    expect(errors).toEqual([new Error('broken')]);
  });
});
