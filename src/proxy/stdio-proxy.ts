import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Log } from '../model/log.ts';
import type { StdioObserver } from '../model/stdio-traffic.ts';
import type { OnObserverError } from './observer-guard.ts';

/** What is needed to stand between a client and a stdio server. */
export interface StdioProxyOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The server's environment; the process's own if absent. */
  readonly env?: NodeJS.ProcessEnv;
  readonly observer: StdioObserver | undefined;
  /** Is told once what the observer threw. */
  readonly onObserverError: OnObserverError;
  readonly log: Log;
  /** Told the process id of the server once it runs. */
  readonly onStarted?: (pid: number) => void;
  /** The client's side; the process's own stdin and stdout if absent. */
  readonly input?: Readable;
  readonly output?: Writable;
}

/** How the server's process ended: one of the two is set. */
export interface StdioExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const PASSED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A descendant may keep the server's stdout open after its end: silence for so long closes it. */
const LEFTOVER_SILENCE_MS = 1_000;
/** Time for a server to end by itself after its client closed the pipe. */
const CLIENT_GONE_GRACE_MS = 2_000;

/**
 * Runs a stdio server and passes its stdin and stdout through unchanged
 * (MCP, transports, stdio); stderr is inherited. Signals go to the server, and
 * the result comes when it has ended and all its output is written.
 *
 * @throws Error `spawn no-such-server: ENOENT`
 */
export async function runStdioProxy(options: StdioProxyOptions): Promise<StdioExit> {
  const { input = process.stdin, output = process.stdout, log } = options;
  const observer = guard(options.observer, options.onObserverError);
  const child = spawn(options.command, options.args, {
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdin, stdout } = child;
  if (child.pid !== undefined) options.onStarted?.(child.pid);
  let clientGone: NodeJS.Timeout | undefined;

  forward(input, stdin, observer.clientToServer);
  // A server that closed its stdin reads no more: its client gets the broken pipe, too.
  stdin.on('error', () => input.destroy());
  const onOutputError = (error: NodeJS.ErrnoException): void => {
    log('info', 'client closed the output', { code: error.code ?? 'unknown' });
    // Its next write breaks as it would without us; one that waits for input sees the end of it.
    stdout.destroy();
    stdin.end();
    clientGone ??= setTimeout(() => child.kill('SIGTERM'), CLIENT_GONE_GRACE_MS);
  };
  output.on('error', onOutputError);
  forward(stdout, output, observer.serverToClient, false);

  const passSignal = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  for (const signal of PASSED_SIGNALS) process.on(signal, passSignal);
  try {
    const exit = await ended(child, stdout, options.command);
    await flushed(output);
    observer.end(exit);
    return exit;
  } finally {
    clearTimeout(clientGone);
    for (const signal of PASSED_SIGNALS) process.off(signal, passSignal);
    output.off('error', onOutputError);
    // The write of an earlier chunk may still fail, and must not end the process.
    output.on('error', () => undefined);
    input.destroy();
  }
}

/** Exit code of a shell for an exit: the code, or 128 and the signal's number. */
export function exitCodeOf(exit: StdioExit): number {
  return exit.code ?? 128 + (exit.signal === null ? 0 : constants.signals[exit.signal]);
}

function forward(from: Readable, to: Writable, observe: (chunk: Buffer) => void, endToo = true): void {
  from.on('data', (chunk: Buffer) => {
    if (to.writable && !to.write(chunk)) from.pause();
    observe(chunk);
  });
  to.on('drain', () => from.resume());
  if (endToo) from.on('end', () => to.end());
  from.on('error', () => {
    if (endToo) to.end();
  });
}

async function ended(child: ChildProcess, stdout: Readable, command: string): Promise<StdioExit> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined)
        reject(new Error(`spawn ${command}: ${error.code ?? error.message}`, { cause: error }));
    });
    child.on('exit', () => {
      const silence = setTimeout(() => {
        // Output that waits for a slow client is not silence.
        if (stdout.isPaused() || stdout.readableLength > 0) silence.refresh();
        else stdout.destroy();
      }, LEFTOVER_SILENCE_MS);
      stdout.on('data', () => {
        silence.refresh();
      });
      stdout.on('close', () => clearTimeout(silence));
    });
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Waits until what was written has left the process. */
async function flushed(output: Writable): Promise<void> {
  if (!output.writable) return;
  await new Promise<void>((resolve) => {
    output.once('close', resolve);
    output.write('', () => resolve());
  });
}

function guard(observer: StdioObserver | undefined, onError: OnObserverError): StdioObserver {
  let broken = false;
  function run(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!broken) onError(error);
      broken = true;
    }
  }
  return {
    clientToServer: (chunk) => {
      if (!broken) run(() => observer?.clientToServer(chunk));
    },
    serverToClient: (chunk) => {
      if (!broken) run(() => observer?.serverToClient(chunk));
    },
    // Even after a throw: the observer must let go of what it holds.
    end: (exit) => run(() => observer?.end(exit)),
  };
}
