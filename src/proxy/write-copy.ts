import type { Writable } from 'node:stream';

const SLAB_BYTES = 64 * 1024;
/** What is beyond is left to the garbage collector: slow readers may hold many. */
const KEPT_SLABS = 16;
const slabs: Buffer[] = [];

/**
 * Writes a copy of bytes that are only lent (64 KiB at most), into memory that
 * is used again once they were taken: a stream of large answers would else
 * make a megabyte of garbage for each megabyte.
 * @returns false if the caller should wait for `drain`, as `write` does
 */
export function writeCopy(to: Writable, bytes: Buffer): boolean {
  const slab = slabs.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
  bytes.copy(slab);
  // Called when the kernel has taken the bytes, or with an error when nobody will.
  return to.write(slab.subarray(0, bytes.length), () => {
    if (slabs.length < KEPT_SLABS) slabs.push(slab);
  });
}
