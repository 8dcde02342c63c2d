import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../model/error-facts.ts';
import { lineDiff } from './line-diff.ts';

/** A file that is to be written. */
export interface InitFile {
  readonly path: string;
  readonly text: string;
}

/** What stands there now, beside what is to be written. */
export interface InitFileState extends InitFile {
  readonly state: 'new' | 'same' | 'differs';
  /** The lines that differ; empty unless it differs. */
  readonly diff: readonly string[];
}

/**
 * Compares a file with what is to be written there.
 * @throws Error if there is something that cannot be read, such as a directory.
 */
export async function compareFile({ path, text }: InitFile): Promise<InitFileState> {
  let now: string;
  try {
    now = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      throw new Error(`${path}: want a file, got ${codeOf(error)}`, { cause: error });
    return { path, text, state: 'new', diff: [] };
  }
  if (now === text) return { path, text, state: 'same', diff: [] };
  return { path, text, state: 'differs', diff: lineDiff(now, text) };
}

const beside = (path: string): string => `${path}.${process.pid}.new`;

/**
 * Writes files so that each is either whole or as it was, and none if one is found wrong: they are written beside
 * their places, checked there, and then renamed.
 * @param check gives every problem of what lies at a path.
 */
export async function writeChecked(
  files: readonly InitFile[],
  check: (file: InitFile, writtenAt: string) => readonly string[],
): Promise<readonly string[]> {
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(beside(path), text);
    }
    const problems = files.flatMap((file) =>
      check(file, beside(file.path)).map((problem) => problem.replaceAll(beside(file.path), file.path)),
    );
    if (problems.length > 0) return problems;
    for (const { path } of files) await rename(beside(path), path);
    return [];
  } finally {
    for (const { path } of files) await rm(beside(path), { force: true });
  }
}
