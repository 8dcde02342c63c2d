import { readFileSync, readdirSync, statSync } from 'node:fs';
import { attempt } from './proc-file.ts';
import type { Pace } from './process-pace.ts';

// A folder of a disk or of tmpfs has other blocks, and a size that is no number of entries.
const PROC_BLOCK_BYTES = 1024;

/**
 * Counts the open file descriptors of all the processes together. Since Linux
 * 6.2 the folder's size is their number, for every reader; before, the folder
 * has to be listed, which takes the permission to.
 * @returns undefined if that of one of the processes cannot be read.
 */
export async function countOpenFiles(
  procRoot: string,
  pids: readonly number[],
  pace: Pace,
): Promise<number | undefined> {
  let files = 0;
  for (const pid of pids) {
    await pace.step();
    const folder = `${procRoot}/${pid}/fd`;
    const count = attempt(() => {
      const { size, blksize } = statSync(folder);
      return blksize === PROC_BLOCK_BYTES && size > 0 ? size : readdirSync(folder).length;
    });
    if (count.ok) files += count.value;
    else if (count.why === 'denied') return undefined;
  }
  return files;
}

/** How many files a process may open (its soft limit); undefined if unlimited or unreadable. */
export function readOpenFilesLimit(procRoot: string, pid: number): number | undefined {
  const limits = attempt(() => readFileSync(`${procRoot}/${pid}/limits`, 'utf8'));
  const soft = limits.ok ? /^Max open files +(\d+)/m.exec(limits.value)?.[1] : undefined;
  return soft === undefined ? undefined : Number(soft);
}
