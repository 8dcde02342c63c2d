// Says when the next request is due: timers of an event loop know whole milliseconds only.
import { parentPort, workerData } from 'node:worker_threads';
import type { PacerOrder } from './pacer.ts';
import { createSchedule } from './schedule.ts';

const { startNs, segments, shared }: PacerOrder = workerData;
const schedule = createSchedule(segments);
const sinceStartMs = (): number => Number(process.hrtime.bigint() - startNs) / 1e6;

let next = 0;

for (;;) {
  // The loop starts what is due whenever it is awake, so it may be ahead.
  next = Math.max(next, Atomics.load(shared, 1));
  const dueMs = schedule.dueMs(next);
  if (dueMs === Infinity) break;
  const waitMs = dueMs - sinceStartMs();
  if (waitMs > 0 && Atomics.wait(shared, 0, 0, waitMs) !== 'timed-out') break;
  if (Atomics.load(shared, 1) <= next) {
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage(0);
  }
  next += 1;
}
