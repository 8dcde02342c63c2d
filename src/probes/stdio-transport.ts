import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import {
  deserializeMessage,
  serializeMessage,
  type JSONRPCMessage,
  type Transport,
} from '@modelcontextprotocol/client';
import { codeOf } from '../model/error-facts.ts';
import type { StdioTarget } from '../model/probe.ts';
import { within } from '../model/within.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { TranscriptRecorder } from './transcript-recorder.ts';

/** How long a server may take to end once its input is closed, and again after SIGTERM. */
const GRACE_MS = 2000;
/** How long processes of the server may stay after it is gone. */
const LINGER_MS = 500;
/** How long what a process wrote last is waited for after its end. */
const LAST_WORDS_MS = 100;
/** Longest line that is taken. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** A server's process as a transport of the MCP client. */
export interface StdioTransport extends Transport {
  /** Resolves when the process is gone, with what it left behind. */
  readonly end: () => Promise<{ readonly leftBehind: boolean }>;
}

/** Whether any process of the group is there. */
function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    // Of another user: there, but not ours to signal.
    return codeOf(error) === 'EPERM';
  }
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

/**
 * Makes a transport that starts a server's command in a process group of its
 * own: what is left of the group after the server's end stayed behind. The
 * process gets few variables of the environment, the target's own, and secret ones.
 * @param onFault told once if the process ends, or writes what is no message, while it is used.
 */
export function createStdioTransport(
  { command: [program = '', ...args], cwd, env }: StdioTarget,
  secretEnv: Readonly<Record<string, string>>,
  recorder: TranscriptRecorder,
  onFault: (failure: ProbeFailure) => void,
): StdioTransport {
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let ending: Promise<{ leftBehind: boolean }> | undefined;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let lastErrorLine = '';

  const onLine = (line: string): void => {
    if (line.trim() === '') return;
    recorder.message('received', line);
    let message: JSONRPCMessage;
    try {
      message = deserializeMessage(line);
    } catch (error) {
      onFault(
        new ProbeFailure(
          'protocol',
          `want a JSON-RPC message on stdout, got ${JSON.stringify(line.slice(0, 80))}`,
          {
            cause: error,
          },
        ),
      );
      return;
    }
    transport.onmessage?.(message);
  };

  const onData = (chunk: Buffer): void => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      onLine(Buffer.concat([...pending, rest.subarray(0, end)]).toString('utf8'));
      pending = [];
      pendingBytes = 0;
      rest = rest.subarray(end + 1);
    }
    pending.push(rest);
    pendingBytes += rest.length;
    if (pendingBytes > MAX_LINE_BYTES) {
      pending = [];
      pendingBytes = 0;
      onFault(
        new ProbeFailure('protocol', `want lines of at most ${MAX_LINE_BYTES} bytes, got a longer one`),
      );
    }
  };

  const start = async (): Promise<void> => {
    const started = Promise.withResolvers<void>();
    const running = spawn(program, args, {
      cwd,
      env: { ...getDefaultEnvironment(), ...env, ...secretEnv },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child = running;
    const gone = Promise.withResolvers<void>();
    exited = gone.promise;
    running.once('spawn', started.resolve);
    running.once('error', (error) => {
      gone.resolve();
      started.reject(
        new ProbeFailure('start_failed', `start ${program}: ${error.message}`, { cause: error }),
      );
    });
    let hasTold = false;
    const tellEnd = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (ending !== undefined || hasTold) return;
      hasTold = true;
      const why = lastErrorLine === '' ? '' : ` (${lastErrorLine.slice(0, 200)})`;
      onFault(
        new ProbeFailure('exited', `want it running, got ${signal ?? `exit code ${String(code)}`}${why}`),
      );
      transport.onclose?.();
    };
    running.once('exit', (code, signal) => {
      gone.resolve();
      // What it wrote last may still be in the pipes; 'close' would wait for whoever else holds them.
      setTimeout(tellEnd, LAST_WORDS_MS, code, signal).unref();
    });
    running.once('close', tellEnd);
    // A write to a process that ends meanwhile: its end is told by 'exit'.
    running.stdin?.on('error', () => {});
    running.stdout?.on('data', onData);
    running.stderr?.setEncoding('utf8').on('data', (text: string) => {
      recorder.message('stderr', text.trimEnd());
      lastErrorLine = text.split('\n').findLast((line) => line.trim() !== '') ?? lastErrorLine;
    });
    await started.promise;
  };

  const endGroup = async (): Promise<{ leftBehind: boolean }> => {
    const pid = child?.pid;
    if (child === undefined || pid === undefined) return { leftBehind: false };
    child.stdin?.end();
    await within(GRACE_MS, exited);
    if (child.exitCode === null && child.signalCode === null) {
      recorder.note('the process did not end when its input was closed: SIGTERM');
      killGroup(pid, 'SIGTERM');
      await within(GRACE_MS, exited);
    }
    const isStubborn = child.exitCode === null && child.signalCode === null;
    if (isStubborn) {
      recorder.note('the process did not end at SIGTERM: SIGKILL');
      killGroup(pid, 'SIGKILL');
      await within(GRACE_MS, exited);
    }
    const giveUpAt = performance.now() + LINGER_MS;
    while (groupLives(pid) && performance.now() < giveUpAt) await sleep(20);
    const staysBehind = groupLives(pid);
    if (staysBehind) {
      recorder.note('processes of the server stayed behind: SIGKILL');
      killGroup(pid, 'SIGKILL');
    }
    child.stdout?.destroy();
    child.stderr?.destroy();
    return { leftBehind: isStubborn || staysBehind };
  };

  const end = (): Promise<{ leftBehind: boolean }> => (ending ??= endGroup());

  const transport: StdioTransport = {
    start,
    send: (message) => {
      const line = serializeMessage(message);
      recorder.message('sent', line.trimEnd());
      return new Promise((resolve) => {
        if (child?.stdin === null || child?.stdin === undefined)
          throw new ProbeFailure('exited', 'want it running');
        if (child.stdin.write(line)) resolve();
        else child.stdin.once('drain', resolve);
      });
    },
    close: async () => {
      await end();
      transport.onclose?.();
    },
    end,
  };
  return transport;
}
