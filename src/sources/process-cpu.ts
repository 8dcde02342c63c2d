import { isSameProcess } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';

/** The CPU clocks of a process tree at one moment. */
export interface CpuSnapshot {
  /** When, in ticks since the machine started. */
  readonly uptimeTicks: number;
  readonly processes: ReadonlyMap<number, ProcStat>;
}

/**
 * CPU time in ticks that a tree has used between two snapshots, never negative.
 *
 * Per process the difference of its own time; all of the time of one that has
 * started since; and what ended processes have left with those who waited for
 * them, less what was counted of them before: so that a tool that runs a short
 * program for each call is seen. A process that joined the tree late is not
 * counted for the time before; one whose parent ignores its end loses what it
 * used since the first snapshot.
 */
export function cpuTicksBetween(before: CpuSnapshot, now: CpuSnapshot): number {
  const countedBefore = ticksOfEnded(before, now);
  let ticks = 0;
  for (const process of now.processes.values()) {
    const earlier = before.processes.get(process.pid);
    if (earlier && isSameProcess(process, earlier)) {
      const reaped = process.reapedTicks - earlier.reapedTicks - (countedBefore.get(process.pid) ?? 0);
      ticks += Math.max(0, process.ownTicks - earlier.ownTicks) + Math.max(0, reaped);
    } else if (process.startTicks >= before.uptimeTicks) {
      ticks += process.ownTicks + process.reapedTicks;
    }
  }
  return ticks;
}

/** Time of the ended as of the first snapshot, by the nearest ancestor that still runs. */
function ticksOfEnded(before: CpuSnapshot, now: CpuSnapshot): ReadonlyMap<number, number> {
  const ticks = new Map<number, number>();
  const runs = (process: ProcStat): boolean => isSameProcess(process, now.processes.get(process.pid));
  for (const ended of before.processes.values()) {
    if (runs(ended)) continue;
    let heir = before.processes.get(ended.parentPid);
    while (heir && !runs(heir)) heir = before.processes.get(heir.parentPid);
    if (heir) ticks.set(heir.pid, (ticks.get(heir.pid) ?? 0) + ended.ownTicks + ended.reapedTicks);
  }
  return ticks;
}
