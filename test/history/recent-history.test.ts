import { describe, expect, it } from '@jest/globals';
import { downsample } from '../../src/history/downsample.ts';
import { decodeNames, historyWith, MINUTE_MS, START_MS, STEP_MS } from './recent-stage.ts';
import { encodeRecent, restoreRecent } from '../../src/history/recent-archive.ts';
import { RecentHistory } from '../../src/history/recent-history.ts';

describe('the recent history', () => {
  it('gives back what was put, in order of time', () => {
    const history = historyWith({ a: [1, 2, 3] });
    expect([...history.read('a', START_MS - STEP_MS, START_MS + 2 * STEP_MS)]).toEqual([1, 2, 3]);
    expect(history.last('a')).toBe(3);
  });

  it('shows a pause as a gap, never as 0', () => {
    const history = historyWith({ a: [1] });
    history.put(START_MS + 3 * STEP_MS, [['a', 4]]);
    expect([...history.read('a', START_MS - STEP_MS, START_MS + 3 * STEP_MS)]).toEqual([1, NaN, NaN, 4]);
  });

  it('takes a tick that comes a little early or late for its own step', () => {
    const history = historyWith({ a: [1] });
    history.put(START_MS + STEP_MS + 900, [['a', 2]]);
    history.put(START_MS + 2 * STEP_MS - 3, [['a', 3]]);
    expect([...history.read('a', START_MS - STEP_MS, START_MS + 2 * STEP_MS)]).toEqual([1, 2, 3]);
  });

  it('forgets what is older than its span', () => {
    const history = historyWith({ a: [1, 2, 3, 4, 5, 6] }, { spanMs: MINUTE_MS });
    expect([...history.read('a', START_MS - STEP_MS, START_MS + 5 * STEP_MS)]).toEqual([
      NaN,
      NaN,
      3,
      4,
      5,
      6,
    ]);
    expect(history.oldestMs).toBe(START_MS + 2 * STEP_MS);
  });

  it('goes back with a clock that was set back', () => {
    const history = historyWith({ a: [1, 2, 3, 4] }, { spanMs: 10 * MINUTE_MS });
    history.put(START_MS + STEP_MS, [['a', 9]]);
    expect([...history.read('a', START_MS - STEP_MS, START_MS + 3 * STEP_MS)]).toEqual([1, 9, NaN, NaN]);
    expect(history.newestMs).toBe(START_MS + STEP_MS);
  });

  it('forgets what was silent for its span though the clock had been far ahead', () => {
    const history = new RecentHistory({ stepMs: STEP_MS, spanMs: MINUTE_MS, mostSeries: 1 });
    history.put(START_MS + 1_000_000 * STEP_MS, [['of a wrong clock', 1]]);
    for (let step = 0; step < 5; step++) history.put(START_MS + step * STEP_MS, [['a', 1]]);
    expect([history.names(), history.last('a')]).toEqual([['a'], 1]);
  });

  it('refuses series beyond the cap, and counts each once', () => {
    const history = historyWith({ a: [1], b: [1] }, { mostSeries: 2 });
    for (let step = 1; step < 5; step++)
      history.put(START_MS + step * STEP_MS, [
        ['c', 1],
        ['a', 1],
      ]);
    expect([history.size, history.refused, history.has('c')]).toEqual([2, 1, false]);
  });

  it('takes no more memory when series come and go', () => {
    const history = new RecentHistory({ stepMs: STEP_MS, spanMs: MINUTE_MS, mostSeries: 10 });
    for (let step = 0; step < 1000; step++) history.put(START_MS + step * STEP_MS, [[`tool ${step}`, step]]);
    expect(history.size).toBeLessThanOrEqual(5);
    expect(history.bytes).toBeLessThanOrEqual(10 * 4 * 4);
  });

  it.each([NaN, Infinity, -Infinity])('leaves %s out', (value) => {
    expect(historyWith({ a: [value] }).has('a')).toBe(false);
  });
});

describe('a restart', () => {
  it('keeps the values, with a gap for the time in between', () => {
    const before = historyWith({ 'tool_rate/a%20b': [1, 2, 3] });
    const after = new RecentHistory({ stepMs: STEP_MS, spanMs: 10 * MINUTE_MS, mostSeries: 10 });
    restoreRecent(after, encodeRecent(before), START_MS + 4 * STEP_MS);
    after.put(START_MS + 5 * STEP_MS, [['tool_rate/a%20b', 6]]);
    expect([...after.read('tool_rate/a%20b', START_MS - STEP_MS, START_MS + 5 * STEP_MS)]).toEqual([
      1,
      2,
      3,
      NaN,
      NaN,
      6,
    ]);
    expect(after.oldestMs).toBe(START_MS);
  });

  it('takes of a longer history what it has room for', () => {
    const before = historyWith({ a: [1, 2, 3, 4, 5, 6, 7, 8] }, { spanMs: 10 * MINUTE_MS });
    const after = new RecentHistory({ stepMs: STEP_MS, spanMs: MINUTE_MS, mostSeries: 10 });
    restoreRecent(after, encodeRecent(before), START_MS + 7 * STEP_MS);
    expect([...after.read('a', START_MS + 2 * STEP_MS, START_MS + 7 * STEP_MS)]).toEqual([NaN, 5, 6, 7, 8]);
  });

  it.each<[string, (packed: Uint8Array) => Uint8Array, RegExp]>([
    ['is cut', (packed) => packed.slice(0, -3), /recent history: want \d+ bytes or more, got \d+/],
    ['is too long', (packed) => new Uint8Array([...packed, 1]), /recent history: want \d+ bytes, got \d+/],
    [
      'is of another version',
      (packed) => new Uint8Array([9, 9, ...packed.slice(2)]),
      /want version 1, got 2313/,
    ],
  ])('refuses an archive that %s and stays empty', (_, spoil, problem) => {
    const after = new RecentHistory({ stepMs: STEP_MS, spanMs: MINUTE_MS, mostSeries: 10 });
    const packed = spoil(encodeRecent(historyWith({ a: [1, 2] })));
    expect(() => restoreRecent(after, packed, START_MS)).toThrow(problem);
    expect(decodeNames(after)).toEqual([]);
  });
});

describe('downsampling', () => {
  it('keeps the extremes beside the mean, and gaps as null', () => {
    const values = Float32Array.from([1, 100, 1, 2, NaN, NaN, NaN, NaN, 5, NaN]);
    expect(downsample(values, 4)).toEqual({ mean: [26, null, 5], min: [1, null, 5], max: [100, null, 5] });
    const some = Float32Array.of(1, 3, 5);
    expect(downsample(some, 2, 3, 5).mean).toEqual([null, 1, 4, null, null]);
  });
});
