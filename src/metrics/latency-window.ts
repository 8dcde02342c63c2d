import type { Clock } from '../model/clock.ts';

const SLOT_MS = 10_000;
const SLOTS = 6;
/** Each bucket is this much wider than the one below: percentiles are exact to about 2 %. */
const GROWTH = 1.04;
const LOWEST_MS = 0.05;
/** Enough buckets to reach about 10 minutes. */
export const LATENCY_BUCKETS = 420;
const LOG_GROWTH = Math.log(GROWTH);

/** The bucket of a duration; the same for all windows, so that it is computed once. */
export function latencyBucket(durationMs: number): number {
  const bucket = Math.ceil(Math.log(Math.max(durationMs, LOWEST_MS) / LOWEST_MS) / LOG_GROWTH);
  return Math.min(bucket, LATENCY_BUCKETS - 1);
}

/**
 * The duration in milliseconds that a share (0 to 1) of counted durations do not exceed; undefined without any.
 * @param counts by bucket.
 * @param count their sum.
 */
export function percentileOf(counts: Uint32Array, count: number, share: number): number | undefined {
  if (count === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * count));
  let seen = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    seen += counts[bucket]!;
    // The geometric middle of the bucket.
    if (seen >= rank) return LOWEST_MS * GROWTH ** (bucket - 0.5);
  }
  return undefined;
}

/** Percentiles and rate of a stream of durations over about the last minute, in fixed memory. */
export class LatencyWindow {
  readonly #clock: Clock;
  readonly #slots = Array.from({ length: SLOTS }, () => new Uint32Array(LATENCY_BUCKETS));
  readonly #sum = new Uint32Array(LATENCY_BUCKETS);
  readonly #startedAtMs: number;
  #slot: number;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#slot = Math.floor(this.#startedAtMs / SLOT_MS);
  }

  /**
   * @param bucket of the duration, from {@link latencyBucket}.
   * @param nowMs the clock's time.
   */
  add(bucket: number, nowMs: number): void {
    this.#advance(nowMs);
    const slot = this.#slots[this.#slot % SLOTS]!;
    slot[bucket] = (slot[bucket] ?? 0) + 1;
    this.#sum[bucket] = (this.#sum[bucket] ?? 0) + 1;
    this.#count++;
  }

  /** The duration that a share (0 to 1) of the window's durations do not exceed, in milliseconds; undefined without any. */
  percentileMs(share: number): number | undefined {
    this.#advance();
    return percentileOf(this.#sum, this.#count, share);
  }

  /** Durations in the window. */
  count(): number {
    this.#advance();
    return this.#count;
  }

  /** Durations per second, over the window or the time since the start. */
  perSecond(): number {
    this.#advance();
    const nowMs = this.#clock.nowMs();
    const windowMs = (SLOTS - 1) * SLOT_MS + (nowMs % SLOT_MS);
    return (this.#count * 1000) / Math.max(1000, Math.min(windowMs, nowMs - this.#startedAtMs));
  }

  #advance(nowMs = this.#clock.nowMs()): void {
    const now = Math.floor(nowMs / SLOT_MS);
    const stale = Math.min(now - this.#slot, SLOTS);
    for (let step = 1; step <= stale; step++) this.#clear(this.#slots[(this.#slot + step) % SLOTS]!);
    if (stale > 0) this.#slot = now;
  }

  #clear(slot: Uint32Array): void {
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      const count = slot[bucket]!;
      this.#sum[bucket] = this.#sum[bucket]! - count;
      this.#count -= count;
    }
    slot.fill(0);
  }
}
