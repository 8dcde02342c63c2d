/** A source of time; injected so that tests can turn it by hand. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary origin, with sub-millisecond digits. */
  readonly nowMs: () => number;
  /** Unix time in milliseconds. */
  readonly wallMs: () => number;
}

/** The process's own clocks. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
};
