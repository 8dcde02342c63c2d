import { readFileSync } from 'node:fs';
import nodeProcess from 'node:process';
import type { Clock } from '../model/clock.ts';
import type { Sample } from '../model/sample.ts';
import type { Source } from '../model/source.ts';
import { isSameProcess, TICKS_PER_SECOND } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';
import { cpuTicksBetween } from './process-cpu.ts';
import type { CpuSnapshot } from './process-cpu.ts';
import { countOpenFiles } from './process-files.ts';
import type { ProcessTarget } from './process-find.ts';
import { createMemoryReader } from './process-memory.ts';
import { createPace } from './process-pace.ts';
import { createRootKeeper } from './process-roots.ts';
import { createSocketCounter } from './process-sockets.ts';
import { readSurroundings } from './process-surroundings.ts';
import type { Surroundings } from './process-surroundings.ts';
import { createProcessTable } from './process-table.ts';

export type { ProcessTarget } from './process-find.ts';

/** Which process, and where to look. */
export interface ProcessSourceOptions {
  readonly target: ProcessTarget;
  readonly clock: Clock;
  /** Default `/proc`. */
  readonly procRoot?: string;
  /** Default `/sys/fs/cgroup`. */
  readonly cgroupRoot?: string;
  /** The sidecar's pid, which is never part of the tree; default this process's. */
  readonly ownPid?: number;
  /** Default this machine's. */
  readonly platform?: string;
}

// Limits rarely change while a process runs, and to read them takes a dozen files.
const SURROUNDINGS_MS = 60_000;

/**
 * A source that measures the server's process and all that descend from it,
 * from /proc (proc(5)) and the cgroups.
 *
 * Figures of the tree are sums; limits and the time of the start are those of
 * the root, the oldest if there are several. What this reader may not read is
 * absent: of another user's processes PSS (RSS instead) and sockets, before
 * Linux 6.2 open files as well. CPU is absent at the first reading. Limits are
 * looked up once a minute, sockets about every two minutes, and sockets of more
 * than 10,000 open files never.
 */
export function createProcessSource(options: ProcessSourceOptions): Source {
  const { target, clock, procRoot = '/proc', cgroupRoot = '/sys/fs/cgroup' } = options;
  const { ownPid = nodeProcess.pid, platform = nodeProcess.platform } = options;
  const table = createProcessTable(procRoot);
  const roots = createRootKeeper(target, clock);
  const memory = createMemoryReader(procRoot);
  const sockets = createSocketCounter(procRoot, clock);
  let cpuBefore: (CpuSnapshot & { readonly atMs: number }) | undefined;
  let surroundings: (Surroundings & { readonly of: ProcStat; readonly atMs: number }) | undefined;

  const surroundingsOf = (root: ProcStat): Surroundings => {
    const nowMs = clock.nowMs();
    if (
      !surroundings ||
      !isSameProcess(root, surroundings.of) ||
      nowMs - surroundings.atMs >= SURROUNDINGS_MS
    )
      surroundings = { ...readSurroundings(procRoot, cgroupRoot, root), of: root, atMs: nowMs };
    return surroundings;
  };

  /** CPU seconds per second since the last reading. */
  const cpuCores = (now: CpuSnapshot, atMs: number): number | undefined => {
    const before = cpuBefore;
    cpuBefore = { ...now, atMs };
    if (before === undefined || atMs <= before.atMs) return undefined;
    return cpuTicksBetween(before, now) / TICKS_PER_SECOND / ((atMs - before.atMs) / 1000);
  };

  const read = async (signal: AbortSignal): Promise<readonly Sample[]> => {
    if (platform !== 'linux') throw new Error(`process: want /proc of Linux, got ${platform}`);
    const pace = createPace(clock, signal);
    await table.refresh(pace);
    const [root, ...others] = await roots.find({ procRoot, table, ownPid, pace });
    if (root === undefined) throw new Error('process: want a root, got none');

    const uptimeTicks = Number.parseFloat(readFileSync(`${procRoot}/uptime`, 'utf8')) * TICKS_PER_SECOND;
    const atMs = clock.nowMs();
    const tree = await table.tree(
      [root, ...others].map(({ pid }) => pid),
      ownPid,
      pace,
    );
    const living = tree.filter(({ alive }) => alive);
    if (!living.some((one) => isSameProcess(one, root)))
      throw new Error(`process: want process ${root.pid} alive to the end of the reading, got its end`);
    const pids = living.map(({ pid }) => pid);
    const bytes = await memory.read(living, pace);
    const openFiles = await countOpenFiles(procRoot, pids, pace);
    const counts = await sockets.read(root, pids, openFiles, pace);
    const limits = surroundingsOf(root);
    const cores = cpuCores({ uptimeTicks, processes: new Map(tree.map((one) => [one.pid, one])) }, atMs);

    const labels = {};
    const samples: Sample[] = [
      { name: 'mcp_processes', labels, value: living.length },
      { name: 'mcp_process_cpu_limit_cores', labels, value: limits.cpuLimitCores },
      { name: 'mcp_process_threads', labels, value: living.reduce((sum, { threads }) => sum + threads, 0) },
      { name: 'mcp_process_start_time_seconds', labels, value: limits.startTimeSeconds },
      { name: 'mcp_process_restarts_total', labels, value: roots.restarts() },
    ];
    const add = (name: OptionalName, value: number | undefined): void => {
      if (value !== undefined) samples.push({ name, labels, value });
    };
    add('mcp_process_cpu_cores', cores);
    // A clock tick of 10 ms may be counted in the interval after the one it was used in.
    add('mcp_process_cpu_ratio', cores && Math.min(1, cores / limits.cpuLimitCores));
    add('mcp_process_memory_limit_bytes', limits.memoryLimitBytes);
    add('mcp_process_open_files', openFiles);
    add('mcp_process_open_files_limit', limits.openFilesLimit);
    if (bytes)
      samples.push({ name: 'mcp_process_memory_bytes', labels: { kind: bytes.kind }, value: bytes.bytes });
    for (const [state, value] of counts ?? [])
      samples.push({ name: 'mcp_process_sockets', labels: { state }, value });
    return samples;
  };

  return { read, stop: () => Promise.resolve() };
}

type OptionalName =
  | 'mcp_process_cpu_cores'
  | 'mcp_process_cpu_ratio'
  | 'mcp_process_memory_limit_bytes'
  | 'mcp_process_open_files'
  | 'mcp_process_open_files_limit';
