import { isDeepStrictEqual } from 'node:util';
import type { SourceTiming, SourcesConfig } from '../config/backends-config.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Source, SourceReading } from '../model/source.ts';
import { createPostgresSource } from '../sources/postgres-source.ts';
import { createProcessSource, type ProcessTarget } from '../sources/process-source.ts';
import { createPrometheusSource } from '../sources/prometheus-source.ts';
import { createRedisSource } from '../sources/redis-source.ts';
import { runSource, type RunningSource } from '../sources/run-source.ts';
import { createScrapeSource } from '../sources/scrape-source.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import type { Observation } from './observation.ts';
import { prometheusOptions } from './prometheus-options.ts';

/** What the sources are given from outside. */
export interface SourceParts {
  readonly observation: Observation;
  readonly clock: Clock;
  readonly log: Log;
  /** Process id of the server, where the sidecar has started it itself; undefined while it does not run. */
  readonly child?: () => number | undefined;
}

/** Sources that are read. */
export interface RunningSources {
  /** Starts what is new, stops what is gone, and starts anew what changed. */
  readonly apply: (config: SourcesConfig) => Promise<void>;
  /** Names of the sources whose last reading failed. */
  readonly failing: () => readonly string[];
  /** The last reading of each source that is read; undefined: it was not read yet. */
  readonly readings: () => ReadonlyMap<string, SourceReading | undefined>;
  readonly stop: () => Promise<void>;
}

type Kind = keyof SourcesConfig;

interface Running {
  readonly config: SourceTiming;
  readonly source: RunningSource;
}

const KINDS: readonly Kind[] = ['process', 'postgres', 'redis', 'scrape', 'prometheus'];

/** What is to be read: a process that is named, or, once it runs, the one that the sidecar started itself. */
function wanted(config: SourcesConfig, child: SourceParts['child']): Partial<SourcesConfig> {
  const { process, ...rest } = config;
  const isNamed = process.pid !== undefined || process.port !== undefined || process.command !== undefined;
  return isNamed || child?.() !== undefined ? config : rest;
}

/** The process that is named, or else the sidecar's own child. */
export function processTarget(
  { pid, port, command }: SourcesConfig['process'],
  child: SourceParts['child'],
): ProcessTarget {
  if (pid !== undefined) return { pid };
  if (port !== undefined) return { port };
  if (command !== undefined) return { command };
  return { child: child ?? (() => undefined) };
}

/** Makes the source of a kind; undefined if it is not configured. */
function createSource(kind: Kind, config: Partial<SourcesConfig>, parts: SourceParts): Source | undefined {
  const { clock, log } = parts;
  const onProblem = (text: string): void => log('warn', `source ${kind}: ${text}`);
  switch (kind) {
    case 'process': {
      const { process } = config;
      return process && createProcessSource({ target: processTarget(process, parts.child), clock });
    }
    case 'postgres': {
      if (config.postgres === undefined) return undefined;
      const { url, tls, password, pools, timeoutMs } = config.postgres;
      return createPostgresSource({
        ...url,
        ...(password !== undefined && { password }),
        ...(tls && { tls }),
        pools,
        timeoutMs,
        onProblem,
      });
    }
    case 'redis': {
      if (config.redis === undefined) return undefined;
      const { url, tls, password, cacheType, timeoutMs } = config.redis;
      const { tls: encrypted, ...address } = url;
      return createRedisSource({
        ...address,
        ...(encrypted && { tls }),
        ...(password !== undefined && { password }),
        cacheType,
        timeoutMs,
      });
    }
    case 'scrape': {
      if (config.scrape === undefined) return undefined;
      const { url, token, tls, map } = config.scrape;
      return createScrapeSource({
        url,
        ...(token !== undefined && { bearer: token }),
        tls,
        mappings: map,
        onProblem,
      });
    }
    case 'prometheus': {
      // Without a query it is there for others to ask, and is not read.
      if (config.prometheus === undefined || config.prometheus.queries.length === 0) return undefined;
      const { queries, timeoutMs } = config.prometheus;
      return createPrometheusSource({
        ...prometheusOptions(config.prometheus),
        queries,
        // Less than a reading may take, so that one slow query does not cost the samples of the others.
        queryTimeoutMs: timeoutMs * 0.6,
        onProblem,
      });
    }
    default:
      return kind satisfies never;
  }
}

/** Starts the sources that are configured; what they read goes on the board. */
export async function startSources(initial: SourcesConfig, parts: SourceParts): Promise<RunningSources> {
  const { observation, clock, log } = parts;
  const running = new Map<Kind, Running>();
  const failing = new Set<string>();
  const readings = new Map<string, SourceReading>();

  const onReading = (reading: SourceReading): void => {
    observation.sources.reading(reading);
    readings.set(reading.source, reading);
    const { source } = reading;
    if (reading.ok) {
      if (failing.delete(source)) log('info', `source ${source}: read again`);
      return;
    }
    // Once, not at each interval: the metric says how long it lasts.
    if (!failing.has(source)) log('warn', `source ${source}: ${reading.reason}`);
    failing.add(source);
  };

  const stopOne = async (kind: Kind): Promise<void> => {
    const stopped = running.get(kind);
    running.delete(kind);
    await stopped?.source.stop();
    failing.delete(kind);
    readings.delete(kind);
    observation.sources.forget(kind);
  };

  const startOne = (kind: Kind, config: Partial<SourcesConfig>): void => {
    const own = config[kind];
    if (own === undefined) return;
    const startedMs = clock.nowMs();
    try {
      const source = createSource(kind, config, parts);
      if (source === undefined) return;
      const { intervalMs, timeoutMs } = own;
      const onError = (error: unknown): void => log('error', `source ${kind}: ${errorDetail(error)}`);
      running.set(kind, {
        config: own,
        source: runSource({ name: kind, source, intervalMs, timeoutMs, clock, onReading, onError }),
      });
    } catch (error) {
      // One that cannot even be made is like one that cannot be read: the others go on.
      const durationMs = clock.nowMs() - startedMs;
      onReading({ source: kind, wallMs: clock.wallMs(), durationMs, ok: false, reason: errorMessage(error) });
    }
  };

  const apply = async (config: SourcesConfig): Promise<void> => {
    const target = wanted(config, parts.child);
    for (const kind of KINDS) {
      if (isDeepStrictEqual(running.get(kind)?.config, target[kind])) continue;
      await stopOne(kind);
      startOne(kind, target);
    }
  };

  await apply(initial);
  return {
    apply,
    failing: () => [...failing].toSorted(),
    readings: () =>
      new Map([...running.keys(), ...readings.keys()].map((kind) => [kind, readings.get(kind)])),
    stop: async () => {
      await Promise.all([...running.keys()].map(stopOne));
    },
  };
}
