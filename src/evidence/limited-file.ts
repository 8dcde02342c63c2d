import { open, type FileHandle } from 'node:fs/promises';

/** A new file that only its owner may read, of a bounded size. */
export class LimitedFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #room: number;
  #isCut = false;

  constructor(path: string, handle: FileHandle, maxBytes: number) {
    this.path = path;
    this.#handle = handle;
    this.#room = maxBytes;
  }

  /** Something did not fit. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Appends what fits. @returns false once something did not. */
  async write(data: Buffer | string): Promise<boolean> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const fitting = bytes.subarray(0, this.#room);
    if (fitting.length < bytes.length) this.#isCut = true;
    this.#room -= fitting.length;
    let at = 0;
    while (at < fitting.length) at += (await this.#handle.write(fitting, at)).bytesWritten;
    return !this.#isCut;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Makes a file and hands it on; closes it whatever happens. @throws Error if there is such a file already. */
export async function writeLimited<T>(
  path: string,
  maxBytes: number,
  fill: (file: LimitedFile) => Promise<T>,
): Promise<T> {
  const file = new LimitedFile(path, await open(path, 'wx', 0o600), maxBytes);
  try {
    return await fill(file);
  } finally {
    await file.close();
  }
}
