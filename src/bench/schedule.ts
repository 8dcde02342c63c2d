/** A stretch in which the rate goes evenly from one value to another. */
export interface Segment {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationMs: number;
}

/** When each request of an open loop is due. */
export interface Schedule {
  readonly durationMs: number;
  /** Requests in all. */
  readonly count: number;
  /** When a request is due, from 0 on, in milliseconds since the start; Infinity beyond the last. */
  readonly dueMs: (index: number) => number;
  /** The rate that is aimed at, requests a second; 0 outside. */
  readonly ratePerSecond: (atMs: number) => number;
}

const requestsOf = ({ fromPerSecond, toPerSecond, durationMs }: Segment): number =>
  (((fromPerSecond + toPerSecond) / 2) * durationMs) / 1000;

/** Seconds into a segment after which `n` requests have been due: the root of `from t + (to - from) t² / 2d = n`. */
function secondsUntil(n: number, { fromPerSecond, toPerSecond, durationMs }: Segment): number {
  const slope = (toPerSecond - fromPerSecond) / (durationMs / 1000);
  const root = Math.sqrt(Math.max(0, fromPerSecond * fromPerSecond + 2 * slope * n));
  // This form of the root neither cancels digits nor divides by a slope of zero.
  return n === 0 ? 0 : (2 * n) / (fromPerSecond + root);
}

/**
 * Spreads requests over the segments so that at each moment as many have been due as the rate until then adds up to.
 * Pure: the thread that keeps the pace and the loop that sends come to the same moments.
 */
export function createSchedule(segments: readonly Segment[]): Schedule {
  let startMs = 0;
  let before = 0;
  const parts = segments.map((segment) => {
    const part = { segment, startMs, before, end: before + requestsOf(segment) };
    startMs += segment.durationMs;
    before = part.end;
    return part;
  });
  // Sums of fractions miss whole numbers by a little.
  const count = Math.ceil(before - 1e-6);
  let current = 0;
  return {
    durationMs: startMs,
    count,
    dueMs: (index) => {
      if (index >= count) return Infinity;
      // Nearly always the next index, so nearly always the same part.
      if (index < (parts[current]?.before ?? 0)) current = 0;
      while (current < parts.length - 1 && index >= (parts[current]?.end ?? 0)) current += 1;
      const part = parts[current];
      if (part === undefined) return Infinity;
      return part.startMs + secondsUntil(Math.max(0, index - part.before), part.segment) * 1000;
    },
    ratePerSecond: (atMs) => {
      const part = parts.findLast((each) => atMs >= each.startMs);
      if (part === undefined || atMs >= startMs) return 0;
      const { fromPerSecond, toPerSecond, durationMs } = part.segment;
      return fromPerSecond + ((toPerSecond - fromPerSecond) * (atMs - part.startMs)) / durationMs;
    },
  };
}
