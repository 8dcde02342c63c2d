import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with the files of a machine that no machine has to be. */
export interface SyntheticProc {
  readonly root: string;
  /** Writes a file below the root, with its folders. */
  readonly write: (path: string, text: string) => void;
  /** Writes a process as /proc shows it; again to change it. */
  readonly process: (process: SyntheticProcess) => void;
  /** Lets a process end. */
  readonly end: (pid: number) => void;
  readonly remove: () => void;
}

/** A process; what is not given is the least that there can be. */
export interface SyntheticProcess {
  readonly pid: number;
  readonly parent?: number;
  readonly state?: string;
  readonly startTicks?: number;
  readonly userTicks?: number;
  readonly reapedTicks?: number;
  readonly command?: readonly string[];
  readonly rssKib?: number;
  /** Without it the kernel has no smaps_rollup. */
  readonly pssKib?: number;
  /** What the descriptors lead to. */
  readonly files?: readonly string[];
  readonly cgroup?: string;
}

/** Begins an empty machine with two CPUs that started at Unix time 1,000,000. */
export function createSyntheticProc(): SyntheticProc {
  const root = mkdtempSync(join(tmpdir(), 'proc-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const end = (pid: number): void => rmSync(join(root, String(pid)), { recursive: true, force: true });
  write('stat', 'cpu  4 0 4 0\ncpu0 2 0 2 0\ncpu1 2 0 2 0\nintr 0\nbtime 1000000\n');
  write('uptime', '100.00 100.00\n');
  return {
    root,
    write,
    end,
    remove: () => rmSync(root, { recursive: true }),
    process: (process) => {
      const { pid, parent = 1, state = 'S', startTicks = pid, userTicks = 0, reapedTicks = 0 } = process;
      end(pid);
      write(
        `${pid}/stat`,
        `${pid} (server) ${state} ${parent} 0 0 0 0 0 0 0 0 0 ${userTicks} 0 ${reapedTicks} 0 20 0 3 0 ${startTicks} 0 0\n`,
      );
      write(`${pid}/cmdline`, `${(process.command ?? ['server']).join('\0')}\0`);
      write(
        `${pid}/status`,
        `Name:\tserver\nVmRSS:\t${process.rssKib ?? 1000} kB\nCpus_allowed_list:\t0-1\n`,
      );
      if (process.pssKib !== undefined) write(`${pid}/smaps_rollup`, `Pss:  ${process.pssKib} kB\n`);
      if (process.cgroup !== undefined) write(`${pid}/cgroup`, process.cgroup);
      mkdirSync(join(root, `${pid}/fd`), { recursive: true });
      for (const [descriptor, link] of (process.files ?? []).entries())
        symlinkSync(link, join(root, `${pid}/fd/${descriptor}`));
    },
  };
}
