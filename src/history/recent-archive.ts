import { RecentHistory } from './recent-history.ts';

const VERSION = 1;
/** Version, step in milliseconds, time of the newest values, number of series. */
const HEAD_BYTES = 2 + 4 + 8 + 4;

/** Packs a history into one file's bytes. */
export function encodeRecent(history: RecentHistory): Uint8Array {
  const { stepMs, newestMs, oldestMs } = history;
  if (newestMs === undefined || oldestMs === undefined) return new Uint8Array(0);
  const names = history.names();
  const head = Buffer.alloc(HEAD_BYTES);
  let at = head.writeUInt16LE(VERSION, 0);
  at = head.writeUInt32LE(stepMs, at);
  at = head.writeDoubleLE(newestMs, at);
  head.writeUInt32LE(names.length, at);
  const parts: Uint8Array[] = [head];
  for (const name of names) {
    const text = Buffer.from(name);
    const values = history.read(name, oldestMs - stepMs, newestMs);
    const lengths = Buffer.alloc(6);
    lengths.writeUInt16LE(text.length, 0);
    lengths.writeUInt32LE(values.length, 2);
    parts.push(lengths, text, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return Buffer.concat(parts);
}

/**
 * Puts into a history what was packed, as far as it reaches back; the time in between is a gap.
 * @param nowMs Unix time; what is of later than that is left out.
 * @throws Error `recent history: want …, got …` if the bytes are no such archive; the history is unchanged then.
 */
export function restoreRecent(history: RecentHistory, packed: Uint8Array, nowMs: number): void {
  if (packed.length === 0) return;
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) {
      throw new Error(`recent history: want ${at + length} bytes or more, got ${bytes.length}`);
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  const version = take(2).readUInt16LE();
  if (version !== VERSION) throw new Error(`recent history: want version ${VERSION}, got ${version}`);
  const stepMs = take(4).readUInt32LE();
  if (stepMs !== history.stepMs) {
    throw new Error(`recent history: want a step of ${history.stepMs} ms, got ${stepMs}`);
  }
  const newestMs = take(8).readDoubleLE();
  const count = take(4).readUInt32LE();
  const found: (readonly [name: string, values: Float32Array])[] = [];
  for (let each = 0; each < count; each++) {
    const [nameBytes, length] = [take(2).readUInt16LE(), take(4).readUInt32LE()];
    const name = take(nameBytes).toString();
    // A copy: a view would have to begin at a multiple of four.
    const values = Uint8Array.from(take(length * Float32Array.BYTES_PER_ELEMENT));
    found.push([name, new Float32Array(values.buffer)]);
  }
  if (at !== bytes.length) throw new Error(`recent history: want ${at} bytes, got ${bytes.length}`);
  history.moveTo(nowMs);
  for (const [name, values] of found) history.restore(name, newestMs, values);
}
