import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildMessage } from './child-program.ts';

/** A child process of the demo that has reported itself ready. */
export interface Child {
  readonly pid: number;
  /** What the child reported, e.g. `{ url }`. */
  readonly ready: Readonly<Record<string, string>>;
  /** Lets the child end in order, and kills it if it has not ended after `graceMs` (5 s). */
  readonly stop: (graceMs?: number) => Promise<void>;
}

/** Options of {@link startChild}. */
export interface StartChildOptions {
  /** File beside this one, without its extension, e.g. `demo-server`. */
  readonly program: string;
  /** Added to the child's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with one clear line if the child ends after it was ready and before it was stopped. */
  readonly onFailure: (reason: string) => void;
  /** How long the child may take until it is ready. */
  readonly readyTimeoutMs?: number;
}

function isChildMessage(value: unknown): value is ChildMessage {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

async function rejectOnExit(exited: Promise<string>, reject: (error: Error) => void): Promise<void> {
  reject(new Error(await exited));
}

/**
 * Starts a program of this folder as a child process and waits until it reports
 * itself ready. The same call works on sources (.ts) and on compiled files (.js).
 * @throws Error with one line that names the child, if it fails, ends or takes too long.
 */
export async function startChild(options: StartChildOptions): Promise<Child> {
  const { program, env, onFailure, readyTimeoutMs = 30_000 } = options;
  const name = program.replaceAll('-', ' ');
  const file = fileURLToPath(new URL(`./${program}${extname(import.meta.url)}`, import.meta.url));
  const child = fork(file, [], {
    // The parent's own flags (a test runner's, a profiler's) are not the child's.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stopped = false;
  let failure = '';
  let lastErrorLine = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastErrorLine = text.split('\n').findLast((line) => line.trim() !== '') ?? lastErrorLine;
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(`${name}: want a running process, got ${error.message}`);
    });
    // 'close' would wait for the pipe, too, but does not come after a disconnect.
    child.once('exit', (code, signal) => {
      setTimeout(() => {
        const why = failure !== '' ? failure : lastErrorLine.trim();
        resolve(
          `${name}: want it running, got ${signal ?? `exit code ${String(code)}`}${why && ` (${why})`}`,
        );
      }, 20);
    });
  });
  const stop = async (graceMs = 5000): Promise<void> => {
    stopped = true;
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exited;
    clearTimeout(kill);
  };

  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<Readonly<Record<string, string>>>((resolve, reject) => {
    child.on('message', (message) => {
      if (!isChildMessage(message)) return;
      if (message.kind === 'ready') resolve(message.values);
      else failure = message.reason;
    });
    void rejectOnExit(exited, reject);
    timer = setTimeout(() => {
      reject(new Error(`${name}: want it ready within ${readyTimeoutMs / 1000} s, got nothing`));
    }, readyTimeoutMs);
  });
  try {
    const values = await ready;
    void exited.then((reason) => (stopped ? undefined : onFailure(reason)));
    return { pid: child.pid ?? 0, ready: values, stop };
  } catch (error) {
    await stop(0);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
