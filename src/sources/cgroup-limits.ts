import { readFileSync } from 'node:fs';
import { cgroupFolders, parseCgroupMemberships, parseCgroupMounts } from './cgroup-mounts.ts';
import { attempt } from './proc-file.ts';

/** What the cgroups of a process allow it; what they leave open is absent. */
export interface CgroupLimits {
  /** CPU seconds per second. */
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
}

// Version 1 writes "unlimited" as the largest multiple of a page that fits into 63 bits.
const UNLIMITED_BYTES = 2 ** 62;

/**
 * Reads the CPU quota and the memory limit that hold for a process, each the
 * least up its hierarchy as far as that can be seen (cgroups(7), the kernel's
 * cgroup-v1 and cgroup-v2 documents).
 *
 * A process of another container lies outside the sidecar's cgroup namespace:
 * its limits are then read through its own file system, if that is permitted.
 * @param cgroupRoot hierarchies mounted there or below count as the sidecar's own.
 */
export function readCgroupLimits(procRoot: string, cgroupRoot: string, pid: number): CgroupLimits {
  const memberships = parseCgroupMemberships(read(`${procRoot}/${pid}/cgroup`) ?? '');
  const own = parseCgroupMounts(read(`${procRoot}/self/mountinfo`) ?? '').filter(
    ({ mountPoint }) => mountPoint === cgroupRoot || mountPoint.startsWith(`${cgroupRoot}/`),
  );
  const theirs = parseCgroupMounts(read(`${procRoot}/${pid}/mountinfo`) ?? '').map((mount) => ({
    ...mount,
    mountPoint: `${procRoot}/${pid}/root${mount.mountPoint}`,
  }));

  const least = (controller: string, limit: (folder: string, version: 1 | 2) => number | undefined) => {
    for (const mounts of [own, theirs]) {
      const { version, folders } = cgroupFolders(controller, memberships, mounts);
      if (folders.length === 0) continue;
      const limits = folders.map((folder) => limit(folder, version)).filter((value) => value !== undefined);
      return limits.length === 0 ? undefined : Math.min(...limits);
    }
    return undefined;
  };
  const cpuCores = least('cpu', readCpuCores);
  const memoryBytes = least('memory', readMemoryBytes);
  return {
    ...(cpuCores !== undefined && { cpuCores }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
}

function readCpuCores(folder: string, version: 1 | 2): number | undefined {
  const [quota, period] =
    version === 2
      ? (read(`${folder}/cpu.max`) ?? '').split(' ')
      : [read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)];
  const cores = Number(quota) / Number(period);
  // "max" of version 2 is not a number, and -1 of version 1 no quota.
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

function readMemoryBytes(folder: string, version: 1 | 2): number | undefined {
  const text = read(`${folder}/${version === 2 ? 'memory.max' : 'memory.limit_in_bytes'}`)?.trim();
  if (text === undefined || text === '' || text === 'max') return undefined;
  const bytes = Number(text);
  return bytes < UNLIMITED_BYTES ? bytes : undefined;
}

/** The text of a file; undefined if it is not there for this reader. */
function read(path: string): string | undefined {
  const text = attempt(() => readFileSync(path, 'utf8'));
  return text.ok ? text.value : undefined;
}
