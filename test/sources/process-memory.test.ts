import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import { createMemoryReader } from '../../src/sources/process-memory.ts';
import { createPace } from '../../src/sources/process-pace.ts';
import { createSyntheticProc } from './process-synthetic.ts';
import type { SyntheticProc } from './process-synthetic.ts';

const KIB = 1024;
const MIB_IN_KIB = 1024;
const pace = createPace(systemClock, new AbortController().signal);
const stat = (pid: number, startTicks = pid) => ({
  pid,
  parentPid: 1,
  alive: true,
  ownTicks: 0,
  reapedTicks: 0,
  threads: 1,
  startTicks,
});

describe('memory of a tree', () => {
  let proc: SyntheticProc;
  beforeEach(() => {
    proc = createSyntheticProc();
  });
  afterEach(() => proc.remove());

  it('is the sum of PSS', async () => {
    proc.process({ pid: 10, rssKib: 900, pssKib: 500 });
    proc.process({ pid: 11, rssKib: 800, pssKib: 300 });
    const read = createMemoryReader(proc.root).read([stat(10), stat(11)], pace);
    await expect(read).resolves.toEqual({ kind: 'pss', bytes: 800 * KIB });
  });

  it('is the RSS of all if the PSS of one cannot be had', async () => {
    proc.process({ pid: 10, rssKib: 900, pssKib: 500 });
    proc.process({ pid: 11, rssKib: 800 });
    const read = createMemoryReader(proc.root).read([stat(10), stat(11)], pace);
    await expect(read).resolves.toEqual({ kind: 'rss', bytes: 1700 * KIB });
  });

  it('leaves out a process that ended meanwhile', async () => {
    proc.process({ pid: 10, rssKib: 900, pssKib: 500 });
    const read = createMemoryReader(proc.root).read([stat(10), stat(11)], pace);
    await expect(read).resolves.toEqual({ kind: 'pss', bytes: 500 * KIB });
  });

  it('walks large processes in turn, and counts growth at once', async () => {
    const reader = createMemoryReader(proc.root);
    const pids = [10, 11, 12, 13];
    for (const pid of pids) proc.process({ pid, rssKib: 32 * MIB_IN_KIB, pssKib: 25 * MIB_IN_KIB });
    const read = async () =>
      ((
        await reader.read(
          pids.map((pid) => stat(pid)),
          pace,
        )
      )?.bytes ?? 0) /
      KIB /
      MIB_IN_KIB;
    expect(await read()).toBe(100);

    // The RSS of one grows by 8 MiB: seen without a walk. PSS that falls at the same RSS: seen in turn.
    proc.process({ pid: 13, rssKib: 40 * MIB_IN_KIB, pssKib: 33 * MIB_IN_KIB });
    for (const pid of [10, 11, 12]) proc.process({ pid, rssKib: 32 * MIB_IN_KIB, pssKib: 20 * MIB_IN_KIB });
    expect(await read()).toBe(103);
    expect(await read()).toBe(98);
    expect(await read()).toBe(93);
    expect(await read()).toBe(93);
  });

  it('counts of a process that shrank the share of its PSS that is left of its RSS', async () => {
    const reader = createMemoryReader(proc.root);
    const processes = [stat(10), stat(11)];
    const write = (pid: number, rssMib: number, pssMib: number): void =>
      proc.process({ pid, rssKib: rssMib * MIB_IN_KIB, pssKib: pssMib * MIB_IN_KIB });
    // A large one, whose walk is paid for by many readings, and one that shares most of what it holds.
    write(10, 1000, 900);
    write(11, 100, 20);
    await reader.read(processes, pace);
    // The turn of the large one.
    await reader.read(processes, pace);
    write(11, 40, 8);
    await expect(reader.read(processes, pace)).resolves.toEqual({
      kind: 'pss',
      bytes: 908 * MIB_IN_KIB * KIB,
    });
  });

  it('walks another process of the same pid at once', async () => {
    const reader = createMemoryReader(proc.root);
    proc.process({ pid: 10, rssKib: 1000 * MIB_IN_KIB, pssKib: 900 * MIB_IN_KIB });
    await reader.read([stat(10)], pace);
    await reader.read([stat(10)], pace);
    proc.process({ pid: 10, rssKib: 70 * MIB_IN_KIB, pssKib: 7 });
    await expect(reader.read([stat(10, 99)], pace)).resolves.toEqual({ kind: 'pss', bytes: 7 * KIB });
  });
});
