import { describe, expect, it } from '@jest/globals';
import type { ProcStat } from '../../src/sources/proc-stat.ts';
import { cpuTicksBetween } from '../../src/sources/process-cpu.ts';
import type { CpuSnapshot } from '../../src/sources/process-cpu.ts';

type Row = readonly [pid: number, parent: number, start: number, own: number, reaped: number];

const snapshot = (uptimeTicks: number, ...rows: readonly Row[]): CpuSnapshot => ({
  uptimeTicks,
  processes: new Map(
    rows.map(([pid, parentPid, startTicks, ownTicks, reapedTicks]): [number, ProcStat] => [
      pid,
      { pid, parentPid, startTicks, ownTicks, reapedTicks, alive: true, threads: 1 },
    ]),
  ),
});

describe('CPU time between two snapshots', () => {
  const before = snapshot(1000, [10, 1, 5, 100, 0], [11, 10, 6, 500, 40], [12, 11, 7, 30, 0]);

  it.each<[string, CpuSnapshot, number]>([
    [
      'is the sum over those that run on',
      snapshot(2000, [10, 1, 5, 110, 0], [11, 10, 6, 520, 40], [12, 11, 7, 33, 0]),
      33,
    ],
    [
      'counts a new process from its start',
      snapshot(2000, [10, 1, 5, 100, 0], [11, 10, 6, 500, 40], [12, 11, 7, 30, 0], [13, 10, 1500, 8, 2]),
      10,
    ],
    [
      'does not count what a latecomer used before',
      snapshot(2000, [10, 1, 5, 100, 0], [11, 10, 6, 500, 40], [12, 11, 7, 30, 0], [13, 10, 900, 800, 2]),
      0,
    ],
    ['is not negative when a worker ends unnoticed', snapshot(2000, [10, 1, 5, 101, 0]), 1],
    ['counts what an ended worker used since', snapshot(2000, [10, 1, 5, 100, 540 + 30 + 9]), 9],
    [
      'counts what a short program between the two used',
      snapshot(2000, [10, 1, 5, 100, 25], [11, 10, 6, 500, 40], [12, 11, 7, 30, 0]),
      25,
    ],
    [
      'takes another process of the same pid for another',
      snapshot(2000, [10, 1, 5, 100, 0], [11, 10, 1200, 3, 0], [12, 11, 7, 30, 0]),
      3,
    ],
    ['counts a server that started again from its start', snapshot(2000, [20, 1, 1700, 42, 0]), 42],
  ])('%s', (_, now, ticks) => {
    expect(cpuTicksBetween(before, now)).toBe(ticks);
  });
});
