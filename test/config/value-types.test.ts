import { describe, expect, it } from '@jest/globals';
import { parseAddress } from '../../src/config/address.ts';
import { parseDuration } from '../../src/config/duration.ts';
import { parseSize } from '../../src/config/size.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['0s', 0],
    ['597h', undefined],
    ['5', undefined],
    ['5d', undefined],
    ['-5s', undefined],
    ['5 s', undefined],
    ['1e3s', undefined],
    ['', undefined],
  ])('%j is %s ms', (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe('a size', () => {
  it.each([
    ['100B', 100],
    ['64KiB', 65_536],
    ['5MB', 5_000_000],
    ['1.5MiB', 1_572_864],
    ['1GiB', 1_073_741_824],
    ['5', undefined],
    ['5M', undefined],
    ['-1KiB', undefined],
    ['99999999GiB', undefined],
  ])('%j is %s bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));
});

describe('an address', () => {
  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
    ['::1:80', undefined],
    ['[::g]:80', undefined],
    ['300.1.1.1:80', undefined],
    ['localhost:65536', undefined],
    [':80', undefined],
    ['localhost:', undefined],
    ['http://localhost:80', undefined],
  ])('%j', (text, address) => expect(parseAddress(text)).toEqual(address));
});
