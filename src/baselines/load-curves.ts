import type { BaselineTables } from './baseline-schema.ts';
import { interpolate, type Reading } from './interpolate.ts';
import { readBeyond } from './read-beyond.ts';

type Point = readonly [x: number, y: number];

/** What a table says of any value; made once, for it is read at every second of a run. */
export type Curve = (x: number) => Reading;

const byX = (points: readonly Point[]): readonly Point[] => points.toSorted(([a], [b]) => a - b);

/** Where the use of CPU by load is taken from: the time line of the auto-scaling test, or the baseline's results. */
export type CpuSource = 'timeline' | 'baseline';

/** CPU of one instance, 0 to 1 and above where it is overloaded, by its requests per second. */
export function cpuCurve(tables: BaselineTables, source: CpuSource): Curve {
  const { results, autoscaling } = tables;
  if (source === 'baseline') {
    return (perSecond) => ({
      value: (results.cpuRatio * perSecond) / results.throughputPerSecond,
      beyond: perSecond > results.throughputPerSecond,
    });
  }
  const points = autoscaling.rows.map((row): Point => [row.requestsPerSecond / row.instances, row.cpuRatio]);
  const fromIdle: readonly Point[] = [[0, 0], ...byX(points)];
  return (perSecond) => readBeyond(fromIdle, perSecond);
}

/**
 * P99 of one instance by its use of CPU, in milliseconds: the four tests that state a P99 beside a load of one instance or
 * beside its CPU. Where only the load is stated the CPU is the baseline's for that load.
 */
export function p99Curve(tables: BaselineTables): Curve {
  const { results, spike, endurance, workers, environment } = tables;
  const cpu = cpuCurve(tables, 'baseline');
  const cpuOf = (perSecond: number) => cpu(perSecond).value;
  const freshest = endurance.rows.slice(0, 1);
  const points: Point[] = [
    // What recovers from a spike is slow for another reason than its load.
    ...spike.phases
      .filter(({ phase }) => phase !== 'recovery')
      .map(({ actualPerSecond, p99Ms }): Point => [cpuOf(actualPerSecond), p99Ms]),
    ...freshest.map(({ throughputPerSecond, p99Ms }): Point => [cpuOf(throughputPerSecond), p99Ms]),
    [results.cpuRatio, results.p99Ms],
    ...workers.rows
      .filter(({ workers: count }) => count > environment.workers)
      .map((row): Point => [row.cpuRatio, row.p99Ms]),
  ];
  const [first = [0, results.p99Ms] as const, ...rest] = byX(points);
  // A table of a user's own may not fit the others: a busier server is never taken for a faster one.
  const rising = rest.reduce<readonly Point[]>(
    (kept, point) =>
      point[0] > (kept.at(-1)?.[0] ?? 0) && point[1] >= (kept.at(-1)?.[1] ?? 0) ? [...kept, point] : kept,
    [first],
  );
  return (cpuRatio) => interpolate(rising, cpuRatio);
}

/** Throughput of each of several instances as a share of that of one alone; beyond the table its line goes on. */
export function instanceShare({ horizontal }: BaselineTables, instances: number): Reading {
  const points = horizontal.rows.map((row): Point => [row.instances, row.perInstancePerSecond]);
  const { value, beyond } = readBeyond(points, instances);
  return { value: Math.max(0, value) / interpolate(points, 1).value, beyond };
}

/** P99 of several instances as a multiple of that of one alone; beyond the table its line goes on. */
export function instanceSlowdown({ horizontal }: BaselineTables, instances: number): Reading {
  const points = horizontal.rows.map((row): Point => [row.instances, row.p99Ms]);
  const { value, beyond } = readBeyond(points, instances);
  return { value: value / interpolate(points, 1).value, beyond };
}
