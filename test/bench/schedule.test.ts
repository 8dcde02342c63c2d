import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { startThreadPacer } from '../../src/bench/pacer.ts';
import { createSchedule } from '../../src/bench/schedule.ts';
import { eventually } from '../harness/eventually.ts';

describe('createSchedule', () => {
  it('spreads a steady rate evenly', () => {
    const { dueMs, count } = createSchedule([{ fromPerSecond: 4, toPerSecond: 4, durationMs: 1000 }]);
    expect([0, 1, 2, 3].map(dueMs)).toEqual([0, 250, 500, 750]);
    expect(count).toBe(4);
    expect(dueMs(4)).toBe(Infinity);
  });

  it('makes a ramp denser from second to second', () => {
    const ramp = createSchedule([{ fromPerSecond: 0, toPerSecond: 100, durationMs: 10_000 }]);
    const perSecond = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < ramp.count; i += 1) perSecond[Math.floor(ramp.dueMs(i) / 1000)]! += 1;
    expect(ramp.count).toBe(500);
    expect(perSecond).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85, 95]);
  });

  it('says the rate that is aimed at', () => {
    const { ratePerSecond } = createSchedule([
      { fromPerSecond: 100, toPerSecond: 100, durationMs: 1000 },
      { fromPerSecond: 100, toPerSecond: 300, durationMs: 1000 },
    ]);
    expect([0, 500, 1500, 1999, 2000].map(ratePerSecond)).toEqual([100, 100, 200, 299.8, 0]);
  });

  const rate = fc.double({ min: 0, max: 2000, noNaN: true });
  const segments = fc.array(
    fc.record({ fromPerSecond: rate, toPerSecond: rate, durationMs: fc.integer({ min: 1, max: 5000 }) }),
    { minLength: 1, maxLength: 5 },
  );
  it('keeps the order and the sum of the rates, whatever the segments', () => {
    fc.assert(
      fc.property(segments, (parts) => {
        const { dueMs, count, durationMs } = createSchedule(parts);
        const wanted = parts.reduce(
          (sum, p) => sum + ((p.fromPerSecond + p.toPerSecond) / 2000) * p.durationMs,
          0,
        );
        expect(Math.abs(count - wanted)).toBeLessThanOrEqual(1);
        let before = -1e-6;
        for (let i = 0; i < count; i += 1) {
          const due = dueMs(i);
          expect(due).toBeGreaterThanOrEqual(before - 1e-6);
          expect(due).toBeLessThanOrEqual(durationMs + 1e-6);
          before = due;
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('startThreadPacer', () => {
  it('calls until all that is due was started, and never before it is due', async () => {
    const segments = [{ fromPerSecond: 500, toPerSecond: 500, durationMs: 400 }];
    const { dueMs, count } = createSchedule(segments);
    const startMs = performance.now() + 50;
    let next = 0;
    const early: number[] = [];
    const pacer = startThreadPacer(
      segments,
      startMs,
      () => {
        const sinceMs = performance.now() - startMs;
        // The thread's clock and this one are told apart by less than the time that a message takes.
        if (dueMs(next) > sinceMs + 0.05) early.push(dueMs(next) - sinceMs);
        while (dueMs(next) <= sinceMs + 0.05) next += 1;
        pacer.started(next);
      },
      (error) => {
        throw error;
      },
    );
    await eventually(() => expect(next).toBe(count));
    await pacer.stop();
    // Messages that were on their way when the loop had caught up already.
    expect(early.length).toBeLessThan(count / 2);
  });
});
