import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-text.ts';
import { processTree } from './process-cost.ts';

/** A child process of the benchmark, which Ctrl-C in the terminal does not reach by itself. */
export interface PinnedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** The last of what it wrote to stderr and stdout. */
  readonly output: () => string;
  /** Ends it and everything it started, by force if it takes long; resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

const OUTPUT_LIMIT = 2000;
const STOP_LIMIT_MS = 3000;
const running = new Set<ChildProcess>();

/** True if `taskset` (util-linux) can pin processes to a CPU. */
export const canPin = spawnSync('taskset', ['--version']).status === 0;

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

// Its descendants too: a gateway gives its server a process group of its own.
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  for (const pid of processTree(child.pid)) kill(pid);
}

/** Kills everything still running; synchronous, for the end of the benchmark. */
export function killAll(): void {
  for (const child of running) killTree(child);
}

/** Starts a command on one CPU; `ipc` gives it a channel, so that it notices the end of the benchmark. */
export function startPinned(
  command: readonly string[],
  options: { readonly cpu: number | undefined; readonly ipc: boolean },
): PinnedProcess {
  const whole = options.cpu === undefined ? command : ['taskset', '-c', String(options.cpu), ...command];
  const [program = '', ...args] = whole;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
  });
  running.add(child);
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(`${String(error)}\n`)));
  child.once('exit', () => running.delete(child));
  return {
    pid: child.pid ?? 0,
    child,
    output: () => output,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const tree = processTree(child.pid);
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const giveUp = setTimeout(() => killTree(child), STOP_LIMIT_MS);
      await gone;
      clearTimeout(giveUp);
      for (const pid of tree.slice(1)) kill(pid);
    },
  };
}

/** A TCP port on 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('free port: want a TCP address, got none');
  return address.port;
}

/** Waits until something accepts connections on the port, or throws with what the process wrote. */
export async function untilListening(started: PinnedProcess, port: number, limitMs = 15_000): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (performance.now() < deadlineMs) {
    if (started.child.exitCode !== null || started.child.signalCode !== null) break;
    const socket = net.connect({ port, host: '127.0.0.1' });
    const accepted = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      sleep(1000, false),
    ]);
    socket.destroy();
    if (accepted) return;
    await sleep(50);
  }
  throw new Error(
    `port ${port}: want it open within ${limitMs} ms, got: ${started.output().trim() || 'nothing'}`,
  );
}
