import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeArchive, encodeArchive } from '../../src/history/series-archive.ts';

const series = fc.record({
  detector: fc.string(),
  series: fc.string({ unit: 'grapheme' }),
  sinceMs: fc.double({ noNaN: true }),
  lastMs: fc.double({ noNaN: true }),
  bytes: fc.uint8Array({ maxLength: 200 }),
});

describe('the archive of series', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.array(series), (all) => {
        const back = decodeArchive(encodeArchive(all));
        expect(back.map(({ bytes, ...rest }) => ({ ...rest, bytes: [...bytes] }))).toEqual(
          all.map(({ bytes, ...rest }) => ({ ...rest, bytes: [...bytes] })),
        );
      }),
    );
  });

  it('refuses another version, and bytes that are too few or too many', () => {
    const [one] = fc.sample(series, 1);
    const packed = Buffer.from(encodeArchive(one === undefined ? [] : [one]));
    const newer = Buffer.from(packed);
    newer.writeUInt16LE(7, 0);
    expect(() => decodeArchive(newer)).toThrow('archive of series: want version 1, got 7');
    expect(() => decodeArchive(packed.subarray(0, -1))).toThrow(
      /^archive of series: want \d+ bytes or more, got/,
    );
    expect(() => decodeArchive(Buffer.concat([packed, Buffer.of(0)]))).toThrow(
      `archive of series: want ${packed.length} bytes, got ${packed.length + 1}`,
    );
    expect(() => decodeArchive(new Uint8Array())).toThrow('archive of series: want 6 bytes or more, got 0');
  });
});
