import { PERCENTILES, type Baseline, type LatencyBaseline } from '../model/baseline.ts';
import type { FigureReadings } from '../model/condition-readings.ts';
import { formatFigure } from '../model/format-figure.ts';
import type { LiveRatio, LiveSnapshot } from '../model/live-snapshot.ts';
import type { HealthFigure, HealthRow } from '../model/page-health.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import { labelledName } from '../model/series-name.ts';
import { thresholds } from './thresholds.ts';

/** What the figures of health are read from. */
export interface HealthReadings extends Pick<FigureReadings, 'mean'> {
  readonly live: LiveSnapshot;
  readonly baseline: Baseline;
  /** Share of its CPUs that the server uses. */
  readonly cpuRatio: number | undefined;
}

/** A verdict with its words. */
export type Judgement = Pick<HealthRow, 'verdict' | 'words'>;

const MINUTE_MS = 60_000;
/** What a reading of a moment is judged over, so that a full pool of two connections or a cold cache is no alarm. */
const LATELY_MS = 5 * MINUTE_MS;
/** Calls in a minute below which a share of them is a matter of chance. */
const LEAST_CALLS = 20;
/** Slow or failed calls below which they may be chance, however few the others are. */
const LEAST_CASES = 3;

const times = (ratio: number): string => `${Number(ratio.toPrecision(2))} times the baseline`;
const percent = (ratio: number): string => formatFigure(ratio, 'ratio');
const verdict = (word: PageVerdict, words: string): Judgement => ({ verdict: word, words });
const ratioOf = (live: number | undefined, baseline: number | undefined): number | null =>
  live === undefined || baseline === undefined || !(baseline > 0) ? null : live / baseline;

/** Calls of the last minute that could be held against a baseline of their own tool, and how many were slower. */
export interface SlowCalls {
  readonly slow: number;
  readonly compared: number;
}

/** The calls of the last minute by two series of rates. */
export function readSlowCalls(
  { mean }: Pick<FigureReadings, 'mean'>,
  slow: string,
  compared: string,
): SlowCalls {
  const count = (series: string): number => ((mean(series, MINUTE_MS) ?? 0) * MINUTE_MS) / 1000;
  return { slow: count(slow), compared: count(compared) };
}

/**
 * Judges a percentile by the share of calls slower than their own tool's, as the rules do: the percentile of all tools
 * together moves with their mix, and says nothing of how many calls it stands for. What is above the baseline and cannot be
 * judged so is not known instead of an alarm.
 */
export function judgeLatency(
  ratio: number | null,
  percentile: string,
  { slow, compared }: SlowCalls,
  nothing = 'no tool call in the last minute',
): Judgement {
  if (ratio === null) return verdict('unknown', nothing);
  if (ratio <= 1) return verdict('ok', times(ratio));
  if (compared < LEAST_CALLS) {
    const few = compared < 1 ? 'no tool called has' : 'too few calls are of tools that have';
    return verdict('unknown', `${times(ratio)}, but ${few} a ${percentile.toUpperCase()} to be judged by`);
  }
  const share = slow / compared;
  const least = thresholds.slowShare.warning[percentile] ?? 0;
  const words = `${times(ratio)}; ${percent(share)} of calls are slower than their tool's baseline`;
  if (share <= least || slow < LEAST_CASES) return verdict('ok', `${words}, up to ${percent(least)} is well`);
  const isBad = percentile === 'p99' && share > thresholds.slowShare.criticalP99;
  return verdict(isBad ? 'bad' : 'watch', `${words}, want at most ${percent(least)}`);
}

/**
 * Judges a share of failures against that of the baseline.
 * @param requests how many it is of.
 */
export function judgeErrors(live: number | undefined, baseline: number, requests: number): Judgement {
  if (live === undefined) return verdict('unknown', 'no request in the last minute');
  if (live === 0) return verdict('ok', 'no failure in the last minute');
  const { critical, timesBaseline } = thresholds.errorRatio;
  const failed = Math.max(1, Math.round(live * requests));
  const words = `${percent(live)} fail by the server's fault, ${percent(baseline)} by the baseline`;
  if (live > critical && failed >= LEAST_CASES) return verdict('bad', words);
  if (failed >= LEAST_CASES) return verdict(live > timesBaseline * baseline ? 'watch' : 'ok', words);
  const few = `${failed} of ${requests} requests failed by the server's fault`;
  return verdict(live > critical ? 'watch' : 'ok', `${few}: too few to tell more`);
}

