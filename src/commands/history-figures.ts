import type { LiveBackends } from '../model/live-snapshot.ts';
import type { ProbeSummary } from '../model/probe-history.ts';
import type { SampleName } from '../model/sample.ts';
import { labelledName } from '../model/series-name.ts';
import { readSum } from '../metrics/read-metric.ts';
import type { MetricName } from '../metrics/catalog.ts';
import type { Observation } from './observation.ts';

/** What the history is fed from: the same that the terminal view and /metrics show. */
export interface FigureSources {
  readonly observation: Pick<Observation, 'registry' | 'live' | 'board'>;
  readonly inFlight: () => number;
  readonly backends: () => LiveBackends;
  readonly probes: () => readonly ProbeSummary[];
}

/** Figures of the moment, read at the end of each interval. */
export interface FigureReader {
  /** @param seconds how long the interval lasted. */
  readonly read: (seconds: number) => Promise<ReadonlyMap<string, number>>;
}

/** Samples of the board by the series that they become, where there is one of each. */
const SAMPLES = {
  cpu_ratio: 'mcp_process_cpu_ratio',
  cpu_cores: 'mcp_process_cpu_cores',
  memory_bytes: 'mcp_process_memory_bytes',
  open_files: 'mcp_process_open_files',
  threads: 'mcp_process_threads',
  server_sessions: 'mcp_server_sessions',
  oldest_transaction_seconds: 'mcp_postgres_oldest_transaction_age_seconds',
} as const satisfies Readonly<Record<string, SampleName>>;

/** Gauges of our own page by the series that they become. */
const GAUGES = {
  oldest_request_seconds: 'mcp_oldest_request_age_seconds',
  parked_requests: 'mcp_requests_parked',
} as const satisfies Readonly<Record<string, MetricName>>;

/** Counters of our own page by the series that their rates become. */
const COUNTERS = {
  tap_dropped_rate: 'mcp_vitals_tap_dropped_total',
  exchange_rate: 'mcp_vitals_exchanges_seen_total',
  names_capped_rate: 'mcp_vitals_label_values_capped_total',
  sessions_opened_rate: 'mcp_sessions_opened_total',
  restart_rate: 'mcp_process_restarts_total',
  deadlock_rate: 'mcp_postgres_deadlocks_total',
} as const satisfies Readonly<Record<string, MetricName>>;

/** Reads what is remembered of each interval, under the names of the page's series. */
export function createFigureReader(sources: FigureSources): FigureReader {
  const { observation } = sources;
  const { registry, board, live } = observation;
  const counts = new Map<string, number>();
  let cpu = process.cpuUsage();

  const one = (name: SampleName): number | undefined => board.samplesOf(name)[0]?.value;

  /** Rate since the interval before; undefined at the first, and after a count that began anew. */
  const rateOf = (name: string, count: number | undefined, seconds: number): number | undefined => {
    const before = counts.get(name);
    if (count === undefined) {
      counts.delete(name);
      return undefined;
    }
    counts.set(name, count);
    return before === undefined || count < before ? undefined : (count - before) / seconds;
  };

  const ratioOf = (part: number | undefined, whole: number | undefined): number | undefined =>
    part === undefined || whole === undefined || !(whole > 0) ? undefined : part / whole;

  return {
    read: async (seconds) => {
      const figures = new Map(live.interval.take(seconds));
      const set = (name: string, value: number | undefined): void => {
        if (value !== undefined && Number.isFinite(value)) figures.set(name, value);
      };
      set('in_flight', sources.inFlight());
      set('sessions', live.sessionsActive());
      set('streams', live.streamsOpen());
      for (const [series, name] of Object.entries(SAMPLES)) set(series, one(name));
      set(
        'memory_limit_ratio',
        ratioOf(one('mcp_process_memory_bytes'), one('mcp_process_memory_limit_bytes')),
      );
      set(
        'open_files_limit_ratio',
        ratioOf(one('mcp_process_open_files'), one('mcp_process_open_files_limit')),
      );
      const postgresSessions = board.samplesOf('mcp_postgres_sessions');
      if (postgresSessions.length > 0) {
        const taken = postgresSessions.reduce((sum, { value }) => sum + value, 0);
        set('postgres_connection_ratio', ratioOf(taken, one('mcp_postgres_max_connections')));
      }
      const { pools, caches, database } = sources.backends();
      for (const { type, ratio } of pools) set(labelledName('pool_ratio', type), ratio);
      for (const { type, ratio } of caches) set(labelledName('cache_hit_ratio', type), ratio);
      set('database_query_rate', database?.queriesPerSecond);
      set('database_p99_ms', database?.p99Ms);
      set('database_connections', database?.connections);
      for (const { name, state, enabled, lastRun } of sources.probes()) {
        if (!enabled || state === 'unknown') continue;
        set(labelledName('probe_up', name), state === 'down' ? 0 : 1);
        set(labelledName('probe_ms', name), lastRun?.durationMs);
      }
      for (const [series, name] of Object.entries(GAUGES)) set(series, await readSum(registry, name));
      for (const [series, name] of Object.entries(COUNTERS)) {
        set(series, rateOf(series, await readSum(registry, name), seconds));
      }
      const used = process.cpuUsage(cpu);
      cpu = process.cpuUsage();
      set('sidecar_cpu_ratio', (used.user + used.system) / 1e6 / seconds);
      set('sidecar_memory_bytes', process.memoryUsage.rss());
      return figures;
    },
  };
}
