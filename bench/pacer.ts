// Thread that says when the next request is due: event-loop timers know whole milliseconds only.
import { parentPort, workerData } from 'node:worker_threads';

/** What the generator gives its pacer. */
export interface PacerOrder {
  /** `process.hrtime` of the first request in nanoseconds. */
  readonly startNs: bigint;
  readonly gapNs: number;
  readonly count: number;
  /** Set to 1 and notified to end early. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

const order: PacerOrder = workerData;

for (let index = 0; index < order.count; index += 1) {
  const dueNs = order.startNs + BigInt(Math.round(index * order.gapNs));
  const waitMs = Number(dueNs - process.hrtime.bigint()) / 1e6;
  if (waitMs > 0 && Atomics.wait(order.stop, 0, 0, waitMs) !== 'timed-out') break;
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(index);
}
