import type { BenchSummary } from '../model/bench-summary.ts';
import { failures, type BenchRun } from './bench-report.ts';
import { median } from './spread.ts';

/** The median of what is known; undefined where nothing is. */
function medianOf(runs: readonly BenchRun[], of: (run: BenchRun) => number | undefined): number | undefined {
  const known = runs.flatMap((run) => of(run) ?? []);
  return known.length === 0 ? undefined : median(known);
}

const sum = (runs: readonly BenchRun[], of: (run: BenchRun) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);

/** When a run ended, Unix milliseconds. */
const endMs = ({ startedAt, durationSeconds, plan }: BenchRun): number =>
  Date.parse(startedAt) + (durationSeconds + plan.warmUpSeconds) * 1000;

/** The latency percentiles of the runs, each the median of theirs. */
function latencyOf(runs: readonly BenchRun[]): BenchSummary['latency'] {
  const of = (field: keyof NonNullable<BenchSummary['latency']>) =>
    medianOf(runs, ({ latency }) => latency?.[field]);
  const [p50Ms, p75Ms, p90Ms] = [of('p50Ms'), of('p75Ms'), of('p90Ms')];
  const [p95Ms, p99Ms, p999Ms] = [of('p95Ms'), of('p99Ms'), of('p999Ms')];
  if (p50Ms === undefined || p75Ms === undefined || p90Ms === undefined) return undefined;
  if (p95Ms === undefined || p99Ms === undefined || p999Ms === undefined) return undefined;
  return { p50Ms, p75Ms, p90Ms, p95Ms, p99Ms, p999Ms };
}

/** Sums up the runs of one profile for those who only want its outcome. */
export function summariseRuns(runs: readonly [BenchRun, ...(readonly BenchRun[])]): BenchSummary {
  const [first] = runs;
  const latency = latencyOf(runs);
  const cpuRatio = medianOf(runs, ({ server }) => server?.cpuRatio?.average);
  const memoryBytes = medianOf(runs, ({ server }) => server?.memoryBytes?.average);
  const recoverySeconds = medianOf(runs, ({ recovery }) =>
    recovery?.recovered ? recovery.seconds : undefined,
  );
  return {
    profile: first.profile,
    target: first.target.address,
    loop: first.plan.loop,
    startedAt: first.startedAt,
    finishedAt: new Date(Math.max(...runs.map(endMs))).toISOString(),
    durationSeconds: sum(runs, ({ durationSeconds }) => durationSeconds),
    runs: runs.length,
    partial: runs.some(({ end }) => end.how !== 'complete'),
    timeScale: first.plan.timeScale,
    requests: { ok: sum(runs, ({ ok }) => ok), error: sum(runs, failures) },
    throughputPerSecond: median(runs.map(({ throughputPerSecond }) => throughputPerSecond)),
    ...(latency && { latency }),
    ...(cpuRatio !== undefined && { cpuRatio }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(recoverySeconds !== undefined && { recoverySeconds }),
  };
}
