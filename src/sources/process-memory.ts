import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { attempt, attemptAsync } from './proc-file.ts';
import { isSameProcess } from './proc-stat.ts';
import type { ProcStat } from './proc-stat.ts';
import type { Pace } from './process-pace.ts';

/** Memory of a process tree in bytes, and how it was counted. */
export interface ProcessMemory {
  readonly kind: 'pss' | 'rss';
  readonly bytes: number;
}

/** Measures a tree again and again. */
export interface MemoryReader {
  /** @returns undefined if not even the resident size of one of the processes can be read. */
  readonly read: (processes: readonly ProcStat[], pace: Pace) => Promise<ProcessMemory | undefined>;
}

interface Walked {
  readonly process: ProcStat;
  readonly pssBytes: number;
  /** The resident size at that time. */
  readonly rssBytes: number;
  readonly turn: number;
}

// The kernel walks 64 MiB of small pages in 1 ms of CPU: half of that a reading may spend, on average.
const WALK_BYTES_PER_READING = 32 * 1024 * 1024;
// From here on a walk takes longer than a slice of the event loop, so the thread pool does it.
const WALK_ASIDE_BYTES = 64 * 1024 * 1024;

/**
 * Measures the memory of a process tree: its proportional set size (PSS), in
 * which a page that several processes share counts once, divided among them.
 * Where the PSS of one cannot be read (another user's, Linux before 4.14) it is
 * the resident size (RSS) of all instead, never a mix; that counts a shared
 * page once for each process, so that workers forked from one parent seem to
 * use more than the machine gives them.
 *
 * To learn a PSS the kernel walks every page. So only new processes are walked
 * at once and the others in turn, about 32 MiB a reading; between its turns a
 * process counts as its last PSS plus what its RSS has grown by since, or as the
 * share of its last PSS that is left of its RSS. Growth is private memory and
 * shows at once and in full; what was given back may have been shared, so that
 * a fall shows in proportion. A page that became shared or unshared at the same
 * RSS shows at the process's turn.
 */
export function createMemoryReader(procRoot: string): MemoryReader {
  const walked = new Map<number, Walked>();
  let creditBytes = 0;
  let turn = 0;

  /** False if it may not be read. */
  const walk = async (process: ProcStat, rssBytes: number): Promise<boolean> => {
    const path = `${procRoot}/${process.pid}/smaps_rollup`;
    const text =
      rssBytes < WALK_ASIDE_BYTES
        ? attempt(() => readFileSync(path, 'utf8'))
        : await attemptAsync(() => readFile(path, 'utf8'));
    const pssKib = text.ok ? /^Pss: +(\d+) kB$/m.exec(text.value)?.[1] : undefined;
    if (pssKib !== undefined) {
      walked.set(process.pid, { process, pssBytes: Number(pssKib) * 1024, rssBytes, turn });
      return true;
    }
    // It may have ended just now, which is no reason to count the others otherwise.
    return readRssBytes(procRoot, process.pid) === 'gone';
  };

  const walkDue = async (rssByProcess: ReadonlyMap<ProcStat, number>, pace: Pace): Promise<boolean> => {
    creditBytes = Math.min(creditBytes + WALK_BYTES_PER_READING, WALK_BYTES_PER_READING);
    const isNew = (process: ProcStat): boolean => !isSameProcess(process, walked.get(process.pid)?.process);
    for (const [process, rssBytes] of rssByProcess) {
      if (!isNew(process)) continue;
      await pace.step();
      if (!(await walk(process, rssBytes))) return false;
    }
    const longestAgo = [...rssByProcess].toSorted(
      ([one], [other]) => (walked.get(one.pid)?.turn ?? 0) - (walked.get(other.pid)?.turn ?? 0),
    );
    for (const [process, rssBytes] of longestAgo) {
      if (creditBytes <= 0 || walked.get(process.pid)?.turn === turn) break;
      await pace.step();
      // One that costs more than there is leaves a debt, and the next waits until it is worked off.
      creditBytes -= rssBytes;
      if (!(await walk(process, rssBytes))) return false;
    }
    return true;
  };

  const read = async (processes: readonly ProcStat[], pace: Pace): Promise<ProcessMemory | undefined> => {
    turn += 1;
    const rssByProcess = new Map<ProcStat, number>();
    for (const process of processes) {
      await pace.step();
      const rssBytes = readRssBytes(procRoot, process.pid);
      if (rssBytes === 'denied') return undefined;
      if (rssBytes !== 'gone') rssByProcess.set(process, rssBytes);
    }
    const present = new Set(processes.map(({ pid }) => pid));
    for (const pid of walked.keys()) if (!present.has(pid)) walked.delete(pid);

    const hasPss = await walkDue(rssByProcess, pace);
    let bytes = 0;
    for (const [process, rssBytes] of rssByProcess) {
      const last = walked.get(process.pid);
      if (!hasPss) bytes += rssBytes;
      else if (last) bytes += estimatePss(last, rssBytes);
    }
    return { kind: hasPss ? 'pss' : 'rss', bytes };
  };
  return { read };
}

function estimatePss(last: Walked, rssBytes: number): number {
  if (rssBytes >= last.rssBytes) return last.pssBytes + rssBytes - last.rssBytes;
  return last.pssBytes * (rssBytes / last.rssBytes);
}

// Not from `stat` or `statm`, which count in pages of a size that Node does not tell.
function readRssBytes(procRoot: string, pid: number): number | 'gone' | 'denied' {
  const status = attempt(() => readFileSync(`${procRoot}/${pid}/status`, 'utf8'));
  if (!status.ok) return status.why;
  // One that is ending has given its memory back already, and the line is missing.
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status.value)?.[1];
  return kib === undefined ? 'gone' : Number(kib) * 1024;
}
