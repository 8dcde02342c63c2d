import type { MeasuredProfile } from '../baselines/measured-profile.ts';
import type { BenchRun } from '../bench/bench-report.ts';
import type { ProfileComparison } from '../bench/compare-with-baseline.ts';

const sum = (runs: readonly BenchRun[], of: (run: BenchRun) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);

const highest = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
};

function errorsOf(runs: readonly BenchRun[]): Record<string, number> {
  const all = new Map<string, number>();
  for (const { errors } of runs) {
    for (const [kind, count] of Object.entries(errors)) all.set(kind, (all.get(kind) ?? 0) + count);
  }
  return Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The figures of a report in the terms of the baselines: of repeated runs the medians, counts of all together. */
export function measuredProfiles(comparisons: readonly ProfileComparison[]): MeasuredProfile[] {
  return comparisons.flatMap(({ profile, runs, figures }): MeasuredProfile[] => {
    const [first] = runs;
    if (first === undefined) return [];
    const cpuMaxRatio = highest(runs.map(({ server }) => server?.cpuRatio?.max));
    const memoryMaxBytes = highest(runs.map(({ server }) => server?.memoryBytes?.max));
    return [
      {
        profile,
        loop: first.plan.loop,
        users: first.plan.users,
        requests: sum(runs, ({ requests }) => requests),
        durationSeconds: sum(runs, ({ durationSeconds }) => durationSeconds),
        ...(first.intendedPerSecond !== undefined && { intendedPerSecond: first.intendedPerSecond }),
        figures: figures.map(({ scope, measure, live }) => ({ scope, measure, value: live })),
        errors: errorsOf(runs),
        ...(cpuMaxRatio !== undefined && { cpuMaxRatio }),
        ...(memoryMaxBytes !== undefined && { memoryMaxBytes }),
        phases: (first.phases ?? []).map(({ phase, intendedPerSecond = 0, durationSeconds }) => ({
          phase,
          targetPerSecond: intendedPerSecond,
          durationSeconds,
        })),
      },
    ];
  });
}
