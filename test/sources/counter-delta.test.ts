import { describe, expect, it } from '@jest/globals';
import { counterDelta, hitRate } from '../../src/sources/counter-delta.ts';

describe('counterDelta', () => {
  const before = { origin: 'a', counts: { hits: 10, misses: 4 } };
  it.each([
    ['the first reading', undefined, { origin: 'a', counts: { hits: 1, misses: 1 } }, undefined],
    ['growth', before, { origin: 'a', counts: { hits: 13, misses: 4 } }, { hits: 3, misses: 0 }],
    ['no growth', before, before, { hits: 0, misses: 0 }],
    ['one counter that went back', before, { origin: 'a', counts: { hits: 90, misses: 3 } }, undefined],
    ['another origin', before, { origin: 'b', counts: { hits: 90, misses: 90 } }, undefined],
    ['no number', before, { origin: 'a', counts: { hits: Number.NaN, misses: 9 } }, undefined],
  ])('of %s', (_, previous, current, expected) => {
    expect(counterDelta(previous, current)).toEqual(expected);
  });
});

describe('hitRate', () => {
  it.each([
    [3, 1, 0.75],
    [0, 5, 0],
    [5, 0, 1],
    [0, 0, undefined],
  ])('of %d hits and %d misses is %p', (hits, misses, expected) => {
    expect(hitRate(hits, misses)).toBe(expected);
  });
});
