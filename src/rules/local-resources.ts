import type { ConditionReadings } from '../model/condition-readings.ts';
import { formatFigure } from '../model/format-figure.ts';
import type { PageUnit } from '../model/page-verdict.ts';
import { labelledName } from '../model/series-name.ts';
import { TIER_RESOURCES, type TierResource } from '../model/tier.ts';
import { holdsIf, windowMs, type Held, type LocalJudge } from './local-judge.ts';
import { thresholds } from './thresholds.ts';

const { cpu, memory, demand, tier: tierLimits } = thresholds;

const percent = (ratio: number): string => formatFigure(ratio, 'ratio');

const knows =
  (series: string) =>
  ({ last }: ConditionReadings): boolean =>
    last(series) !== undefined;

/** A condition of one figure: its mean over a window above (or below) a limit that may depend on what is known. */
function figureJudge(
  alert: string,
  figure: { readonly series: string; readonly unit: PageUnit; readonly window: string },
  limitOf: (readings: ConditionReadings) => number | undefined,
  texts: (live: string, limit: string) => Pick<Held, 'expected' | 'words'>,
): LocalJudge {
  const { series, unit, window } = figure;
  return {
    alert,
    unit,
    sees: (readings) => knows(series)(readings) && limitOf(readings) !== undefined,
    held: (readings) => {
      const live = readings.mean(series, windowMs(window));
      const limit = limitOf(readings);
      if (live === undefined || limit === undefined) return [];
      return holdsIf(live > limit, () => ({
        labels: {},
        live,
        ...texts(formatFigure(live, unit), formatFigure(limit, unit)),
      }));
    },
  };
}

/** A condition of each pool or cache. */
function labelledJudge(
  alert: string,
  figure: string,
  window: string,
  label: string,
  judge: (
    live: number,
    readings: ConditionReadings,
    name: string,
  ) => Omit<Held, 'labels' | 'live'> | undefined,
): LocalJudge {
  return {
    alert,
    unit: 'ratio',
    sees: ({ labelsOf }) => labelsOf(figure).length > 0,
    held: (readings) =>
      readings.labelsOf(figure).flatMap((name) => {
        const live = readings.mean(labelledName(figure, name), windowMs(window));
        const held = live === undefined ? undefined : judge(live, readings, name);
        return held === undefined || live === undefined ? [] : [{ labels: { [label]: name }, live, ...held }];
      }),
  };
}

/** The series that each resource of a tier is read from, and what it is counted in. */
export const TIER_SERIES: Readonly<
  Record<TierResource, { readonly series: string; readonly unit: PageUnit; readonly name: string }>
> = {
  requests_per_second: { series: 'request_rate', unit: 'per_second', name: 'Requests a second' },
  sessions: { series: 'sessions', unit: 'count', name: 'Sessions' },
  memory_bytes: { series: 'memory_bytes', unit: 'bytes', name: 'Memory' },
  bandwidth_bits_per_second: {
    series: 'bandwidth_bits_per_second',
    unit: 'bits_per_second',
    name: 'Bandwidth',
  },
  vcpus: { series: 'cpu_cores', unit: 'cores', name: 'CPUs in use' },
};

function tierJudge(alert: string, least: number, what: string): LocalJudge {
  return {
    alert,
    unit: 'ratio',
    sees: ({ tier }) => tier !== undefined,
    held: (readings) =>
      TIER_RESOURCES.flatMap((resource) => {
        const { series, unit, name } = TIER_SERIES[resource];
        const limit = readings.tier?.limits[resource];
        const live = readings.mean(series, windowMs('10m'));
        if (limit === undefined || live === undefined) return [];
        return holdsIf(live / limit > least, () => ({
          labels: { resource },
          live: live / limit,
          expected: `at most ${percent(least)} of the tier's ${formatFigure(limit, unit)}`,
          words: `${name} ${what} the limit of the tier: ${formatFigure(live, unit)} of ${formatFigure(limit, unit)}.`,
        }));
      }),
  };
}

