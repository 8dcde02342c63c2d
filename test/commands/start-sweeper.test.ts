import { expect, it } from '@jest/globals';
import { startSweeper } from '../../src/commands/start-sweeper.ts';
import { eventually } from '../harness/eventually.ts';

it('sweeps on after a sweep that threw, tells what was thrown, and ends when told', async () => {
  const errors: unknown[] = [];
  let sweeps = 0;
  const stop = startSweeper(
    () => {
      sweeps += 1;
      throw new Error(`sweep ${sweeps}`);
    },
    5,
    (error) => errors.push(error),
  );
  await eventually(() => expect(sweeps).toBeGreaterThan(1));
  stop();
  expect(errors.slice(0, 2)).toEqual([new Error('sweep 1'), new Error('sweep 2')]);
  const atStop = sweeps;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sweeps).toBe(atStop);
});
