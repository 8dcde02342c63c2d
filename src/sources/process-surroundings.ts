import { readFileSync } from 'node:fs';
import { readCgroupLimits } from './cgroup-limits.ts';
import { attempt } from './proc-file.ts';
import { TICKS_PER_SECOND } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';
import { readOpenFilesLimit } from './process-files.ts';

/** What holds for a process for long: limits and the time of its start. */
export interface Surroundings {
  /** CPU seconds per second. */
  readonly cpuLimitCores: number;
  readonly memoryLimitBytes: number | undefined;
  readonly openFilesLimit: number | undefined;
  /** Unix time. */
  readonly startTimeSeconds: number;
}

/**
 * Reads what surrounds a process. Its CPU limit is the quota of its cgroups,
 * but no more than the CPUs that are online and that it may run on (cpusets and
 * `taskset` narrow those).
 * @throws Error if /proc/stat cannot be read.
 */
export function readSurroundings(procRoot: string, cgroupRoot: string, process: ProcStat): Surroundings {
  const machine = readFileSync(`${procRoot}/stat`, 'utf8');
  const online = [...machine.matchAll(/^cpu(\d+) /gm)].map((match) => Number(match[1]));
  const status = attempt(() => readFileSync(`${procRoot}/${process.pid}/status`, 'utf8'));
  const allowed = status.ok ? /^Cpus_allowed_list:\s+(\S+)$/m.exec(status.value)?.[1] : undefined;
  const cpus = allowed === undefined ? online : online.filter((cpu) => isListed(cpu, allowed));
  const { cpuCores = Number.POSITIVE_INFINITY, memoryBytes } = readCgroupLimits(
    procRoot,
    cgroupRoot,
    process.pid,
  );
  const bootSeconds = Number(/^btime (\d+)$/m.exec(machine)?.[1]);
  return {
    cpuLimitCores: Math.min(cpuCores, Math.max(1, cpus.length)),
    memoryLimitBytes: memoryBytes,
    openFilesLimit: readOpenFilesLimit(procRoot, process.pid),
    startTimeSeconds: bootSeconds + process.startTicks / TICKS_PER_SECOND,
  };
}

/** Whether the kernel's list, e.g. `0-3,8`, holds a CPU. */
function isListed(cpu: number, list: string): boolean {
  return list.split(',').some((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return first !== undefined && last !== undefined && first <= cpu && cpu <= last;
  });
}
