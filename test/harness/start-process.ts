import { spawn } from 'node:child_process';

/** What to start and how to know that it is ready. */
export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Patterns that must each have matched somewhere in stdout or stderr before the process counts as ready. */
  readonly ready?: readonly RegExp[];
  /** How long to wait for readiness, in milliseconds; default 30 s. */
  readonly readyTimeoutMs?: number;
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that a test owns. */
export interface TestProcess {
  readonly pid: number;
  /** Matches of `ready`, in its order. */
  readonly matches: readonly RegExpMatchArray[];
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<ProcessExit>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends the process: SIGTERM, after 15 s SIGKILL; resolves when it is gone, as often as it is called. */
  readonly stop: () => Promise<ProcessExit>;
}

/**
 * Starts a program and resolves when everything in `ready` was printed.
 * @throws Error with the program's output if it exits or stays silent instead.
 */
export async function startProcess(options: ProcessOptions): Promise<TestProcess> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const name = [options.command, ...options.args].join(' ');
  let stdout = '';
  let stderr = '';
  let onOutput: (() => void) | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput?.();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onOutput?.();
  });

  const exited = new Promise<ProcessExit>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`start ${name}: ${cause.message}`, { cause })));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

  const stop = async (): Promise<ProcessExit> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    try {
      return await exited;
    } finally {
      clearTimeout(killer);
    }
  };

  const matches = await new Promise<RegExpMatchArray[]>((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${name}: ${what}\nstdout: ${stdout}\nstderr: ${stderr}`));
    };
    const timeoutMs = options.readyTimeoutMs ?? 30_000;
    const timer = setTimeout(() => fail(`want ready within ${timeoutMs} ms, got silence`), timeoutMs);
    onOutput = () => {
      const found = (options.ready ?? []).map((pattern) => stdout.match(pattern) ?? stderr.match(pattern));
      if (found.every((match) => match !== null)) {
        clearTimeout(timer);
        onOutput = undefined;
        resolve(found);
      }
    };
    exited.then((exit) => fail(`want ready, got exit ${exit.code ?? exit.signal}`), reject);
    onOutput();
  });

  return {
    pid: child.pid ?? 0,
    matches,
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    signal: (signal) => void child.kill(signal),
    stop,
  };
}

/** Runs a program to its end and returns what it printed. */
export async function runProcess(
  options: ProcessOptions,
): Promise<ProcessExit & { readonly stdout: string; readonly stderr: string }> {
  const child = await startProcess(options);
  const exit = await child.exited;
  return { ...exit, stdout: child.stdout(), stderr: child.stderr() };
}
