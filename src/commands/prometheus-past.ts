import { isDeepStrictEqual } from 'node:util';
import type { PrometheusConfig } from '../config/backends-config.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../model/clock.ts';
import { createPrometheusApi, type PrometheusApi } from '../sources/prometheus-api.ts';
import type { TimeGrid } from '../sources/prometheus-range.ts';
import { errorMessage } from './error-text.ts';
import { prometheusOptions } from './prometheus-options.ts';
import { seriesQuery } from './series-queries.ts';

/** Values of a series by Unix time in milliseconds. */
export type PastValues = ReadonlyMap<number, number>;

/** What came of asking for several series: those that could be had, and why others could not. */
export interface Past {
  readonly values: ReadonlyMap<string, PastValues>;
  readonly notes: readonly string[];
}

/** Asks a Prometheus for what the sidecar does not remember itself. */
export interface PrometheusPast {
  readonly isConfigured: () => boolean;
  /** Never rejects: what cannot be had is a note. */
  readonly ask: (names: readonly string[], grid: TimeGrid) => Promise<Past>;
  readonly stop: () => Promise<void>;
}

/** For all that one request asks. */
const DEADLINE_MS = 10_000;
const CACHED_MS = 30_000;
const MOST_CACHED = 200;
/** Queries at a time: the server has others to serve. */
const CONCURRENCY = 3;

interface Cached {
  readonly atMs: number;
  readonly values: Promise<PastValues>;
}

/** @param parts the configuration is asked each time, so that a reload takes effect. */
export function createPrometheusPast(parts: {
  readonly config: () => Config;
  readonly clock: Clock;
}): PrometheusPast {
  const { config, clock } = parts;
  const stopped = new AbortController();
  const cache = new Map<string, Cached>();
  let asked: { readonly config: PrometheusConfig; readonly api: PrometheusApi } | undefined;

  const apiOf = (prometheus: PrometheusConfig): PrometheusApi => {
    if (asked !== undefined && isDeepStrictEqual(asked.config, prometheus)) return asked.api;
    cache.clear();
    // Its end is not waited for; what is under way fails, and that is a note.
    asked?.api.close().catch(() => undefined);
    asked = { config: prometheus, api: createPrometheusApi(prometheusOptions(prometheus)) };
    return asked.api;
  };

  const askRange = async (
    api: PrometheusApi,
    query: string,
    grid: TimeGrid,
    signal: AbortSignal,
  ): Promise<PastValues> => {
    const { series } = await api.range(query, { ...grid, signal });
    const [first, second] = series;
    if (second !== undefined) throw new Error(`want one series, got ${series.length}`);
    const values = new Map<number, number>();
    for (const [at, ms] of (first?.timesMs ?? []).entries()) {
      const value = first?.values[at] ?? Number.NaN;
      if (Number.isFinite(value)) values.set(ms, value);
    }
    return values;
  };

  const cached = (
    api: PrometheusApi,
    query: string,
    grid: TimeGrid,
    signal: AbortSignal,
  ): Promise<PastValues> => {
    const key = JSON.stringify([query, grid]);
    const nowMs = clock.nowMs();
    const known = cache.get(key);
    if (known !== undefined && nowMs - known.atMs < CACHED_MS) return known.values;
    for (const old of cache.keys()) {
      if (cache.size < MOST_CACHED) break;
      cache.delete(old);
    }
    const values = askRange(api, query, grid, signal);
    cache.set(key, { atMs: nowMs, values });
    // What failed is asked again.
    values.catch(() => cache.delete(key));
    return values;
  };

  return {
    isConfigured: () => config().sources.prometheus !== undefined,
    ask: async (names, grid) => {
      const { sources, detectors } = config();
      if (sources.prometheus === undefined) return { values: new Map(), notes: [] };
      const api = apiOf(sources.prometheus);
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(DEADLINE_MS)]);
      const values = new Map<string, PastValues>();
      const notes = new Set<string>();
      const queue = names.entries();
      const worker = async (): Promise<void> => {
        for (const [, name] of queue) {
          const query = seriesQuery(name, grid.stepMs, detectors.refill.selector);
          if (query === undefined) continue;
          try {
            values.set(name, await cached(api, query, grid, signal));
          } catch (error) {
            notes.add(errorMessage(error));
          }
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      return { values, notes: [...notes] };
    },
    stop: async () => {
      stopped.abort();
      await asked?.api.close();
    },
  };
}
