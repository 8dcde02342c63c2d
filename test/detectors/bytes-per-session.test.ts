import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createBytesPerSession } from '../../src/detectors/bytes-per-session.ts';

const MINUTE = 60_000;
const MIB = 1024 ** 2;

/** Sessions that come and go over a day, twenty of them at the top. */
const tide = (minute: number): number => Math.round(10 + 10 * Math.sin(minute / 40));

function estimateOf(
  bytesAt: (sessions: number, minute: number) => number,
  sessionsAt = tide,
): number | undefined {
  const memory = createBytesPerSession();
  for (let minute = 0; minute < 360; minute += 1) {
    const sessions = sessionsAt(minute);
    memory.add({ atMs: minute * MINUTE, sessions, bytes: bytesAt(sessions, minute) });
  }
  return memory.estimate();
}

describe('bytes per session', () => {
  it('are what a session more takes', () => {
    expect(estimateOf((sessions) => 200 * MIB + sessions * 3 * MIB)).toBeCloseTo(3 * MIB, -3);
  });

  it('leave out a leak that has nothing to do with sessions', () => {
    const estimate =
      estimateOf((sessions, minute) => 200 * MIB + sessions * 3 * MIB + minute * 0.2 * MIB) ?? 0;
    expect(estimate / MIB).toBeGreaterThan(2.8);
    expect(estimate / MIB).toBeLessThan(3.2);
  });

  it('are not moved by garbage collections and a step', () => {
    const saw = (minute: number): number => ((minute * 7) % 30) * 0.5 * MIB + (minute > 200 ? 90 * MIB : 0);
    const estimate = estimateOf((sessions, minute) => 200 * MIB + sessions * 3 * MIB + saw(minute)) ?? 0;
    expect(estimate / MIB).toBeGreaterThan(2);
    expect(estimate / MIB).toBeLessThan(4);
  });

  it('follow sessions that pile up', () => {
    expect(
      estimateOf(
        (sessions) => 200 * MIB + sessions * MIB,
        (minute) => minute,
      ),
    ).toBeCloseTo(MIB, -3);
  });

  it.each<[string, (sessions: number, minute: number) => number, (minute: number) => number]>([
    ['memory does not care', (_sessions, minute) => 200 * MIB + ((minute * 13) % 7) * MIB, tide],
    ['sessions stay', () => 200 * MIB, () => 12],
    ['memory falls with sessions', (sessions) => 900 * MIB - sessions * MIB, tide],
  ])('are unknown where %s', (_what, bytesAt, sessionsAt) => {
    expect(estimateOf(bytesAt, sessionsAt)).toBeUndefined();
  });

  it('begin anew with the process', () => {
    const memory = createBytesPerSession();
    for (let minute = 0; minute < 360; minute += 1) {
      memory.add({ atMs: minute * MINUTE, sessions: tide(minute), bytes: tide(minute) * MIB });
    }
    expect(memory.estimate()).toBeDefined();
    memory.reset();
    expect(memory.estimate()).toBeUndefined();
  });

  it('take anything', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0));
    fc.assert(
      fc.property(fc.array(fc.record({ atMs: odd, bytes: odd, sessions: odd })), (samples) => {
        const memory = createBytesPerSession();
        for (const sample of samples) memory.add(sample);
        const estimate = memory.estimate();
        expect(estimate === undefined || estimate > 0).toBe(true);
      }),
    );
  });
});
