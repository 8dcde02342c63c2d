/** Time as a run needs it; injected, so that tests can turn it by hand. */
export interface LoadTime {
  /** Monotonic milliseconds with sub-millisecond digits. */
  readonly nowMs: () => number;
  /** Calls back once, not before the moment; the result takes it back. */
  readonly at: (dueMs: number, work: () => void) => () => void;
}

/** The process's own time. Its timers know whole milliseconds: requests are paced by {@link startPacer}. */
export const systemTime: LoadTime = {
  nowMs: () => performance.now(),
  at: (dueMs, work) => {
    const timer = setTimeout(work, Math.max(0, dueMs - performance.now()));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves at the moment. */
export const untilMoment = (time: LoadTime, dueMs: number): Promise<void> =>
  new Promise((resolve) => {
    time.at(dueMs, resolve);
  });
