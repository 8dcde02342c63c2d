import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from './error-text.ts';

// Linux: USER_HZ is 100 on every architecture that Node runs on.
const TICKS_PER_SECOND = 100;

// Fields after the command's name, which may hold spaces and parentheses (proc(5)).
function statFields(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** CPU time in seconds (user and system) that the processes have used so far, in steps of 10 ms. */
export function cpuSecondsOf(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const fields = statFields(pid);
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS_PER_SECOND;
}

/** CPU time in seconds that all processes of the machine have used so far (proc(5): user, nice, system, irq, softirq). */
export function machineCpuSeconds(): number {
  const fields =
    readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields;
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** Resident memory of the processes in bytes; pages they share count once for each. */
export function rssBytesOf(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    kilobytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }
  return kilobytes * 1024;
}

/** The process and all that descend from it. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(statFields(Number(name))[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch (error) {
      // It ended between the listing and the reading.
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    }
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** CPUs that this process may run on, from the kernel's list such as `0-1,4`. */
export function allowedCpus(): number[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first, last] = range.split('-').map(Number);
    const from = first ?? 0;
    return Array.from({ length: (last ?? from) - from + 1 }, (_, i) => from + i);
  });
}

/** How many files a process may open here (the hard limit: Node raises its own soft limit to it). */
export function openFilesLimit(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
