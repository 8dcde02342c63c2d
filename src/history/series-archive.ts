/** What is remembered of one series. */
export interface ArchivedSeries {
  readonly detector: string;
  readonly series: string;
  /** Unix time of the first and of the last sample in it, in milliseconds. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Memory of its detector. */
  readonly bytes: Uint8Array;
}

const VERSION = 1;
/** Version, number of series. */
const HEAD_BYTES = 6;

function record({ detector, series, sinceMs, lastMs, bytes }: ArchivedSeries): Buffer {
  const names = [detector, series].map((name) => Buffer.from(name));
  const head = Buffer.alloc(2 * names.length + 8 + 8 + 4);
  let at = 0;
  for (const name of names) at = head.writeUInt16LE(name.length, at);
  at = head.writeDoubleLE(sinceMs, at);
  at = head.writeDoubleLE(lastMs, at);
  head.writeUInt32LE(bytes.length, at);
  return Buffer.concat([head, ...names, bytes]);
}

/** Packs what is remembered of many series into one file's bytes. */
export function encodeArchive(all: readonly ArchivedSeries[]): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16LE(VERSION, 0);
  head.writeUInt32LE(all.length, 2);
  return Buffer.concat([head, ...all.map(record)]);
}

/**
 * Unpacks it again.
 * @throws Error `archive of series: want …, got …` if the bytes are not such an archive.
 */
export function decodeArchive(packed: Uint8Array): readonly ArchivedSeries[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) {
      throw new Error(`archive of series: want ${at + length} bytes or more, got ${bytes.length}`);
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  const head = take(HEAD_BYTES);
  const version = head.readUInt16LE(0);
  if (version !== VERSION) throw new Error(`archive of series: want version ${VERSION}, got ${version}`);
  const all = Array.from({ length: Math.min(head.readUInt32LE(2), bytes.length) }, (): ArchivedSeries => {
    const [detectorBytes, seriesBytes] = [take(2).readUInt16LE(), take(2).readUInt16LE()];
    const [sinceMs, lastMs] = [take(8).readDoubleLE(), take(8).readDoubleLE()];
    const memoryBytes = take(4).readUInt32LE();
    const [detector, series] = [take(detectorBytes).toString(), take(seriesBytes).toString()];
    // A copy: the archive as a whole need not stay in memory.
    return { detector, series, sinceMs, lastMs, bytes: Uint8Array.from(take(memoryBytes)) };
  });
  if (at !== bytes.length) throw new Error(`archive of series: want ${at} bytes, got ${bytes.length}`);
  return all;
}
