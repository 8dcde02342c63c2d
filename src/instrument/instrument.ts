import { hostname } from 'node:os';
import { Registry } from '@prometheus-io/client';
import { KNOWN_METHODS } from '../mcp/methods.ts';
import { baselineSeconds, exportBaseline } from '../metrics/baseline-metrics.ts';
import { createDatabaseRecorder } from '../metrics/database-recorder.ts';
import { expose, type Exposition } from '../metrics/exposition.ts';
import { createOtelInstruments } from '../metrics/otel-instruments.ts';
import { createTrafficRecorder } from '../metrics/traffic-recorder.ts';
import type { Baseline } from '../model/baseline.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import { DEFAULT_ERROR_PATTERNS, type ErrorPattern } from '../model/error-pattern.ts';
import { createCacheMetrics, type CacheCounter } from './cache-metrics.ts';
import { createFaults } from './faults.ts';
import { observeCache, type ObservableCache } from './observe-cache.ts';
import { observePool, type ObservablePool } from './observe-pool.ts';
import { observeRedis, type ObservableRedis } from './observe-redis.ts';
import { createServerObserver, type ObservableServer } from './observe-server.ts';
import { createPoolMetrics } from './pool-metrics.ts';
import { serveMetrics, type MetricsHandler } from './serve-metrics.ts';

export type {
  Baseline,
  CacheCounter,
  ErrorPattern,
  Exposition,
  MetricsHandler,
  ObservableCache,
  ObservablePool,
  ObservableRedis,
  ObservableServer,
};

/** Choices of {@link instrument}; all have a default. */
export interface InstrumentOptions {
  /** Where the metrics are registered: one of their own by default. It must not have metrics of these names. */
  readonly registry?: Registry;
  /** What the server is held against: its latencies make `mcp_requests_over_baseline_total`. Without one, nothing is compared. */
  readonly baseline?: Baseline;
  /** Value of the label `instance` of `requests_per_second`: the host's name by default. */
  readonly instance?: string;
  /** Most names of tools that become label values (200); the rest is `other`. */
  readonly maxTools?: number;
  /** Most names of prompts that become label values (200). */
  readonly maxPrompts?: number;
  /** Most requests of one connection that may wait for their answer (10,000); one beyond is no longer followed. */
  readonly maxPending?: number;
  /** Tool name → the argument whose length is its batch size. */
  readonly batchTools?: ReadonlyMap<string, string>;
  /** Tried in order against an error's text; the first match is its `error_type`. A list given replaces the default. */
  readonly errorTypes?: readonly ErrorPattern[];
  /** Told each fault of the instrumentation itself, which is counted and goes no further; what it throws or rejects with is dropped. */
  readonly onFault?: (error: unknown) => unknown;
  readonly clock?: Clock;
}

/** Where a pool's connections are counted. */
export interface PoolOptions {
  /** Value of the label `pool_type` (`main`); pools of one type are added up. */
  readonly poolType?: string;
}

/** Where a Redis client's lookups are counted. */
export interface RedisOptions {
  /** Value of the label `cache_type` (`redis`). */
  readonly cacheType?: string;
}

/** Measures a server from inside, with the sidecar's metrics. What it is given works on as before; each call may be repeated. */
export interface Vitals {
  readonly registry: Registry;
  /**
   * Measures the requests of an MCP server, before or after it is connected and its tools are registered. A session
   * ends when its transport is closed: one that is dropped without `close` stays in `mcp_sessions_active` for good.
   */
  readonly server: <Server extends ObservableServer>(server: Server) => Server;
  /** Measures queries, failures and use of a `pg.Pool`. @throws Error at first use if the registry has a metric of one of the names already. */
  readonly pool: <Pool extends ObservablePool>(pool: Pool, options?: PoolOptions) => Pool;
  /** Counts hits and misses of a Redis client's lookups. @throws Error as `cache` does. */
  readonly redis: <Client extends ObservableRedis>(client: Client, options?: RedisOptions) => Client;
  /**
   * Counts hits and misses of a cache; without one, gives a counter to be used by hand.
   * @throws Error at first use if the registry has a metric `cache_hit_rate` already.
   */
  readonly cache: {
    (cacheType: string): CacheCounter;
    <Cache extends ObservableCache>(cacheType: string, cache: Cache): Cache;
  };
  /** Handler of `GET /metrics` for Express and node:http. */
  readonly express: () => MetricsHandler;
  /**
   * The page of metrics.
   * @param accept the scraper's Accept header: OpenMetrics for whom prefers it; the text format without one.
   * @throws Error if it cannot be collected.
   */
  readonly metrics: (accept?: string) => Promise<Exposition>;
  /** Releases what OpenTelemetry's metrics hold: from then on the page has those of the registry alone. May be repeated. */
  readonly stop: () => Promise<void>;
}

