import { setTimeout as sleep } from 'node:timers/promises';
import type { PrometheusConfig } from '../config/backends-config.ts';
import type { SeriesSample } from '../detectors/detector-settings.ts';
import type { Watch } from '../detectors/watch.ts';
import { createPrometheusApi, type PrometheusApi } from '../sources/prometheus-api.ts';
import type { PrometheusSeries } from '../sources/prometheus-answer.ts';
import { prometheusOptions } from './prometheus-options.ts';
import { refillQueries } from './refill-queries.ts';

/** Asks a Prometheus for the past of series. */
export interface HistoryRefill {
  /**
   * The past of a series, in order of time; empty if there is none.
   * @param limit the limit in force, which counts for all of it.
   * @throws Error with one clear line.
   */
  readonly pastOf: (watch: Watch, limit: number | undefined) => Promise<readonly SeriesSample[]>;
  readonly stop: () => Promise<void>;
}

/** What a refill is given. */
export interface HistoryRefillOptions {
  readonly prometheus: PrometheusConfig;
  /** Selector that our own series match. */
  readonly selector: string | undefined;
  /** Unix time up to which it is asked, in milliseconds. */
  readonly toMs: number;
  /** Between two attempts; default 15 s. */
  readonly retryMs?: number;
}

const WEEK_MS = 7 * 24 * 3_600_000;
const STEP_MS = 60_000;
const QUERY_TIMEOUT_MS = 30_000;
/** At the start of a pod the network may not be there yet. */
const ATTEMPTS = 3;
/** A sidecar and the one after it are both there for a while in a rolling update. */
const MOST_OVERLAP_MS = 15 * 60_000;

const keyOf = ({ labels }: PrometheusSeries): string => JSON.stringify([labels['job'], labels['instance']]);
const firstMs = ({ timesMs }: PrometheusSeries): number => timesMs[0] ?? Infinity;
const lastMs = ({ timesMs }: PrometheusSeries): number => timesMs.at(-1) ?? -Infinity;

/** Puts the series of sidecars that followed each other in order. */
function inSuccession(series: readonly PrometheusSeries[]): readonly PrometheusSeries[] {
  const ordered = series
    .filter(({ timesMs }) => timesMs.length > 0)
    .toSorted((a, b) => firstMs(a) - firstMs(b));
  for (const [index, next] of ordered.entries()) {
    const before = ordered[index - 1];
    if (before !== undefined && lastMs(before) - firstMs(next) > MOST_OVERLAP_MS) {
      throw new Error(
        `want the series of one sidecar at a time, got those of ${keyOf(before)} and ${keyOf(next)}; set detectors.refill.selector`,
      );
    }
  }
  return ordered;
}

const byTime = (series: PrometheusSeries | undefined): ReadonlyMap<number, number> =>
  new Map(
    series === undefined ? [] : [...series.timesMs].map((atMs, at) => [atMs, series.values[at] ?? NaN]),
  );

/** The series of the same sidecar; an expression of the user's may not say which that is, and then it is the only one. */
function beside(one: PrometheusSeries, others: readonly PrometheusSeries[]): PrometheusSeries | undefined {
  const [first, second] = others;
  const only = second === undefined ? first : undefined;
  return others.find((other) => keyOf(other) === keyOf(one)) ?? only;
}

interface Past {
  readonly values: readonly PrometheusSeries[];
  readonly loads: readonly PrometheusSeries[];
  readonly starts: readonly PrometheusSeries[];
}

function toSamples({ values, loads, starts }: Past, limit: number | undefined): readonly SeriesSample[] {
  const samples: SeriesSample[] = [];
  let lastTakenMs = -Infinity;
  for (const one of inSuccession(values)) {
    const [load, start] = [byTime(beside(one, loads)), byTime(beside(one, starts))];
    for (const [index, atMs] of one.timesMs.entries()) {
      const value = one.values[index] ?? Number.NaN;
      if (atMs <= lastTakenMs || !Number.isFinite(value)) continue;
      lastTakenMs = atMs;
      const startSeconds = start.get(atMs);
      samples.push({
        atMs,
        value,
        load: load.get(atMs),
        startedAtMs: startSeconds === undefined ? undefined : startSeconds * 1000,
        limit,
      });
    }
  }
  return samples;
}

/** Makes a refill from the Prometheus of the source of that name. */
export function createHistoryRefill(options: HistoryRefillOptions): HistoryRefill {
  const { prometheus, selector, toMs, retryMs = 15_000 } = options;
  const api: PrometheusApi = createPrometheusApi(prometheusOptions(prometheus));
  const stopped = new AbortController();
  // Many series share their load and the time of their process's start.
  const shared = new Map<string, Promise<readonly PrometheusSeries[]>>();
  const grid = {
    fromMs: Math.floor((toMs - WEEK_MS) / STEP_MS) * STEP_MS,
    toMs: Math.floor(toMs / STEP_MS) * STEP_MS,
    stepMs: STEP_MS,
  };

  const ask = async (query: string): Promise<readonly PrometheusSeries[]> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)]);
        return (await api.range(query, { ...grid, signal })).series;
      } catch (error) {
        if (attempt === ATTEMPTS || stopped.signal.aborted) throw error;
        await sleep(retryMs, undefined, { signal: stopped.signal });
      }
    }
  };

  const askShared = (query: string): Promise<readonly PrometheusSeries[]> => {
    const answer = shared.get(query) ?? ask(query);
    shared.set(query, answer);
    return answer;
  };

  return {
    pastOf: async (watch, limit) => {
      const queries = refillQueries(watch, selector);
      const values = await ask(queries.value);
      if (values.length === 0) return [];
      const loads = await askShared(queries.load);
      const starts = queries.processStart === undefined ? [] : await askShared(queries.processStart);
      return toSamples({ values, loads, starts }, limit);
    },
    stop: async () => {
      stopped.abort();
      await api.close();
    },
  };
}
