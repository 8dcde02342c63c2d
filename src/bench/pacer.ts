import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LoadTime } from './load-time.ts';
import { createSchedule, type Segment } from './schedule.ts';

/** What the thread that keeps the pace is given. */
export interface PacerOrder {
  /** `process.hrtime` of the schedule's start, in nanoseconds. */
  readonly startNs: bigint;
  readonly segments: readonly Segment[];
  /** [0] 1 to end; [1] index of the first request that has not been started. */
  readonly shared: Int32Array<SharedArrayBuffer>;
}

/** Keeps the pace of an open loop. */
export interface Pacer {
  /** Says that requests before this index have been started. */
  readonly started: (next: number) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Makes a pacer: `onDue` is called soon after the request that is next is due.
 * @param startMs moment of the schedule's start, as `nowMs` tells it.
 * @param onFailure gets what ends the pacer against its will.
 */
export type StartPacer = (
  segments: readonly Segment[],
  startMs: number,
  onDue: () => void,
  onFailure: (error: Error) => void,
) => Pacer;

/** A pacer in a thread of its own, exact to some 50 µs, for `performance.now()`. */
export const startThreadPacer: StartPacer = (segments, startMs, onDue, onFailure) => {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const startNs = process.hrtime.bigint() + BigInt(Math.round((startMs - performance.now()) * 1e6));
  const file = new URL(`./pacer-thread${extname(import.meta.url)}`, import.meta.url);
  const workerData: PacerOrder = { startNs, segments, shared };
  const thread = new Worker(file, { workerData, execArgv: ['--disable-warning=ExperimentalWarning'] });
  thread.on('message', onDue);
  thread.once('error', onFailure);
  return {
    started: (next) => {
      Atomics.store(shared, 1, next);
    },
    stop: async () => {
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
      await thread.terminate();
    },
  };
};

/** A pacer that asks `time` to be called: exact where time is turned by hand. */
export const pacerOn =
  (time: LoadTime): StartPacer =>
  (segments, startMs, onDue) => {
    const schedule = createSchedule(segments);
    let next = 0;
    let cancel: () => void = () => {};
    const arm = (): void => {
      const dueMs = schedule.dueMs(next);
      if (dueMs === Infinity) return;
      cancel = time.at(startMs + dueMs, () => {
        onDue();
      });
    };
    arm();
    return {
      started: (index) => {
        cancel();
        next = index;
        arm();
      },
      stop: async () => {
        cancel();
      },
    };
  };
