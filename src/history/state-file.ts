import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../model/error-facts.ts';

/** Small files in the directory that holds what outlives a restart. */
export interface StateFiles {
  /** What was written last under a name; undefined where there is nothing, or nothing that can be read. */
  readonly readState: (name: string) => Promise<Uint8Array | undefined>;
  /** Replaces a file as a whole: a crash leaves the former content or the new one. Never rejects. */
  readonly writeState: (name: string, bytes: Uint8Array) => Promise<void>;
  /** Puts a file aside whose content is damaged, as `<name>.damaged`, so that it can be looked at. */
  readonly setAside: (name: string, why: string) => Promise<void>;
}

/** A name of a file that stays within the directory. */
const fileName = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9._-]/g, (each) => `%${each.codePointAt(0)?.toString(16) ?? ''}`);

/**
 * Keeps state in a directory, which is made where it does not exist. State is a
 * convenience: what cannot be read or written is told and done without.
 * @param onProblem told one line for each.
 */
export function openStateFiles(directory: string, onProblem: (problem: string) => void): StateFiles {
  let writes = 0;
  const pathOf = (name: string): string => join(directory, fileName(name));
  return {
    readState: async (name) => {
      try {
        return await readFile(pathOf(name));
      } catch (error) {
        if (codeOf(error) !== 'ENOENT')
          onProblem(`${pathOf(name)}: want a readable file, got ${codeOf(error)}`);
        return undefined;
      }
    },
    writeState: async (name, bytes) => {
      writes += 1;
      // In the same directory, since a rename is atomic within one file system only.
      const temporary = `${pathOf(name)}.${process.pid}.${writes}.tmp`;
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(temporary, bytes, { mode: 0o600, flush: true });
        await rename(temporary, pathOf(name));
      } catch (error) {
        onProblem(`${pathOf(name)}: want it written, got ${codeOf(error)}`);
      }
    },
    setAside: async (name, why) => {
      onProblem(
        `${pathOf(name)}: want a file of ours, got a damaged one (${why}); it is set aside as ${fileName(name)}.damaged`,
      );
      try {
        await rename(pathOf(name), `${pathOf(name)}.damaged`);
      } catch (error) {
        onProblem(`${pathOf(name)}: want it set aside, got ${codeOf(error)}`);
      }
    },
  };
}