/** A baseline that states nothing, so that nothing is compared. */
const NO_BASELINE: Baseline = {
  throughputPerSecond: 0,
  latency: {},
  errorRatio: 0,
  cpuRatio: 0,
  memoryBytes: 0,
  poolRatio: 0,
  cacheHitRatio: 0,
  tools: new Map(),
};

/**
 * Sets up the metrics of one process.
 * @throws Error if the registry given has a metric of one of the names already.
 */
export function instrument(options: InstrumentOptions = {}): Vitals {
  const { registry = new Registry(), baseline = NO_BASELINE, clock = systemClock } = options;
  const otel = createOtelInstruments(baselineSeconds(baseline));
  const caps = {
    maxTools: options.maxTools ?? 200,
    maxPrompts: options.maxPrompts ?? 200,
    maxPaths: 50,
    maxMethods: 50,
    maxClients: 50,
  };
  const sink = createTrafficRecorder({
    registry,
    otel,
    clock,
    baseline,
    caps: () => caps,
    knownMethods: KNOWN_METHODS,
    instance: options.instance ?? hostname(),
    insideServer: true,
  });
  if (options.baseline) exportBaseline(options.baseline, registry);
  const faults = createFaults((error) => {
    sink.dropped('tap_error');
    return options.onFault?.(error);
  });

  const seen = new WeakSet<object>();
  /** Runs a set-up once for each object; what fails is counted, and the object stays as it was. */
  const once = <T extends object>(subject: T, setUp: () => void): T => {
    faults.guard(() => {
      if (seen.has(subject)) return;
      seen.add(subject);
      setUp();
    });
    return subject;
  };
  const observeServer = createServerObserver(
    {
      sink,
      clock,
      errorPatterns: options.errorTypes?.map(withoutMemory) ?? DEFAULT_ERROR_PATTERNS,
      batchTools: options.batchTools ?? new Map(),
      maxPending: options.maxPending ?? 10_000,
    },
    faults,
  );
  // Made when first needed: a registry that has such metrics of its own keeps them otherwise.
  const database = lazily(() => createDatabaseRecorder(registry, () => sink.dropped('tap_error')));
  const addPool = lazily(() => createPoolMetrics(registry));
  const cacheCounter = lazily(() => createCacheMetrics(registry, clock));
  let stopped: Promise<void> | undefined;
  const metrics = async (accept?: string): Promise<Exposition> =>
    expose(registry, stopped ? '' : otel.expose(), accept);

  function cache(cacheType: string): CacheCounter;
  function cache<Cache extends ObservableCache>(cacheType: string, subject: Cache): Cache;
  function cache<Cache extends ObservableCache>(cacheType: string, subject?: Cache): Cache | CacheCounter {
    const counter = cacheCounter()(cacheType);
    return subject ? once(subject, () => observeCache(subject, counter, faults)) : counter;
  }

  return {
    registry,
    server: (server) => {
      faults.guard(() => observeServer(server));
      return server;
    },
    pool: (pool, { poolType = 'main' } = {}) => {
      const addUse = addPool();
      const queries = database();
      return once(pool, () =>
        observePool(pool, { sink: queries, clock, faults, addUse: (use) => addUse(poolType, use) }),
      );
    },
    redis: (client, { cacheType = 'redis' } = {}) => {
      const counter = cacheCounter()(cacheType);
      return once(client, () => observeRedis(client, counter, faults));
    },
    cache,
    express: () => serveMetrics(metrics),
    metrics,
    stop: () => (stopped ??= otel.shutdown()),
  };
}

/** A pattern with the flag `g` or `y` starts where its last match ended, and would miss every second time. */
const withoutMemory = ({ pattern, ...rest }: ErrorPattern): ErrorPattern => ({
  ...rest,
  pattern: new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')),
});

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
