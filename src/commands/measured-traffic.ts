import type { PrometheusApi } from '../sources/prometheus-api.ts';
import type { PrometheusSeries } from '../sources/prometheus-answer.ts';
import type { TrafficOptions } from './plan-options.ts';
import {
  rateQueries,
  sessionsQuery,
  SPAN_FIGURES,
  spanQueries,
  type RateQuery,
  type SpanFigure,
} from './traffic-queries.ts';

/** Traffic of the past, as a Prometheus has it. */
export interface MeasuredTraffic {
  /** The server that was asked. */
  readonly server: string;
  /** What the rates are from. */
  readonly rates: RateQuery;
  readonly fromMs: number;
  readonly toMs: number;
  /** First and last minute with data, Unix times in milliseconds, and how many minutes have any. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly minutes: number;
  /** Requests per second: the greatest of the minutes and when that was, their 99th percentile, their median, their 5th. */
  readonly peak: { readonly value: number; readonly atMs: number };
  readonly p99: number;
  readonly median: number;
  readonly quiet: number;
  /** The most sessions at a time; absent where none are counted, as of clients without sessions. */
  readonly sessions?: number;
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  /** P99 of the tool calls of the span, read off the buckets. */
  readonly p99Ms?: number;
  readonly errorRatio?: number;
  /** Instances that were seen in the span. */
  readonly instances?: number;
  /** What makes it less sure, one line each. */
  readonly notes: readonly string[];
}

const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of fewer minutes no peak can be told. */
const LEAST_MINUTES = 60;
/** Of the minutes that any query has, the share that is enough: they differ at the edges. */
const ENOUGH = 0.95;

interface Points {
  readonly atMs: readonly number[];
  readonly values: readonly number[];
}

/** The finite points of a series. */
function pointsOf(series: PrometheusSeries | undefined): Points {
  const kept = [...(series?.values ?? [])].flatMap((value, n) =>
    Number.isFinite(value) ? [[series?.timesMs[n] ?? 0, value] as const] : [],
  );
  return { atMs: kept.map(([atMs]) => atMs), values: kept.map(([, value]) => value) };
}

/** The least value that a share of all does not exceed. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function notesOf(points: Points, { fromMs, toMs }: { fromMs: number; toMs: number }): string[] {
  const [firstMs = toMs, lastMs = toMs] = [points.atMs[0], points.atMs.at(-1)];
  const seenMs = lastMs - firstMs;
  const expected = seenMs / STEP_MS + 1;
  const missing = 1 - points.values.length / expected;
  const hours = (ms: number) => Math.round(ms / HOUR_MS);
  return [
    ...(seenMs < DAY_MS
      ? [`only ${hours(seenMs)} h of traffic: what a whole day looks like is not known`]
      : seenMs < 0.95 * (toMs - fromMs)
        ? [`only ${hours(seenMs)} h of ${hours(toMs - fromMs)} h have traffic: a later peak may be higher`]
        : []),
    ...(missing > 0.05 ? [`${Math.round(missing * 100)} % of the minutes between have no data`] : []),
  ];
}

/** The way to ask that has most minutes, the first of equals. */
async function bestRates(
  range: (expr: string) => Promise<Points>,
  selector: string,
  minutesOfSpan: number,
): Promise<readonly [RateQuery, Points] | undefined> {
  const found: (readonly [RateQuery, Points])[] = [];
  for (const query of rateQueries(selector)) {
    found.push([query, await range(query.expr)]);
    if ((found.at(-1)?.[1].values.length ?? 0) >= ENOUGH * minutesOfSpan) break;
  }
  const most = Math.max(...found.map(([, { values }]) => values.length));
  return most === 0 ? undefined : found.find(([, { values }]) => values.length >= ENOUGH * most);
}

/**
 * Measures the traffic of a span that ends now, minute by minute.
 * @throws Error if the server cannot be asked, or has too little traffic to plan by.
 */
export async function measureTraffic(
  api: PrometheusApi,
  { selector, overMs }: TrafficOptions,
  nowMs: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<MeasuredTraffic> {
  const toMs = Math.floor(nowMs / STEP_MS) * STEP_MS;
  const fromMs = toMs - overMs;
  const deadline = () => AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const warnings = new Set<string>();
  const range = async (expr: string): Promise<Points> => {
    const answer = await api.range(expr, { fromMs, toMs, stepMs: STEP_MS, signal: deadline() });
    for (const warning of answer.warnings) warnings.add(`${api.subject} warns: ${warning}`);
    return pointsOf(answer.series[0]);
  };
  const best = await bestRates(range, selector, overMs / STEP_MS + 1);
  const what = selector === '' ? 'MCP requests' : `MCP requests of {${selector}}`;
  if (best === undefined) {
    throw new Error(`${api.subject}: want series of ${what} in the last ${overMs / HOUR_MS} h, got none`);
  }
  const [rates, points] = best;
  const minutes = points.values.length;
  if (minutes < LEAST_MINUTES) {
    throw new Error(
      `${api.subject}: want at least ${LEAST_MINUTES} minutes of ${what} to plan by, got ${minutes}`,
    );
  }
  const value = Math.max(...points.values);
  if (value === 0) throw new Error(`${api.subject}: want ${what}, got 0 in each of ${minutes} minutes`);
  const sorted = points.values.toSorted((a, b) => a - b);
  const figures: Partial<Record<SpanFigure, number>> = {};
  const queries = spanQueries(selector, overMs / 1000);
  for (const figure of SPAN_FIGURES) {
    const answer = await api.instant(queries[figure], { signal: deadline(), atMs: toMs });
    const [read] = pointsOf(answer.series[0]).values;
    if (read !== undefined) figures[figure] = read;
  }
  const { p99Seconds, ...plain } = figures;
  const sessions = Math.max(0, ...(await range(sessionsQuery(selector))).values);
  return {
    server: api.subject,
    rates,
    fromMs,
    toMs,
    firstMs: points.atMs[0] ?? fromMs,
    lastMs: points.atMs.at(-1) ?? toMs,
    minutes,
    peak: { value, atMs: points.atMs[points.values.indexOf(value)] ?? toMs },
    p99: percentile(sorted, 0.99),
    median: percentile(sorted, 0.5),
    quiet: percentile(sorted, 0.05),
    ...(sessions > 0 && { sessions }),
    ...plain,
    ...(p99Seconds !== undefined && { p99Ms: p99Seconds * 1000 }),
    notes: [...notesOf(points, { fromMs, toMs }), ...warnings],
  };
}
