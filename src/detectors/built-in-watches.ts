import type { BuiltInDetectorName } from '../model/detector-name.ts';
import type { DetectorSettings } from './detector-settings.ts';
import { PROFILES } from './profiles.ts';
import type { LimitSource, Reading, ToldLimit, Watch } from './watch.ts';

const page = (selector: string): Reading => ({ from: 'page', selector });
const told = (limit: ToldLimit): LimitSource => ({ told: limit });
const metric = (selector: string): LimitSource => ({ page: selector });

const requests: Reading = { from: 'requests' };
const concurrency: Reading = { from: 'concurrency' };

const { memory, connections, latency, throughput } = PROFILES;
/** Nothing says how many a server may have: far more than at first are too many. */
const threads: DetectorSettings = { ...connections, assumedLimitFactor: 4 };
/** What a session takes is held against what it took at first. */
const perSession: DetectorSettings = {
  ...memory,
  follows: 'median',
  removesLoad: false,
  assumedLimitFactor: 3,
};

/** So many requests that hang, each with its stream and what the server holds for it, are a fault wherever they end. */
const MANY_PARKED = 100;

type BuiltInWatch = Watch & { readonly detector: BuiltInDetectorName };

type Row = readonly [
  detector: BuiltInDetectorName,
  series: string,
  settings: DetectorSettings,
  value: Reading,
  limits: readonly LimitSource[],
  load: Reading,
  endsWithProcess?: boolean,
];

// prettier-ignore
const ROWS: readonly Row[] = [
  ['memory',            '',         memory,      page('mcp_process_memory_bytes'), [told('memory'), metric('mcp_process_memory_limit_bytes'), metric('mcp_tier_limit{resource="memory_bytes"}'), told('machine_memory')], requests],
  ['connections',       'postgres', connections, page('mcp_postgres_sessions'),    [told('connections'), metric('mcp_postgres_max_connections')], requests, false],
  ['connections',       'database', connections, page('mcp_database_connections'), [told('pool_size'), told('connections')], requests],
  ['connections',       'server',   connections, page('mcp_process_sockets{state="established"}'), [metric('mcp_process_open_files_limit')], requests],
  ['sessions',          '',         connections, page('mcp_sessions_active'),      [told('sessions'), metric('mcp_tier_limit{resource="sessions"}'), told('tracked_sessions')], requests],
  ['parked_requests',   '',         connections, page('mcp_requests_parked'),      [{ fixed: MANY_PARKED }], requests],
  ['open_files',        '',         connections, page('mcp_process_open_files'),   [told('open_files'), metric('mcp_process_open_files_limit')], requests],
  ['threads',           '',         threads,     page('mcp_process_threads'),      [told('threads')], requests],
  ['bytes_per_session', '',         perSession,  page('mcp_session_memory_bytes'), [], requests],
  ['throughput',        '',         throughput,  requests,                         [], concurrency],
];

/** The series that are followed without configuration, one line each: detector, series, profile, value, limits, load. */
export const BUILT_IN_WATCHES: readonly BuiltInWatch[] = ROWS.map(
  ([detector, series, settings, value, limits, load, endsWithProcess = true]) => ({
    detector,
    series,
    settings,
    value,
    limits,
    load,
    needsLoad: settings.direction === 'down',
    endsWithProcess,
  }),
);

/**
 * The two series that a tool's latency is followed by.
 * @param objectiveSeconds what its P99 must not reach, where that was told.
 */
export function latencyWatches(tool: string, objectiveSeconds: number | undefined): readonly BuiltInWatch[] {
  return (['p50', 'p99'] as const).map((percentile) => ({
    detector: 'latency',
    series: `${tool} ${percentile}`,
    settings: latency,
    value: { from: 'tool', tool, percentile },
    limits: percentile === 'p99' && objectiveSeconds !== undefined ? [{ fixed: objectiveSeconds }] : [],
    load: requests,
    needsLoad: false,
    endsWithProcess: true,
  }));
}
