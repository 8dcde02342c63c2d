import { describe, expect, it } from '@jest/globals';
import type { PageUnit } from '../../src/model/page-verdict.ts';
import { quantity, spanText, timesText } from '../../src/page/quantity.ts';

describe('a quantity', () => {
  it.each<[number | null, PageUnit, string]>([
    [null, 'ms', '–'],
    [Number.NaN, 'bytes', '–'],
    [0, 'bytes', '0 B'],
    [1023, 'bytes', '1,023 B'],
    [1024, 'bytes', '1 KiB'],
    [2.1 * 1024 ** 3, 'bytes', '2.1 GiB'],
    [43.21, 'ms', '43.2 ms'],
    [0.4, 'ms', '0.4 ms'],
    [1900, 'ms', '1.9 s'],
    [90_000, 'ms', '90 s'],
    [1_200_000, 'ms', '20 min'],
    [0.0002, 'ratio', '0.02 %'],
    [0.65, 'ratio', '65 %'],
    [1, 'ratio', '100 %'],
    [850, 'per_second', '850/s'],
    [0.00001, 'per_second', '1.0e-5/s'],
    [1_234_567, 'count', '1,234,567'],
    [0, 'count', '0'],
    [12_500_000, 'bits_per_second', '12.5 Mbit/s'],
    [2.5, 'cores', '2.5'],
  ])('%s in %s is %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });
});

describe('a span', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [5400, '1 h 30 min'],
    [187_200, '2 d 4 h'],
  ])('of %s seconds is %s', (seconds, text) => {
    expect(spanText(seconds)).toBe(text);
  });
});

describe('times as much', () => {
  it.each([
    [null, '–'],
    [0, '0.00×'],
    [0.004, '< 0.01×'],
    [0.414, '0.41×'],
    [1, '1.0×'],
    [3.14, '3.1×'],
    [1204, '1,204×'],
  ])('%s is %s', (ratio, text) => {
    expect(timesText(ratio)).toBe(text);
  });
});
