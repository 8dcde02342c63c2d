import { expect, it } from '@jest/globals';
import { createWallTime } from '../../src/traces/wall-time.ts';

it('a time of the monotonic clock in Unix time is off by no more than the wall clock’s rounding, and gets closer', () => {
  let nowMs = 0;
  // The wall clock is 1000.9 ms ahead and shows whole milliseconds.
  const wallTime = createWallTime({ nowMs: () => nowMs, wallMs: () => Math.floor(nowMs + 1000.9) });
  const errors: number[] = [];
  for (; nowMs < 5; nowMs += 0.3) errors.push(Math.abs(wallTime(nowMs) - (nowMs + 1000.9)));
  expect(Math.max(...errors)).toBeLessThan(1);
  expect(errors.at(-1)).toBeLessThan(0.2);
});

it('follows the wall clock when it is set, in either direction', () => {
  let ahead = 1000;
  const wallTime = createWallTime({ nowMs: () => 10, wallMs: () => 10 + ahead });
  const times = [1000, 500, 100_000].map((next) => {
    ahead = next;
    return wallTime(10);
  });
  expect(times).toEqual([1010, 510, 100_010]);
});
