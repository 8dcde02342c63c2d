/** What happened in the last seconds. */
export interface RecentFigures {
  /** Ended requests a second. */
  readonly perSecond: number;
  readonly requests: number;
  /** Share of them that failed, 0 to 1; 0 of none. */
  readonly errorRatio: number;
  /** P99 of the latencies, to 2 %; undefined of none. */
  readonly p99Ms: number | undefined;
}

/** Follows the last seconds of a run, for the progress and the abort conditions. */
export interface RecentCalls {
  readonly add: (nowMs: number, latencyMs: number, isOk: boolean) => void;
  readonly figures: (nowMs: number) => RecentFigures;
}

const SECONDS = 10;
/** Each bucket is 2 % wider than the one before, from 10 µs to beyond an hour. */
const STEP = Math.log(1.02);
const LEAST_MS = 0.01;
const BUCKETS = Math.ceil(Math.log(3_600_000 / LEAST_MS) / STEP) + 1;

interface Second {
  second: number;
  requests: number;
  errors: number;
  readonly buckets: Uint32Array;
}

/** Makes an empty window of {@link SECONDS} seconds. */
export function createRecentCalls(): RecentCalls {
  const ring: Second[] = Array.from({ length: SECONDS }, () => ({
    second: -1,
    requests: 0,
    errors: 0,
    buckets: new Uint32Array(BUCKETS),
  }));
  let firstMs: number | undefined;
  return {
    add: (nowMs, latencyMs, isOk) => {
      const second = Math.floor(nowMs / 1000);
      firstMs ??= nowMs;
      const slot = ring[second % SECONDS];
      if (slot === undefined) return;
      if (slot.second !== second) {
        slot.second = second;
        slot.requests = 0;
        slot.errors = 0;
        slot.buckets.fill(0);
      }
      slot.requests += 1;
      if (!isOk) slot.errors += 1;
      const bucket = Math.floor(Math.log(Math.max(LEAST_MS, latencyMs) / LEAST_MS) / STEP);
      slot.buckets[Math.min(BUCKETS - 1, bucket)]! += 1;
    },
    figures: (nowMs) => {
      const second = Math.floor(nowMs / 1000);
      const live = ring.filter((slot) => slot.second > second - SECONDS && slot.second <= second);
      const requests = live.reduce((sum, slot) => sum + slot.requests, 0);
      const errors = live.reduce((sum, slot) => sum + slot.errors, 0);
      const rank = Math.max(1, Math.ceil(requests * 0.99));
      let below = 0;
      const bucket =
        requests === 0
          ? -1
          : live[0]!.buckets.findIndex((_count, at) => {
              below += live.reduce((sum, slot) => sum + (slot.buckets[at] ?? 0), 0);
              return below >= rank;
            });
      const p99Ms = bucket < 0 ? undefined : LEAST_MS * Math.exp((bucket + 0.5) * STEP);
      // At the beginning the window is not full yet.
      const lastedMs = nowMs - Math.max(firstMs ?? nowMs, (second - SECONDS + 1) * 1000);
      return {
        perSecond: requests / Math.max(0.2, lastedMs / 1000),
        requests,
        errorRatio: requests === 0 ? 0 : errors / requests,
        p99Ms,
      };
    },
  };
}
