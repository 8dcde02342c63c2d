import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../model/clock.ts';
import { codeOf } from '../model/error-facts.ts';
import type { Log } from '../model/log.ts';
import { removeUnfinished, unfinishedName } from './remove-unfinished.ts';

/** What has to outlive the process, by name; nothing here ever rejects, since no state is worth a crash. */
export interface State {
  /** What was written last under a name; undefined if there is nothing, or nothing that can be used. */
  readonly readState: (name: string) => Promise<Uint8Array | undefined>;
  /**
   * Puts bytes in place of what the name stood for, whole or not at all.
   * @returns whether they are on the disk.
   */
  readonly writeState: (name: string, bytes: Uint8Array) => Promise<boolean>;
  /** Puts aside, to be looked at, what is whole and yet cannot be used, with one line in the log. */
  readonly setAside: (name: string, why: string) => Promise<void>;
}

/** What state is given from outside. */
export interface StateParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each attempt to write. */
  readonly onWrite?: (successful: boolean, wallMs: number) => void;
}

/** First bytes of each file: what it is, and the version of the envelope. */
const MAGIC = Buffer.from('mcp-vitals state 1\n');
const DIGEST_BYTES = 32;

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const wordOf = (error: unknown): string => {
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    ENOTDIR: 'it is not a directory',
    EEXIST: 'it is not a directory',
    EISDIR: 'it is a directory',
  };
  return words[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
};

/** What an envelope holds; undefined if it is damaged. */
function unwrap(file: Buffer): Uint8Array | undefined {
  const start = MAGIC.length + DIGEST_BYTES;
  if (file.length < start || !file.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const bytes = file.subarray(start);
  return digest(bytes).equals(file.subarray(MAGIC.length, start)) ? bytes : undefined;
}

/** Waits until what a directory lists is on the disk; not every file system can say so. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch {
    // The file itself was synced: at worst the rename is lost, and the state before it is there.
  } finally {
    await handle.close();
  }
}

/** Writes beside the file, syncs, and renames: a crash at any moment leaves the old file or the new one. */
async function replaceFile(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(directory, unfinishedName(name));
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.concat([MAGIC, digest(bytes), bytes]));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

/**
 * Keeps state in a directory, a file for each name, which is made when something is first written. A file whose
 * checksum is not that of its bytes is set aside as `<name>.damaged-<time>`, with one line in the log. A directory that
 * cannot be written is said once, and again after it could.
 */
export function openState(directory: string, { clock, log, onWrite }: StateParts): State {
  let isFailing = false;
  let isTidy = false;
  // One write at a time: two of the same name would share their temporary file.
  let writing: Promise<unknown> = Promise.resolve();

  const setAside = async (name: string, why: string): Promise<void> => {
    const time = new Date(clock.wallMs()).toISOString().replaceAll(/[:.]/g, '-');
    const aside = `${name}.damaged-${time}`;
    try {
      await rename(join(directory, name), join(directory, aside));
      log('warn', `state ${name}: ${why}; it is set aside as ${aside}`);
    } catch (error) {
      log('warn', `state ${name}: ${why} (not set aside: ${wordOf(error)})`);
    }
  };

  /** Makes the directory, and takes away what a killed process left; once. */
  const tidy = async (): Promise<void> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (isTidy) return;
    const removed = await removeUnfinished(directory);
    if (removed > 0) log('info', `state ${directory}: removed what was not finished (files: ${removed})`);
    isTidy = true;
  };

  const write = async (name: string, bytes: Uint8Array): Promise<boolean> => {
    try {
      await tidy();
      await replaceFile(directory, name, bytes);
      if (isFailing) log('info', `state ${directory}: written again`);
      isFailing = false;
    } catch (error) {
      // Once, not at each write: the metric says how long it lasts.
      if (!isFailing) log('warn', `state ${directory}: want it written, got: ${wordOf(error)}`);
      isFailing = true;
    }
    onWrite?.(!isFailing, clock.wallMs());
    return !isFailing;
  };

  return {
    readState: async (name) => {
      try {
        const bytes = unwrap(await readFile(join(directory, name)));
        if (bytes === undefined) await setAside(name, 'want a whole file, got a damaged one');
        return bytes;
      } catch (error) {
        // Not there, or nowhere: the first write will say what is wrong.
        if (!NOT_THERE.has(codeOf(error))) log('warn', `state ${name}: want it read, got: ${wordOf(error)}`);
        return undefined;
      }
    },
    writeState: (name, bytes) => {
      const written = writing.then(() => write(name, bytes));
      writing = written;
      return written;
    },
    setAside,
  };
}
