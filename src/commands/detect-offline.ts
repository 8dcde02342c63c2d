import type { DetectConfig } from '../config/detect-config.ts';
import type { Evidence } from '../detectors/evidence.ts';
import type { SeriesSample } from '../detectors/detector-settings.ts';
import { evaluationPace } from '../fleet/evaluation-pace.ts';
import type { QueriedSeries } from '../fleet/queried-series.ts';
import { createQueryWatch, type SeriesRoom } from '../fleet/query-watch.ts';
import { TrackedSeries } from '../fleet/tracked-series.ts';
import { queryName, type WatchedQuery } from '../fleet/watched-query.ts';
import type { Labels } from '../model/labels.ts';
import type { Verdict } from '../model/verdict.ts';
import { createDetectApi } from './detect-api.ts';
import { watchedQueries } from './detect-queries.ts';
import { errorMessage } from './error-text.ts';
import { takeBreaks } from './take-breaks.ts';

/** What was concluded of one series. */
export interface Finding {
  readonly query: WatchedQuery;
  readonly labels: Labels;
  readonly verdict: Verdict;
  readonly evidence: () => Evidence;
  /** Time of the last sample. */
  readonly lastMs: number;
}

/** All that was found, and what stood in the way. */
export interface Findings {
  readonly findings: readonly Finding[];
  /** What may make verdicts less sure, one line each. */
  readonly notes: readonly string[];
  /** Queries that could not be answered, one line each. */
  readonly failures: readonly string[];
}

function toFinding(query: WatchedQuery, series: TrackedSeries, verdict: Verdict): Finding {
  const { labels, detector, lastMs } = series;
  return { query, labels, verdict, evidence: () => detector.evidence(), lastMs };
}

/** Concludes of the samples of one series, given in order of time; `query` says by which settings and which limit. */
export function detectInSamples(
  query: WatchedQuery,
  samples: readonly SeriesSample[],
  intervalMs: number,
): Finding {
  const timesMs = Float64Array.from(samples, ({ atMs }) => atMs);
  const column = (read: (sample: SeriesSample) => number | undefined): QueriedSeries => ({
    labels: {},
    timesMs,
    values: Float64Array.from(samples, (sample) => read(sample) ?? Number.NaN),
  });
  const series = new TrackedSeries({}, query.settings);
  const pace = evaluationPace(intervalMs);
  const hasLimits = samples.some(({ limit }) => limit !== undefined);
  series.take(
    {
      value: column(({ value }) => value),
      limit: hasLimits ? column(({ limit }) => limit) : query.limit,
      load: column(({ load }) => load),
      start: column(({ startedAtMs }) => (startedAtMs === undefined ? undefined : startedAtMs / 1000)),
    },
    pace,
  );
  return toFinding(query, series, series.evaluate(series.lastMs, pace));
}

/** Concludes of every series of the configured queries in a range of time; a query that fails leaves the others alone. */
export async function detectInRange(
  config: DetectConfig,
  range: { readonly fromMs: number; readonly toMs: number },
  signal: AbortSignal,
): Promise<Findings> {
  const { stepMs, shard, maxSeries, timeoutMs, intervalMs } = config;
  const api = createDetectApi(config);
  const room: SeriesRoom = { most: maxSeries, taken: 0 };
  const notes = new Set<string>();
  const failures: string[] = [];
  const findings: Finding[] = [];
  const advance = {
    fromMs: Math.ceil(range.fromMs / stepMs) * stepMs,
    toMs: Math.floor(range.toMs / stepMs) * stepMs,
    pace: evaluationPace(intervalMs),
    signal,
  };
  try {
    for (const query of config.queries.flatMap(watchedQueries)) {
      const name = queryName(query);
      const watch = createQueryWatch({
        query,
        ask: api.ask,
        stepMs,
        shard,
        room,
        // All that was there in the range is shown, also what has ended.
        forgetMs: Infinity,
        timeoutMs,
        breathe: takeBreaks(),
        onProblem: (text) => notes.add(`${name}: ${text}`),
      });
      try {
        await watch.advance(advance);
      } catch (error) {
        signal.throwIfAborted();
        failures.push(`${name}: ${errorMessage(error)}`);
      }
      for (const series of watch.series()) {
        if (series.verdict !== undefined) findings.push(toFinding(query, series, series.verdict));
      }
      if (watch.refused() > 0) {
        notes.add(`${name}: ${watch.refused()} series beyond detect.maxSeries (${maxSeries}) are left out`);
      }
    }
  } finally {
    await api.close();
  }
  return { findings, notes: [...notes], failures };
}
