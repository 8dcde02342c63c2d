import { spawn } from 'node:child_process';
import { codeOf } from '../model/error-facts.ts';
import { visibleText } from '../model/visible-text.ts';
import { within } from '../model/within.ts';

/** A server to start. */
export interface StdioCommand {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** The environment that it gets. */
  readonly env: NodeJS.ProcessEnv;
}

/** A server's process with its pipes. */
export interface StdioProcess {
  readonly pid: number;
  readonly write: (text: string) => void;
  /** Closes its input, then ends it and what it started; resolves to whether it went by itself. */
  readonly end: () => Promise<boolean>;
}

/** What a process tells its owner; a line is a view of bytes that may be overwritten. */
export interface StdioEvents {
  readonly onLine: (chunk: Buffer, start: number, end: number) => void;
  /** It has ended, for this reason, before it was told to. */
  readonly onExit: (reason: string) => void;
}

const GRACE_MS = 2000;
const LINE_FEED = 0x0a;

/** Calls back for each line of a stream, in any chunking; a line within one chunk is not copied. */
export function readLines(onLine: StdioEvents['onLine']): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  return (chunk) => {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, at)) {
      if (held.length === 0) onLine(chunk, at, end);
      else {
        const line = Buffer.concat([...held, chunk.subarray(at, end)]);
        held = [];
        onLine(line, 0, line.length);
      }
      at = end + 1;
    }
    if (at < chunk.length) held.push(Buffer.from(chunk.subarray(at)));
  };
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

/**
 * Starts a server in a process group of its own, so that Ctrl-C reaches it only through us.
 * @throws Error with one line if the program cannot be started.
 */
export async function startStdioProcess(
  { command: [program = '', ...args], cwd, env }: StdioCommand,
  events: StdioEvents,
): Promise<StdioProcess> {
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const started = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<void>();
  let isEnding = false;
  let lastErrorLine = '';
  child.once('spawn', started.resolve);
  child.once('error', (error) => {
    exited.resolve();
    started.reject(
      new Error(`start ${program}: want a running process, got ${codeOf(error)}`, { cause: error }),
    );
  });
  child.once('exit', (code, signal) => {
    exited.resolve();
    const why = lastErrorLine === '' ? '' : ` (${visibleText(lastErrorLine).slice(0, 200)})`;
    if (!isEnding)
      events.onExit(`${program}: want it running, got ${signal ?? `exit code ${String(code)}`}${why}`);
  });
  // A write to a process that ends meanwhile: 'exit' tells of its end.
  child.stdin.on('error', () => {});
  child.stdout.on('data', readLines(events.onLine));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastErrorLine = text.split('\n').findLast((line) => line.trim() !== '') ?? lastErrorLine;
  });
  await started.promise;
  const pid = child.pid ?? 0;
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  // Whoever ends without a word takes the server along.
  const onExit = (): void => killGroup(pid, 'SIGKILL');
  process.once('exit', onExit);
  const end = async (): Promise<boolean> => {
    isEnding = true;
    child.stdin.end();
    await within(GRACE_MS, exited.promise);
    const wentByItself = isGone();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (isGone()) break;
      killGroup(pid, signal);
      await within(GRACE_MS, exited.promise);
    }
    killGroup(pid, 'SIGKILL');
    process.off('exit', onExit);
    return wentByItself;
  };
  let ending: Promise<boolean> | undefined;
  return { pid, write: (text) => void child.stdin.write(text), end: () => (ending ??= end()) };
}
