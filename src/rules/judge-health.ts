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
/** Calls in a minute below which a high percentile is a matter of chance. */
const LEAST_CALLS = 20;

const times = (ratio: number): string => `${Number(ratio.toPrecision(2))} times the baseline`;
const verdict = (word: PageVerdict, words: string): Judgement => ({ verdict: word, words });
const ratioOf = (live: number | undefined, baseline: number | undefined): number | null =>
  live === undefined || baseline === undefined || !(baseline > 0) ? null : live / baseline;

/** Share of the calls of the last minute that were slower than a percentile of the baseline. */
function slowShare({ mean }: HealthReadings, percentile: string): number | undefined {
  const slow = mean(labelledName('slow_rate', percentile), MINUTE_MS);
  const compared = mean(labelledName('compared_rate', percentile), MINUTE_MS) ?? 0;
  return slow === undefined || compared * 60 < LEAST_CALLS ? undefined : slow / compared;
}

/**
 * Judges a percentile: by the share of calls beyond the baseline's, as the rules do, since a percentile alone says
 * nothing of how many calls it stands for.
 * @param slow the share; undefined where too few calls tell it.
 */
export function judgeLatency(
  ratio: number | null,
  percentile: string,
  slow: number | undefined,
  nothing = 'no tool call in the last minute',
): Judgement {
  if (ratio === null) return verdict('unknown', nothing);
  if (ratio <= 1) return verdict('ok', times(ratio));
  if (slow === undefined) return verdict('watch', `${times(ratio)}, of few calls`);
  const words = `${times(ratio)}: ${formatFigure(slow, 'ratio')} of calls are slower than it`;
  if (percentile === 'p99' && slow > thresholds.slowShare.criticalP99) return verdict('bad', words);
  return verdict('watch', words);
}

/** Judges a share of failures against that of the baseline. */
export function judgeErrors(live: number | undefined, baseline: number): Judgement {
  if (live === undefined) return verdict('unknown', 'no request in the last minute');
  if (live === 0) return verdict('ok', 'no failure in the last minute');
  const { critical, timesBaseline } = thresholds.errorRatio;
  const words = `${formatFigure(live, 'ratio')} fail by the server's fault, ${times(live / baseline)}`;
  if (live > critical) return verdict('bad', words);
  return verdict(live > timesBaseline * baseline ? 'watch' : 'ok', words);
}

function judgeThroughput(live: number, baseline: number): Judgement {
  if (live === 0) return verdict('unknown', 'no request in the last minute');
  const ratio = live / baseline;
  if (ratio <= 1)
    return verdict('ok', `${formatFigure(ratio, 'ratio')} of the baseline: no more was asked of it`);
  return verdict('watch', `${times(ratio)}: more than the document's server could do`);
}

function judgeCpu(live: number | undefined, baseline: number): Judgement {
  if (live === undefined) return verdict('unknown', 'the process is not read (sources.process)');
  const words = times(live / baseline);
  if (live > thresholds.cpu.saturated) return verdict('bad', `${words}: it has no more`);
  return verdict(live > thresholds.cpu.timesBaseline * baseline ? 'watch' : 'ok', words);
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

function judgePool(live: number | undefined, baseline: number): Judgement {
  if (live === undefined) return verdict('unknown', 'no pool is read');
  const words = times(live / baseline);
  if (live > thresholds.poolRatio) return verdict('bad', `${words}: nearly all connections are in use`);
  return verdict(live > thresholds.poolTimesBaseline * baseline ? 'watch' : 'ok', words);
}

function judgeCache(live: number | undefined, baseline: number): Judgement {
  if (live === undefined) return verdict('unknown', 'no cache is read, or it is not used');
  const words = times(live / baseline);
  return verdict(live < thresholds.cacheTimesBaseline * baseline ? 'watch' : 'ok', words);
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
        ...judgeLatency(ratio, percentile, slowShare(readings, percentile)),
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
      ...judgeErrors(live.errorRatio, baseline.errorRatio),
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
      ...judgeCpu(cpuRatio, baseline.cpuRatio),
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
      ...judgePool(pool?.ratio, baseline.poolRatio),
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
      ...judgeCache(cache?.ratio, baseline.cacheHitRatio),
    },
  ];
}