/** What is judged by the server's process, its backends and its tier. */
export const localResources: readonly LocalJudge[] = [
  {
    alert: 'McpThroughputBelowDemand',
    unit: 'per_second',
    sees: knows('request_rate'),
    held: (readings) => {
      const { mean } = readings;
      const [now, before] = [
        mean('request_rate', windowMs('5m')),
        mean('request_rate', windowMs('1h'), windowMs('10m')),
      ];
      const [waiting, waitedBefore] = [
        mean('in_flight', windowMs('5m')) ?? 0,
        mean('in_flight', windowMs('1h'), windowMs('10m')) ?? 0,
      ];
      if (now === undefined || before === undefined) return [];
      const holds =
        now < demand.answered * before &&
        waiting > demand.leastWaiting &&
        waiting > demand.waiting * waitedBefore;
      return holdsIf(holds, () => ({
        labels: {},
        live: now,
        expected: `at least ${percent(demand.answered)} of the ${formatFigure(before, 'per_second')} of the hour before`,
        words: `${formatFigure(now, 'per_second')} requests are answered while ${formatFigure(waiting, 'count')} wait.`,
      }));
    },
  },
  figureJudge(
    'McpCpuAboveBaseline',
    { series: 'cpu_ratio', unit: 'ratio', window: '15m' },
    ({ baseline }) => cpu.timesBaseline * baseline.cpuRatio,
    (live, limit) => ({ expected: `at most ${limit}`, words: `The server uses ${live} of its CPUs.` }),
  ),
  figureJudge(
    'McpCpuSaturated',
    { series: 'cpu_ratio', unit: 'ratio', window: '10m' },
    () => cpu.saturated,
    (live, limit) => ({
      expected: `at most ${limit}`,
      words: `The server uses ${live} of its CPUs: it has no more.`,
    }),
  ),
  figureJudge(
    'McpMemoryAboveBaseline',
    { series: 'memory_bytes', unit: 'bytes', window: '30m' },
    ({ baseline }) => memory.timesBaseline * baseline.memoryBytes,
    (live, limit) => ({
      expected: `at most ${limit}, ${memory.timesBaseline} times the baseline`,
      words: `The server uses ${live} of memory.`,
    }),
  ),
  figureJudge(
    'McpMemoryNearLimit',
    { series: 'memory_limit_ratio', unit: 'ratio', window: '10m' },
    () => memory.near,
    (live, limit) => ({
      expected: `at most ${limit}`,
      words: `The server uses ${live} of its memory limit.`,
    }),
  ),
  figureJudge(
    'McpMemoryExhausted',
    { series: 'memory_limit_ratio', unit: 'ratio', window: '5m' },
    () => memory.exhausted,
    (live, limit) => ({
      expected: `at most ${limit}`,
      words: `The server uses ${live} of its memory limit.`,
    }),
  ),
  figureJudge(
    'McpOpenFilesNearLimit',
    { series: 'open_files_limit_ratio', unit: 'ratio', window: '1m' },
    () => thresholds.openFilesRatio,
    (live, limit) => ({
      expected: `at most ${limit}`,
      words: `${live} of the files that a process may open are open.`,
    }),
  ),
  {
    alert: 'McpProcessRestarting',
    unit: 'count',
    sees: knows('restart_rate'),
    held: ({ total }) => {
      const restarts = Math.round(total('restart_rate', windowMs('1h')) ?? 0);
      return holdsIf(restarts > thresholds.restartsPerHour, () => ({
        labels: {},
        live: restarts,
        expected: 'at most 2 in an hour',
        words: `The server was started anew ${restarts} times within an hour.`,
      }));
    },
  },
  figureJudge(
    'McpRequestStuck',
    { series: 'oldest_request_seconds', unit: 'seconds', window: '15s' },
    () => thresholds.stuckSeconds,
    (live, limit) => ({
      expected: `at most ${limit}`,
      words: `A request has waited for its answer for ${live}.`,
    }),
  ),
  figureJudge(
    'McpRequestsParked',
    { series: 'parked_requests', unit: 'count', window: '15s' },
    () => 0,
    (live) => ({ expected: 'none', words: `${live} requests wait on open streams without a sign of life.` }),
  ),
  labelledJudge('McpPoolNearlyExhausted', 'pool_ratio', '5m', 'pool_type', (live, _readings, name) =>
    live > thresholds.poolRatio
      ? {
          expected: `at most ${percent(thresholds.poolRatio)}`,
          words: `${percent(live)} of the connections of the pool ${name} are in use.`,
        }
      : undefined,
  ),
  labelledJudge('McpPoolAboveBaseline', 'pool_ratio', '1h', 'pool_type', (live, { baseline }, name) => {
    const limit = thresholds.poolTimesBaseline * baseline.poolRatio;
    if (live <= limit) return undefined;
    return {
      expected: `at most ${percent(limit)}`,
      words: `The pool ${name} is busier than the baseline's: ${percent(live)}.`,
    };
  }),
  labelledJudge('McpCacheHitRateLow', 'cache_hit_ratio', '30m', 'cache_type', (live, { baseline }, name) => {
    const limit = thresholds.cacheTimesBaseline * baseline.cacheHitRatio;
    if (live >= limit || name === 'postgres') return undefined;
    return {
      expected: `at least ${percent(limit)}`,
      words: `Only ${percent(live)} of the look-ups in the cache ${name} hit.`,
    };
  }),
  {
    alert: 'McpPostgresDeadlocks',
    unit: 'count',
    sees: knows('deadlock_rate'),
    held: ({ total }) => {
      const count = Math.round(total('deadlock_rate', windowMs('15m')) ?? 0);
      return holdsIf(count > 2.5, () => ({
        labels: {},
        live: count,
        expected: 'at most 2 in 15 minutes',
        words: `PostgreSQL ended ${count} transactions in deadlocks within 15 minutes.`,
      }));
    },
  },
  figureJudge(
    'McpPostgresConnectionsNearLimit',
    { series: 'postgres_connection_ratio', unit: 'ratio', window: '5m' },
    () => thresholds.postgresConnectionRatio,
    (live, limit) => ({
      expected: `at most ${limit}`,
      words: `${live} of the connections that PostgreSQL takes are taken.`,
    }),
  ),
  figureJudge(
    'McpOldTransaction',
    { series: 'oldest_transaction_seconds', unit: 'seconds', window: '15s' },
    () => thresholds.transactionSeconds,
    (live, limit) => ({ expected: `at most ${limit}`, words: `A transaction has been open for ${live}.` }),
  ),
  tierJudge('McpTierLimitNear', tierLimits.near, 'come near'),
  tierJudge('McpTierLimitReached', tierLimits.reached, 'reach'),
];
