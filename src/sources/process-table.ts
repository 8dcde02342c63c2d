import { readFileSync, readdirSync } from 'node:fs';
import { attempt } from './proc-file.ts';
import { parseProcStat } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';
import type { Pace } from './process-pace.ts';

// A pid that was given away anew between two listings would hide behind the old one until its turn comes.
const RECHECK_EVERY = 32;

/** The processes of a /proc, listed anew at each reading but opened only where something may be new. */
export interface ProcessTable {
  /** Begins a reading: lists the pids and opens the ones not seen before. */
  readonly refresh: (pace: Pace) => Promise<void>;
  /** The process as this reading has it. */
  readonly get: (pid: number) => ProcStat | undefined;
  readonly pids: () => Iterable<number>;
  /** Pids of those that a process descends from, its parent first, as they were when last looked at. */
  readonly ancestors: (pid: number) => readonly number[];
  /** The roots and all that descend from them, without `except` and what only descends from that. */
  readonly tree: (roots: readonly number[], except: number, pace: Pace) => Promise<readonly ProcStat[]>;
}

/**
 * The table of the processes below `procRoot`.
 *
 * Who was seen outside the tree is not opened again at each reading, for a
 * process only gets another parent when its own has ended, and then that is
 * looked up: it cannot come into a tree unnoticed. That makes a listing
 * cheaper than the `children` files of all threads, and needs no kernel with
 * CONFIG_PROC_CHILDREN.
 */
export function createProcessTable(procRoot: string): ProcessTable {
  const known = new Map<number, { stat: ProcStat; turn: number }>();
  let turn = 0;

  const open = (pid: number): ProcStat | undefined => {
    const read = attempt(() => parseProcStat(readFileSync(`${procRoot}/${pid}/stat`, 'utf8')));
    if (read.ok) known.set(pid, { stat: read.value, turn });
    else known.delete(pid);
    return read.ok ? read.value : undefined;
  };

  const get = (pid: number): ProcStat | undefined => {
    const entry = known.get(pid);
    return entry?.turn === turn ? entry.stat : open(pid);
  };

  const refresh = async (pace: Pace): Promise<void> => {
    turn += 1;
    const present = new Set<number>();
    for (const name of readdirSync(procRoot)) {
      const pid = Number(name);
      if (!Number.isInteger(pid)) continue;
      present.add(pid);
      if (known.has(pid) && (pid + turn) % RECHECK_EVERY !== 0) continue;
      await pace.step();
      open(pid);
    }
    for (const pid of known.keys()) if (!present.has(pid)) known.delete(pid);
    // Who has lost its parent was given another, which may be one of the tree (process 1, a subreaper).
    for (const [pid, { stat }] of known) {
      if (stat.parentPid === 0 || known.has(stat.parentPid)) continue;
      await pace.step();
      open(pid);
    }
  };

  const childrenByParent = (): Map<number, number[]> => {
    const children = new Map<number, number[]>();
    for (const [pid, { stat }] of known) {
      const siblings = children.get(stat.parentPid);
      if (siblings) siblings.push(pid);
      else children.set(stat.parentPid, [pid]);
    }
    return children;
  };

  const tree = async (roots: readonly number[], except: number, pace: Pace): Promise<readonly ProcStat[]> => {
    for (;;) {
      const children = childrenByParent();
      const pids = new Set(roots);
      const members: ProcStat[] = [];
      let moved = false;
      for (const pid of pids) {
        await pace.step();
        const parentBefore = known.get(pid)?.stat.parentPid;
        const stat = get(pid);
        if (stat === undefined) continue;
        moved ||= parentBefore !== stat.parentPid;
        members.push(stat);
        for (const child of children.get(pid) ?? []) if (child !== except) pids.add(child);
      }
      // A parent ended meanwhile: its children belong to another now, perhaps outside the tree.
      if (!moved) return members;
    }
  };

  return {
    refresh,
    get,
    pids: () => known.keys(),
    ancestors: (pid) => {
      const line: number[] = [];
      for (let at = known.get(pid)?.stat.parentPid; at !== undefined && at > 0 && !line.includes(at);) {
        line.push(at);
        at = known.get(at)?.stat.parentPid;
      }
      return line;
    },
    tree,
  };
}