function judgeThroughput(live: number, baseline: number): Judgement {
  if (live === 0) return verdict('unknown', 'no request in the last minute');
  return verdict('ok', `${percent(live / baseline)} of the baseline's; it follows demand`);
}

/** What a reading came to lately, with how it is said; the reading itself where nothing is remembered yet. */
function lately(
  { mean }: HealthReadings,
  series: string,
  live: number,
  baseline: number,
): { readonly value: number; readonly words: string } {
  const value = mean(series, LATELY_MS) ?? live;
  const words = times(live / baseline);
  const isSame = Math.abs(value - live) < 0.25 * baseline;
  return { value, words: isSame ? words : `${words}; over 5 minutes ${times(value / baseline)}` };
}

function judgeCpu(readings: HealthReadings): Judgement {
  const { cpuRatio: live, baseline } = readings;
  if (live === undefined) return verdict('unknown', 'the process is not read (sources.process)');
  const { value, words } = lately(readings, 'cpu_ratio', live, baseline.cpuRatio);
  if (value > thresholds.cpu.saturated) return verdict('bad', `${words}: it has no more`);
  return verdict(value > thresholds.cpu.timesBaseline * baseline.cpuRatio ? 'watch' : 'ok', words);
}

function judgeMemory({ live: { backends }, baseline }: HealthReadings): Judgement {
  const { memoryBytes: live, memoryLimitBytes: limit } = backends.process ?? {};
  if (live === undefined) return verdict('unknown', 'the process is not read (sources.process)');
  const { near, exhausted, timesBaseline } = thresholds.memory;
  const ofLimit = limit === undefined || !(limit > 0) ? 0 : live / limit;
  const words = times(live / baseline.memoryBytes);
  if (ofLimit > exhausted) return verdict('bad', `${formatFigure(ofLimit, 'ratio')} of its limit`);
  if (ofLimit > near) return verdict('watch', `${formatFigure(ofLimit, 'ratio')} of its limit`);
  return verdict(live > timesBaseline * baseline.memoryBytes ? 'watch' : 'ok', words);
}

function judgePool(readings: HealthReadings, pool: LiveRatio | undefined): Judgement {
  if (pool === undefined) return verdict('unknown', 'no pool is read');
  const baseline = readings.baseline.poolRatio;
  const { value, words } = lately(readings, labelledName('pool_ratio', pool.type), pool.ratio, baseline);
  if (value > thresholds.poolRatio) return verdict('bad', `${words}: nearly all connections are in use`);
  return verdict(value > thresholds.poolTimesBaseline * baseline ? 'watch' : 'ok', words);
}

function judgeCache(readings: HealthReadings, cache: LiveRatio | undefined): Judgement {
  if (cache === undefined) return verdict('unknown', 'no cache is read, or it is not used');
  const baseline = readings.baseline.cacheHitRatio;
  const { value, words } = lately(
    readings,
    labelledName('cache_hit_ratio', cache.type),
    cache.ratio,
    baseline,
  );
  return verdict(value < thresholds.cacheTimesBaseline * baseline ? 'watch' : 'ok', words);
}

const worst = (ratios: readonly LiveRatio[], isWorse: (a: number, b: number) => boolean) =>
  ratios.reduce<LiveRatio | undefined>(
    (found, each) => (found === undefined || isWorse(each.ratio, found.ratio) ? each : found),
    undefined,
  );

const LATENCY_ROWS = [
  { figure: 'latency_p50', percentile: 'p50', field: 'p50Ms', series: 'p50_ms' },
  { figure: 'latency_p95', percentile: 'p95', field: 'p95Ms', series: 'p95_ms' },
  { figure: 'latency_p99', percentile: 'p99', field: 'p99Ms', series: 'p99_ms' },
  { figure: 'latency_p999', percentile: 'p99.9', field: 'p999Ms', series: 'p999_ms' },
] as const satisfies readonly {
  figure: HealthFigure;
  percentile: (typeof PERCENTILES)[number]['label'];
  field: keyof LatencyBaseline;
  series: string;
}[];

