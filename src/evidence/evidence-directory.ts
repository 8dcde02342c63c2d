import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failureText } from '../model/failure-text.ts';

/** A capture's files, by the beginning that their names share. */
interface StoredCapture {
  readonly stem: string;
  readonly detector: string;
  readonly wallMs: number;
  readonly files: readonly string[];
}

/** `20261127T063901Z-memory-inspector.txt`: files of other names are not ours, and left alone. */
const NAME = /^((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([a-z][a-z0-9_]*)-[a-z-]+)\.[a-z.]+$/;

/** Beginning of the names of a capture's files. */
export function captureStem(wallMs: number, detector: string, kind: string): string {
  const time = new Date(wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${detector}-${kind}`;
}

/** The directory that captures lie in. */
export interface EvidenceDirectory {
  /**
   * Makes it if it is not there, for its owner alone.
   * @throws Error `evidence directory /x: want …, got …` if others may get at what lies in it.
   */
  readonly prepare: () => Promise<void>;
  /** When the last capture for a detector was begun; undefined if there is none. */
  readonly lastWallMs: (detector: string) => Promise<number | undefined>;
  /** Deletes all but the newest captures. */
  readonly prune: (keep: number) => Promise<void>;
  /** Deletes what is there of one capture. */
  readonly discard: (stem: string) => Promise<void>;
}

/** The captures of a directory; it is looked at anew each time. */
export function evidenceDirectory(path: string): EvidenceDirectory {
  const stored = async (): Promise<readonly StoredCapture[]> => {
    const byStem = new Map<string, StoredCapture>();
    for (const file of await readdir(path)) {
      const [, stem = '', year, month, day, hour, minute, second, detector = ''] = NAME.exec(file) ?? [];
      if (stem === '') continue;
      const wallMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      const files = [...(byStem.get(stem)?.files ?? []), file];
      byStem.set(stem, { stem, detector, wallMs, files });
    }
    return [...byStem.values()].toSorted((a, b) => b.wallMs - a.wallMs);
  };
  const remove = async (captures: readonly StoredCapture[]): Promise<void> => {
    for (const file of captures.flatMap(({ files }) => files)) await rm(join(path, file), { force: true });
  };

  return {
    prepare: async () => {
      await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        throw new Error(`evidence directory ${path}: ${failureText(error)}`, { cause: error });
      });
      const found = await lstat(path);
      const mode = found.mode & 0o777;
      if (!found.isDirectory())
        throw new Error(`evidence directory ${path}: want a directory, got something else`);
      if (found.uid !== process.getuid?.() || (mode & 0o077) !== 0) {
        throw new Error(
          `evidence directory ${path}: want one that only the user of the sidecar may enter (mode 700), got mode ${mode.toString(8)} of user ${found.uid}`,
        );
      }
    },
    lastWallMs: async (detector) => (await stored()).find((each) => each.detector === detector)?.wallMs,
    prune: async (keep) => remove((await stored()).slice(keep)),
    discard: async (stem) => remove((await stored()).filter((each) => each.stem === stem)),
  };
}
