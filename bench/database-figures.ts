import type { Criterion } from './bar.ts';
import type { DatabaseRun, DatabaseRuns } from './database-measure.ts';
import { DATABASE_TARGET_NAMES, type DatabaseTargetName } from './database-targets.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** What a target showed under a load. A ratio is made within each round; NaN where nothing was measured. */
export interface DatabaseFigures {
  readonly load: string;
  readonly target: DatabaseTargetName;
  readonly rate: Spread;
  readonly rateToPlain: Spread;
  readonly rateToDirect: Spread;
  readonly latencyMs: Spread;
  readonly cpuSeconds: Spread;
  readonly cpuToPlain: Spread;
  readonly busyRatio: Spread;
}

/** Queries that were sent through the tap and those that it counted. */
export interface QueryCount {
  readonly sent: number;
  readonly observed: number;
}

function ratios(
  own: readonly DatabaseRun[],
  base: readonly DatabaseRun[] | undefined,
  pick: (run: DatabaseRun) => number | undefined,
): Spread {
  return spreadOf(
    own.flatMap((run, round) => {
      const other = base?.[round];
      const [value, to] = [pick(run), other && pick(other)];
      return value === undefined || to === undefined ? [] : [value / to];
    }),
  );
}

/** Sums the windows up: medians of the rounds. */
export function databaseFigures(runs: DatabaseRuns): DatabaseFigures[] {
  return [...runs].flatMap(([load, byTarget]) =>
    DATABASE_TARGET_NAMES.flatMap((target) => {
      const own = byTarget.get(target) ?? [];
      if (own.length === 0) return [];
      const plain = byTarget.get('plain proxy');
      return [
        {
          load,
          target,
          rate: spreadOf(own.map(({ rate }) => rate)),
          rateToPlain: ratios(own, plain, ({ rate }) => rate),
          rateToDirect: ratios(own, byTarget.get('direct'), ({ rate }) => rate),
          latencyMs: spreadOf(own.map(({ latencyMs }) => latencyMs)),
          cpuSeconds: spreadOf(own.flatMap(({ cpuSeconds }) => cpuSeconds ?? [])),
          cpuToPlain: ratios(own, plain, ({ cpuSeconds }) => cpuSeconds),
          busyRatio: spreadOf(own.map(({ busyRatio }) => busyRatio)),
        },
      ];
    }),
  );
}

// NaN passes no comparison and is not measured.
function criterion(title: string, value: number, limit: number, isMet: boolean): Criterion {
  if (Number.isNaN(value)) return { title, limit, value: undefined, outcome: 'not measured' };
  return { title, limit, value, outcome: isMet ? 'pass' : 'FAIL' };
}

/** Holds the tap against the project's limits, one criterion for each load and side. */
export function databaseBar(figures: readonly DatabaseFigures[], count: QueryCount | undefined): Criterion[] {
  const taps = figures.filter(({ target }) => target === 'tap');
  const share = count === undefined ? Number.NaN : Math.min(1, count.observed / count.sent);
  return [
    ...taps.map(({ load, rateToPlain: { median } }) =>
      criterion(`rate, × plain proxy: ${load}`, median, 0.9, median >= 0.9),
    ),
    ...taps.map(({ load, cpuToPlain: { median } }) =>
      criterion(`CPU, × plain proxy: ${load}`, median, 1.3, median <= 1.3),
    ),
    criterion('share of queries that the tap measured', share, 1, share >= 1),
  ];
}
