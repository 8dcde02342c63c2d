import type { BenchRecovery } from './bench-report.ts';

/** One request as the recovery is told from. */
export interface TimedCall {
  /** When it was to start, in milliseconds since the start of its stage. */
  readonly dueMs: number;
  readonly latencyMs: number;
  readonly isOk: boolean;
}

/** Requests that are looked at together. */
const GROUP = 50;
/** Share of them that may be slow or failed; one in a hundred was before, too. */
const BAD_RATIO = 0.1;
/** How much slower than the P99 before the spike is slow: by half, and by no less than the noise of any machine. */
const SLOWER = 1.5;
const LEAST_SLACK_MS = 5;

/**
 * Says how long after a spike latency and errors were again what they had been before it. A request is bad that failed,
 * or was slower than all but one in a hundred before the spike by half; a stretch is bad in which every tenth is. The
 * server has recovered with the last bad request of the first stretch that is followed by a good one of `holdMs`.
 * @param after requests of the stage that follows the spike, in the order in which they were due.
 * @param watchedMs how long that stage lasted.
 */
export function findRecovery(
  before: readonly TimedCall[],
  after: readonly TimedCall[],
  watchedMs: number,
  holdMs: number,
): BenchRecovery | undefined {
  const usual = before
    .filter((call) => call.isOk)
    .map((call) => call.latencyMs)
    .toSorted((a, b) => a - b);
  const p99Ms = usual[Math.max(0, Math.ceil(usual.length * 0.99) - 1)];
  if (p99Ms === undefined || after.length === 0) return undefined;
  const slowMs = Math.max(p99Ms * SLOWER, p99Ms + LEAST_SLACK_MS);
  const isBad = ({ isOk, latencyMs }: TimedCall): boolean => !isOk || latencyMs > slowMs;
  const group = Math.max(5, Math.min(GROUP, Math.floor(after.length / 10)));
  const most = Math.max(1, Math.floor(group * BAD_RATIO));

  let bad = 0;
  let recoveredMs = 0;
  for (let last = 0; last < after.length; last += 1) {
    const call = after[last];
    if (call === undefined) break;
    if (isBad(call)) bad += 1;
    const leaving = after[last - group];
    if (leaving !== undefined && isBad(leaving)) bad -= 1;
    if (bad > most && isBad(call)) recoveredMs = call.dueMs + call.latencyMs;
    else if (call.dueMs - recoveredMs >= holdMs) return { recovered: true, seconds: recoveredMs / 1000 };
  }
  // Good to the end, though for less than was asked for, is good enough if it is most of what could be seen.
  const goodMs = watchedMs - recoveredMs;
  return goodMs >= holdMs / 2
    ? { recovered: true, seconds: Math.max(0, recoveredMs) / 1000 }
    : { recovered: false, watchedSeconds: watchedMs / 1000 };
}
