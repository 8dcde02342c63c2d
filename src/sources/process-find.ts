import { readFileSync } from 'node:fs';
import { attempt } from './proc-file.ts';
import type { ProcStat } from './proc-stat.ts';
import { readTcpTables } from './proc-tcp-table.ts';
import type { Pace } from './process-pace.ts';
import { readSocketInodes } from './process-sockets.ts';
import type { ProcessTable } from './process-table.ts';

/** How to find the server's process. */
export type ProcessTarget =
  | { readonly pid: number }
  /** It listens on this TCP port, in the sidecar's own network namespace. */
  | { readonly port: number }
  /** It matches the command line, arguments joined by a space. */
  | { readonly command: RegExp }
  /** The sidecar's own child; undefined while none runs. */
  | { readonly child: () => number | undefined };

/** Where to look and who is looking. */
export interface FindContext {
  readonly procRoot: string;
  readonly table: ProcessTable;
  readonly ownPid: number;
  readonly pace: Pace;
}

/** What was found, or an operator's sentence about what was not. */
export type Found =
  | { readonly ok: true; readonly roots: readonly ProcStat[] }
  | { readonly ok: false; readonly problem: string };

/**
 * Finds the root or roots of the server's process tree, the oldest first: of
 * several that fit, those without a fitting ancestor. By port or command line
 * it is never the sidecar itself, nor what the sidecar was started by.
 */
export async function findRoots(target: ProcessTarget, context: FindContext): Promise<Found> {
  const pids = await findPids(target, context);
  if (typeof pids === 'string') return { ok: false, problem: `process: want ${describe(target)}${pids}` };
  const living: ProcStat[] = [];
  for (const pid of pids) {
    const process = context.table.get(pid);
    if (process?.alive === true) living.push(process);
  }
  if (living.length === 0) return { ok: false, problem: `process: want ${describe(target)}, got none` };
  const roots = living.toSorted((one, other) => one.startTicks - other.startTicks || one.pid - other.pid);
  return { ok: true, roots };
}

function describe(target: ProcessTarget): string {
  if ('pid' in target) return `one with pid ${target.pid}`;
  if ('port' in target) return `one that listens on port ${target.port}`;
  if ('command' in target) return `one whose command line matches ${String(target.command)}`;
  return 'the child that the sidecar starts';
}

// Text says what was wanted beside it, and what came.
async function findPids(target: ProcessTarget, context: FindContext): Promise<Iterable<number> | string> {
  if ('pid' in target) return [target.pid];
  if ('child' in target) {
    const pid = target.child();
    return pid === undefined ? [] : [pid];
  }
  return 'port' in target ? findListeners(target.port, context) : findByCommand(target.command, context);
}

async function findByCommand(command: RegExp, context: FindContext): Promise<Iterable<number>> {
  return outermost(context, (pid) => {
    const line = attempt(() => readFileSync(`${context.procRoot}/${pid}/cmdline`, 'utf8'));
    // search() and not test(), which begins where the last match of a global expression ended.
    return line.ok && line.value.replaceAll('\0', ' ').trimEnd().search(command) >= 0;
  });
}

async function findListeners(port: number, context: FindContext): Promise<Iterable<number> | string> {
  const { procRoot, pace } = context;
  const rows = await readTcpTables(`${procRoot}/net`, pace);
  const inodes = new Set(
    rows?.filter((row) => row.state === 'listen' && row.localPort === port).map(({ inode }) => inode),
  );
  if (inodes.size === 0) return [];

  let denied = false;
  const found = await outermost(context, async (pid) => {
    const open = await readSocketInodes(procRoot, pid, pace);
    denied ||= !open.ok && open.why === 'denied';
    return open.ok && open.value.some((inode) => inodes.has(inode));
  });
  if (found.size > 0) return found;
  return denied
    ? ', with permission to read its files, got none (run as the same user or with CAP_SYS_PTRACE)'
    : ', in a pid namespace that the sidecar sees, got only the socket';
}

/** Those that fit but have no fitting ancestor; what has one is not even looked at. */
async function outermost(
  { table, ownPid, pace }: FindContext,
  fits: (pid: number) => boolean | Promise<boolean>,
): Promise<ReadonlySet<number>> {
  const own = new Set([ownPid, ...table.ancestors(ownPid)]);
  const found = new Set<number>();
  const belowFound = (pid: number): boolean => table.ancestors(pid).some((ancestor) => found.has(ancestor));
  // A parent mostly has the lower pid.
  for (const pid of [...table.pids()].toSorted((one, other) => one - other)) {
    await pace.step();
    if (!own.has(pid) && !belowFound(pid) && (await fits(pid))) found.add(pid);
  }
  for (const pid of found) if (belowFound(pid)) found.delete(pid);
  return found;
}