/** Holds a server's figures against its baseline: the rows of the document's table, in its order. */
export function judgeHealth(readings: HealthReadings): readonly HealthRow[] {
  const { live, baseline, cpuRatio } = readings;
  const { requestsPerSecond, totals, backends } = live;
  const memoryBytes = backends.process?.memoryBytes;
  const pool = worst(backends.pools, (a, b) => a > b);
  // PostgreSQL's own buffers are not what the document means by a cache.
  const caches = backends.caches.filter(({ type }) => type !== 'postgres');
  const cache = worst(caches, (a, b) => a < b);
  const of = (one: LiveRatio | undefined): string | null => one?.type ?? null;
  return [
    {
      figure: 'throughput',
      name: 'Throughput',
      unit: 'per_second',
      of: null,
      live: requestsPerSecond,
      baseline: baseline.throughputPerSecond,
      ratio: ratioOf(requestsPerSecond, baseline.throughputPerSecond),
      better: 'neither',
      series: 'request_rate',
      ...judgeThroughput(requestsPerSecond, baseline.throughputPerSecond),
    },
    ...LATENCY_ROWS.map(({ figure, percentile, field, series }): HealthRow => {
      const ratio = ratioOf(totals[field], baseline.latency[field]);
      return {
        figure,
        name: `${percentile.toUpperCase()} latency`,
        unit: 'ms',
        of: null,
        live: totals[field] ?? null,
        baseline: baseline.latency[field] ?? null,
        ratio,
        better: 'lower',
        series,
        ...judgeLatency(
          ratio,
          percentile,
          readSlowCalls(
            readings,
            labelledName('slow_rate', percentile),
            labelledName('compared_rate', percentile),
          ),
        ),
      };
    }),
    {
      figure: 'error_ratio',
      name: 'Error rate',
      unit: 'ratio',
      of: null,
      live: live.errorRatio ?? null,
      baseline: baseline.errorRatio,
      ratio: ratioOf(live.errorRatio, baseline.errorRatio),
      better: 'lower',
      series: 'error_ratio',
      ...judgeErrors(live.errorRatio, baseline.errorRatio, live.recentRequests),
    },
    {
      figure: 'cpu_ratio',
      name: 'CPU utilization',
      unit: 'ratio',
      of: null,
      live: cpuRatio ?? null,
      baseline: baseline.cpuRatio,
      ratio: ratioOf(cpuRatio, baseline.cpuRatio),
      better: 'lower',
      series: 'cpu_ratio',
      ...judgeCpu(readings),
    },
    {
      figure: 'memory_bytes',
      name: 'Memory usage',
      unit: 'bytes',
      of: null,
      live: memoryBytes ?? null,
      baseline: baseline.memoryBytes,
      ratio: ratioOf(memoryBytes, baseline.memoryBytes),
      better: 'lower',
      series: 'memory_bytes',
      ...judgeMemory(readings),
    },
    {
      figure: 'pool_ratio',
      name: 'Connection pool',
      unit: 'ratio',
      of: of(pool),
      live: pool?.ratio ?? null,
      baseline: baseline.poolRatio,
      ratio: ratioOf(pool?.ratio, baseline.poolRatio),
      better: 'lower',
      series: labelledName('pool_ratio', pool?.type ?? ''),
      ...judgePool(readings, pool),
    },
    {
      figure: 'cache_hit_ratio',
      name: 'Cache hit rate',
      unit: 'ratio',
      of: of(cache),
      live: cache?.ratio ?? null,
      baseline: baseline.cacheHitRatio,
      ratio: ratioOf(cache?.ratio, baseline.cacheHitRatio),
      better: 'higher',
      series: labelledName('cache_hit_ratio', cache?.type ?? ''),
      ...judgeCache(readings, cache),
    },
  ];
}
