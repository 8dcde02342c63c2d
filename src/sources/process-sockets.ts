import { readdirSync, readlinkSync } from 'node:fs';
import type { Clock } from '../model/clock.ts';
import { attempt } from './proc-file.ts';
import type { ProcResult } from './proc-file.ts';
import { readTcpTables, TCP_STATES } from './proc-tcp-table.ts';
import type { TcpState } from './proc-tcp-table.ts';
import { isSameProcess } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';
import type { Pace } from './process-pace.ts';

/** TCP states that a process can hold a socket in, and `other`: Unix, UDP, netlink, not yet connected. */
export type SocketState = Exclude<TcpState, 'time_wait' | 'close'> | 'other';

const SOCKET_LINK = /^socket:\[(\d+)\]$/;

/**
 * The numbers of the sockets that a process has open, one for each descriptor.
 * `denied` unless it runs as the same user or the reader may trace it.
 */
export async function readSocketInodes(
  procRoot: string,
  pid: number,
  pace: Pace,
): Promise<ProcResult<readonly number[]>> {
  const folder = `${procRoot}/${pid}/fd`;
  const descriptors = attempt(() => readdirSync(folder));
  if (!descriptors.ok) return descriptors;
  const inodes: number[] = [];
  for (const descriptor of descriptors.value) {
    await pace.step();
    const link = attempt(() => readlinkSync(`${folder}/${descriptor}`));
    if (!link.ok) {
      if (link.why === 'denied') return link;
      continue;
    }
    const inode = SOCKET_LINK.exec(link.value)?.[1];
    if (inode !== undefined) inodes.push(Number(inode));
  }
  return { ok: true, value: inodes };
}

/**
 * Counts the sockets of a process tree by state, each socket once however many
 * processes share it, every state present. Sockets in `time_wait` belong to no
 * process any more and are not among them. What the tables of the root's
 * network namespace do not know is `other`.
 * @returns undefined if the descriptors of one of the processes cannot be read.
 */
export async function countSockets(
  procRoot: string,
  rootPid: number,
  pids: readonly number[],
  pace: Pace,
): Promise<ReadonlyMap<SocketState, number> | undefined> {
  const open = new Set<number>();
  for (const pid of pids) {
    const inodes = await readSocketInodes(procRoot, pid, pace);
    if (inodes.ok) for (const inode of inodes.value) open.add(inode);
    else if (inodes.why === 'denied') return undefined;
  }
  const rows = open.size === 0 ? [] : await readTcpTables(`${procRoot}/${rootPid}/net`, pace);
  if (rows === undefined) return undefined;

  const counts = new Map<SocketState, number>();
  for (const state of TCP_STATES) if (state !== 'time_wait' && state !== 'close') counts.set(state, 0);
  for (const { inode, state } of rows) {
    if (state === 'time_wait' || state === 'close' || !open.delete(inode)) continue;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts.set('other', open.size);
}

// To count them costs 6 ms of CPU with 16 workers, all the rest of a reading 2 (bench/process-source.ts).
// A little under two minutes, so that a reading that comes somewhat early is not one too early.
const COUNT_EVERY_MS = 105_000;
const MOST_DESCRIPTORS = 10_000;

/** Counts the sockets of a process tree again and again. */
export interface SocketCounter {
  /**
   * The counts of less than 105 s ago; at once anew for another root.
   * @param descriptors how many files the tree has open; undefined if unknown.
   * @returns undefined if they cannot be read, or would have to be sought among more than 10,000 descriptors.
   */
  readonly read: (
    root: ProcStat,
    pids: readonly number[],
    descriptors: number | undefined,
    pace: Pace,
  ) => Promise<ReadonlyMap<SocketState, number> | undefined>;
}

/** A counter that looks at the sockets about every two minutes, or at each reading if they are further apart. */
export function createSocketCounter(procRoot: string, clock: Clock): SocketCounter {
  let last:
    | {
        readonly root: ProcStat;
        readonly counts: ReadonlyMap<SocketState, number> | undefined;
        readonly atMs: number;
      }
    | undefined;
  return {
    read: async (root, pids, descriptors, pace) => {
      const atMs = clock.nowMs();
      if (last && isSameProcess(root, last.root) && atMs - last.atMs < COUNT_EVERY_MS) return last.counts;
      const few = descriptors !== undefined && descriptors <= MOST_DESCRIPTORS;
      const counts = few ? await countSockets(procRoot, root.pid, pids, pace) : undefined;
      last = { root, counts, atMs };
      return counts;
    },
  };
}
