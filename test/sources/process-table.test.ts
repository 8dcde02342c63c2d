import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import { createPace } from '../../src/sources/process-pace.ts';
import { createProcessTable } from '../../src/sources/process-table.ts';
import { createSyntheticProc } from './process-synthetic.ts';
import type { SyntheticProc } from './process-synthetic.ts';

const pace = createPace(systemClock, new AbortController().signal);

describe('the table of processes', () => {
  let proc: SyntheticProc;
  beforeEach(() => {
    proc = createSyntheticProc();
    proc.process({ pid: 1, parent: 0 });
    proc.process({ pid: 10 });
    proc.process({ pid: 11, parent: 10 });
    proc.process({ pid: 12, parent: 11 });
    proc.process({ pid: 50 });
  });
  afterEach(() => proc.remove());

  const members = async (table = createProcessTable(proc.root)) => {
    await table.refresh(pace);
    return (await table.tree([10], 0, pace)).map(({ pid }) => pid);
  };

  it('gives a tree with the grandchildren', async () => {
    await expect(members()).resolves.toEqual([10, 11, 12]);
  });

  it('sees at once who left the tree, with all below', async () => {
    const table = createProcessTable(proc.root);
    proc.process({ pid: 13, parent: 12 });
    await members(table);
    proc.process({ pid: 12, parent: 1 });
    await expect(members(table)).resolves.toEqual([10, 11]);
  });

  it('sees at once who came to another parent within the tree', async () => {
    const table = createProcessTable(proc.root);
    await members(table);
    proc.end(11);
    proc.process({ pid: 12, parent: 10 });
    await expect(members(table)).resolves.toEqual([10, 12]);
  });

  it('sees within 32 readings a pid that was given away anew unnoticed', async () => {
    const table = createProcessTable(proc.root);
    await members(table);
    proc.process({ pid: 50, parent: 10, startTicks: 999 });
    for (let i = 0; i < 31; i += 1) await members(table);
    await expect(members(table)).resolves.toEqual([10, 11, 50, 12]);
  });
});
