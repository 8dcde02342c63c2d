import { codeOf } from '../model/error-facts.ts';

/** What a child process of the demo has running. */
export interface RunningChild {
  /** Told to the parent once, when the child can be used; string values by name, e.g. `{ url }`. */
  readonly ready: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Messages that a child sends to its parent over the IPC channel. */
export type ChildMessage =
  | { readonly kind: 'ready'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly reason: string };

/** The words of an error, its causes included, on one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An AggregateError (a refused connection to both address families) has an empty message and a code.
  const own = error.message !== '' ? error.message : codeOf(error) || error.name;
  const text = error.cause === undefined ? own : `${own}: ${reasonOf(error.cause)}`;
  return text.replaceAll(/\s+/g, ' ').trim();
}

async function tell(message: ChildMessage): Promise<void> {
  if (process.send === undefined) {
    process.stdout.write(`${JSON.stringify(message)}\n`);
    return;
  }
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, {}, () => {
      resolve();
    });
  });
}

async function failAndExit(error: unknown): Promise<void> {
  await tell({ kind: 'failed', reason: reasonOf(error) });
  process.exit(1);
}

function fail(error: unknown): void {
  void failAndExit(error);
}

/**
 * Runs the main program of a child process: starts it, reports `ready` or
 * `failed` to the parent (to stdout when there is none), and ends it on SIGTERM
 * and as soon as the parent is gone, however it went.
 */
export async function runChildProgram(start: () => Promise<RunningChild>): Promise<void> {
  let running: RunningChild | undefined;
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // An orphan must not outlive its parent because something refuses to close.
    setTimeout(() => process.exit(1), 3000).unref();
    await running?.stop();
    process.exit(0);
  };
  process.once('disconnect', () => void stop().catch(fail));
  process.once('SIGTERM', () => void stop().catch(fail));
  // Ctrl-C reaches the whole process group; a parent that is there decides the order of the end.
  process.on('SIGINT', () => {
    if (process.send === undefined) void stop().catch(fail);
  });
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    running = await start();
    await tell({ kind: 'ready', values: running.ready });
  } catch (error) {
    fail(error);
  }
}
