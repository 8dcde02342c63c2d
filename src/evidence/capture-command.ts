import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { failureText } from '../model/failure-text.ts';
import type { Captured, CaptureTask } from './capture.ts';
import { writeLimited } from './limited-file.ts';

/** What a command is told of the sidecar's own environment: where programs are, and no secret. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/** Most of a command's error output that is kept, in characters. */
const MAX_ERROR_LENGTH = 2000;

/** How long a command that is told to end may take for it. */
const KILL_AFTER_MS = 2000;

/**
 * Runs a program without a shell and keeps what it prints, up to the limit; it is ended there, and at the time limit.
 * @param command program and arguments, with `{pid}` and `{detector}` for those of the task.
 * @throws Error `gcore: want exit code 0, got 1 (permission denied)` and the like.
 */
export async function captureCommand(command: readonly string[], task: CaptureTask): Promise<Captured> {
  const [program = '', ...args] = await fillIn(command, task);
  const path = `${task.stem}.out`;
  const isCut = await writeLimited(path, task.maxBytes, async (file) => {
    // A group of its own, so that what the program has started ends with it.
    const child = spawn(program, args, {
      env: Object.fromEntries(PASSED_ON.flatMap((name) => envOf(name))),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const errors = lastOf(child);
    const ended = once(child, 'close', { signal: task.signal });
    // It is awaited below; until then its failure must not count as unhandled.
    ended.catch(() => {});
    const stop = (): void => {
      endGroup(child);
      // What has left the group may hold on to them.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    task.signal.addEventListener('abort', stop);
    try {
      for await (const chunk of child.stdout) {
        if (!Buffer.isBuffer(chunk) || (await file.write(chunk))) continue;
        stop();
        break;
      }
      const [code] = await ended;
      if (code !== 0 && !file.isCut) throw new Error(`want exit code 0, got ${code}${errors()}`);
    } catch (error) {
      // A full disk, say: nobody reads on.
      if (child.exitCode === null && child.signalCode === null) stop();
      if (task.signal.aborted) throw task.signal.reason;
      throw new Error(`${program}: ${failureText(error)}`, { cause: error });
    } finally {
      task.signal.removeEventListener('abort', stop);
    }
    return file.isCut;
  });
  return { path, isCut };
}

/** Puts the values of a task into arguments. @throws Error if the process is wanted but not known. */
async function fillIn(command: readonly string[], task: CaptureTask): Promise<readonly string[]> {
  const filled = command.map((part) => part.replaceAll('{detector}', task.detector));
  if (!filled.some((part) => part.includes('{pid}'))) return filled;
  const pid = await task.pid();
  if (pid === undefined) throw new Error('want the pid of the server, got none; sources.process tells it');
  return filled.map((part) => part.replaceAll('{pid}', String(pid)));
}

function envOf(name: string): [string, string][] {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value]];
}

/** The last line of a child's error output, in brackets. */
function lastOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-MAX_ERROR_LENGTH);
  });
  return () => {
    const last = text.trim().split('\n').at(-1)?.trim() ?? '';
    return last === '' ? '' : ` (${last.slice(0, 200)})`;
  };
}

function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // It is gone already.
    }
  };
  signalGroup('SIGTERM');
  const killer = setTimeout(() => signalGroup('SIGKILL'), KILL_AFTER_MS).unref();
  child.once('close', () => clearTimeout(killer));
}
