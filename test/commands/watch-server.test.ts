import { expect, it } from '@jest/globals';
import { watchServer } from '../../src/commands/watch-server.ts';
import { eventually } from '../harness/eventually.ts';

it('a run between two readings has the memory that was held before it, and no CPU', async () => {
  const watch = watchServer({ pid: process.pid }, 60_000);
  try {
    expect(watch.between(0, 0)).toBeUndefined();
    await eventually(() => expect(watch.readings()).toHaveLength(1));
    const now = performance.now();
    const seen = watch.between(now, now + 1);
    expect(seen?.memoryBytes?.max).toBeGreaterThan(10_000_000);
    expect(seen?.cpuRatio).toBeUndefined();
  } finally {
    await watch.stop();
  }
});
