import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { writeCopy } from '../../src/proxy/write-copy.ts';

/** A writable that takes one piece only when it is told to. */
function heldWritable() {
  const taken: { bytes: Buffer; done: (error?: Error | null) => void }[] = [];
  const to = new Writable({
    highWaterMark: 1,
    write: (bytes: Buffer, _, done) => void taken.push({ bytes, done }),
  });
  to.on('error', () => undefined);
  return { to, taken };
}

const filled = (byte: number, length = 40_000) => Buffer.alloc(length, byte);

it('writes what was lent, though the buffer is filled anew before it is taken', () => {
  const { to, taken } = heldWritable();
  const lent = filled(1);
  expect(writeCopy(to, lent)).toBe(false);
  lent.fill(2);
  expect(taken[0]?.bytes.equals(filled(1))).toBe(true);
});

it('uses memory again only when its bytes were taken', () => {
  const first = heldWritable();
  const second = heldWritable();
  writeCopy(first.to, filled(1));
  writeCopy(second.to, filled(2));
  expect(first.taken[0]?.bytes.buffer).not.toBe(second.taken[0]?.bytes.buffer);
  expect(first.taken[0]?.bytes.equals(filled(1))).toBe(true);
  const { buffer } = first.taken[0]?.bytes ?? {};
  first.taken[0]?.done();
  return new Promise<void>((resolve) => {
    setImmediate(() => {
      const third = heldWritable();
      writeCopy(third.to, filled(3));
      expect(third.taken[0]?.bytes.buffer).toBe(buffer);
      expect(second.taken[0]?.bytes.equals(filled(2))).toBe(true);
      resolve();
    });
  });
});

it('does not mix up what waits behind a slow reader that is then cut', async () => {
  const slow = heldWritable();
  const other = heldWritable();
  for (const byte of [1, 2, 3, 4]) writeCopy(slow.to, filled(byte));
  writeCopy(other.to, filled(9));
  slow.to.destroy(new Error('cut'));
  await new Promise((resolve) => setImmediate(resolve));
  for (const byte of [5, 6, 7, 8]) writeCopy(heldWritable().to, filled(byte));
  expect(other.taken[0]?.bytes.equals(filled(9))).toBe(true);
});
