import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The name under which a file is written before it takes the place of the one before it. */
export const unfinishedName = (name: string, pid: number = process.pid): string => `.${name}.${pid}.tmp`;

const UNFINISHED = /^\..+\.(\d+)\.tmp$/;

/**
 * Removes what processes that were killed while they wrote have left in a directory of theirs: on a full disk it may
 * be just the room that is wanted.
 * @returns how many files that were.
 * @throws Error of the file system, such as that the directory is not there.
 */
export async function removeUnfinished(directory: string, pid: number = process.pid): Promise<number> {
  const left = (await readdir(directory)).filter((name) => {
    const owner = UNFINISHED.exec(name)?.[1];
    return owner !== undefined && Number(owner) !== pid;
  });
  for (const name of left) await rm(join(directory, name), { force: true });
  return left.length;
}
