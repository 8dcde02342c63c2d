import type { BenchRun } from '../bench/bench-report.ts';
import type { BenchOptions } from './bench-options.ts';
import type { ServerWatch } from './watch-server.ts';

/** Share of late starts that is worth a word. */
const LATE_RATIO = 0.01;

/** What a reader has to know of how it was measured, before believing the figures. */
export function benchWarnings(
  runs: readonly BenchRun[],
  { honorRetryAfter }: BenchOptions,
  watch: ServerWatch | undefined,
): readonly string[] {
  const warnings: string[] = [];
  const late = runs.reduce((sum, run) => sum + (run.lateStarts?.requests ?? 0), 0);
  const all = runs.reduce((sum, run) => sum + (run.lateStarts === undefined ? 0 : run.requests), 0);
  if (late > all * LATE_RATIO) {
    const most = Math.max(...runs.map((run) => run.lateStarts?.maxMs ?? 0));
    warnings.push(
      `${late} of ${all} requests started late, up to ${Math.round(most)} ms: --max-in-flight was reached, or this machine was too busy; their latency counts from when they were due`,
    );
  }
  const limited = runs.reduce((sum, run) => sum + (run.errors['rate_limit_exceeded'] ?? 0), 0);
  if (limited > 0 && !honorRetryAfter) {
    warnings.push(`the server limited the rate ${limited} times; --honor-retry-after does what it asks for`);
  }
  const heldBack = runs.reduce((sum, run) => sum + (run.heldBack ?? 0), 0);
  if (heldBack > 0) {
    warnings.push(
      `${heldBack} requests were due and never made, since the server had asked all users to wait (Retry-After): the load was lower than intended, and the other figures are of the requests that were made`,
    );
  }
  const problem = watch?.problem();
  if (problem !== undefined) warnings.push(`CPU and memory of the server were not seen: ${problem}`);
  return warnings;
}
