import type { LoadTime } from '../../src/bench/load-time.ts';

/** Time that passes only when it is told to. */
export interface VirtualTime extends LoadTime {
  /** Does all that is due until the work has settled. */
  readonly runUntil: <T>(work: Promise<T>) => Promise<T>;
  /** Moments at which something is due still. */
  readonly pendingMs: () => readonly number[];
}

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly work: () => void;
}

/** A heap of alarms, the earliest first. */
function createAlarms() {
  const heap: Alarm[] = [];
  const isBefore = (a: Alarm, b: Alarm): boolean =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j]!, heap[i]!];
  };
  return {
    all: (): readonly Alarm[] => heap,
    push: (alarm: Alarm): void => {
      heap.push(alarm);
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!isBefore(heap[i]!, heap[parent]!)) break;
        swap(i, parent);
        i = parent;
      }
    },
    pop: (): Alarm | undefined => {
      const first = heap[0];
      const last = heap.pop();
      if (last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let i = 0; ;) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let least = i;
        if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left;
        if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right;
        if (least === i) break;
        swap(i, least);
        i = least;
      }
      return first;
    },
  };
}

/**
 * Time for a simulation: it jumps from one moment at which something is due to the next.
 * @param batch moments that pass before promises that follow from them are settled: more is faster, but less exact
 * where one of them ends something.
 */
export function createVirtualTime(batch = 1): VirtualTime {
  const alarms = createAlarms();
  const cancelled = new Set<number>();
  let nowMs = 0;
  let order = 0;
  return {
    nowMs: () => nowMs,
    at: (dueMs, work) => {
      const own = (order += 1);
      alarms.push({ atMs: Math.max(nowMs, dueMs), order: own, work });
      return () => void cancelled.add(own);
    },
    pendingMs: () =>
      alarms
        .all()
        .filter((alarm) => !cancelled.has(alarm.order))
        .map(({ atMs }) => atMs),
    runUntil: async (work) => {
      let isSettled = false;
      const settled = work.finally(() => {
        isSettled = true;
      });
      settled.catch(() => {});
      for (;;) {
        // Promises that follow from what has just happened come first.
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        if (isSettled) return settled;
        for (let turn = 0; turn < batch; turn += 1) {
          const next = alarms.pop();
          if (next === undefined) throw new Error('simulation: want something to be due, got nothing');
          if (cancelled.delete(next.order)) continue;
          nowMs = Math.max(nowMs, next.atMs);
          next.work();
        }
      }
    },
  };
}
