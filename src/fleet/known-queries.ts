import { BUILT_IN_WATCHES } from '../detectors/built-in-watches.ts';
import type { DetectorSettings } from '../detectors/detector-settings.ts';
import { PROFILES } from '../detectors/profiles.ts';
import type { FleetDetectorName } from '../model/fleet-detector-name.ts';
import type { WatchedQuery } from './watched-query.ts';

/** Writes the selector of a metric, narrowed to the fleet and by one more matcher. */
type Select = (metric: string, matcher?: string) => string;

/** What a query is made of. */
type Recipe = (select: Select) => Omit<WatchedQuery, 'detector' | 'settings'>;

/** Requests a second of each server; a rate, for the gauge of a moment would be noise. */
const requests = (select: Select): string =>
  `sum without (method, endpoint, status) (rate(${select('request_duration_seconds_count')}[5m]))`;

const ofProcess = (select: Select) => ({
  loadQuery: requests(select),
  startQuery: select('mcp_process_start_time_seconds'),
});

const RECIPES: Readonly<Record<FleetDetectorName, readonly Recipe[]>> = {
  memory: [
    (select) => ({
      query: select('mcp_process_memory_bytes'),
      limitQuery: select('mcp_process_memory_limit_bytes'),
      ...ofProcess(select),
    }),
  ],
  connections: [
    (select) => ({
      series: 'postgres',
      query: `sum without (state) (${select('mcp_postgres_sessions')})`,
      limitQuery: select('mcp_postgres_max_connections'),
      loadQuery: requests(select),
    }),
    (select) => ({
      series: 'server',
      query: `sum without (state) (${select('mcp_process_sockets', 'state="established"')})`,
      limitQuery: select('mcp_process_open_files_limit'),
      ...ofProcess(select),
    }),
  ],
  sessions: [(select) => ({ query: select('mcp_sessions_active'), ...ofProcess(select) })],
  open_files: [
    (select) => ({
      query: select('mcp_process_open_files'),
      limitQuery: select('mcp_process_open_files_limit'),
      ...ofProcess(select),
    }),
  ],
  threads: [(select) => ({ query: select('mcp_process_threads'), ...ofProcess(select) })],
  bytes_per_session: [(select) => ({ query: select('mcp_session_memory_bytes'), ...ofProcess(select) })],
  latency: [(select) => ({ query: select('mcp_tool_latency_seconds'), ...ofProcess(select) })],
  throughput: [
    (select) => ({
      query: requests(select),
      loadQuery: `(${select('mcp_sessions_active')} > 0) or ${select('mcp_requests_in_flight')}`,
      startQuery: select('mcp_process_start_time_seconds'),
    }),
  ],
};

/** The settings that the sidecar itself uses. */
const settingsOf = (detector: FleetDetectorName): DetectorSettings =>
  BUILT_IN_WATCHES.find((watch) => watch.detector === detector)?.settings ?? PROFILES.latency;

/**
 * What to ask for the series of a detector over a fleet of sidecars.
 * @param matchers what selects them, as between the braces of a selector: `job="mcp"`; may be empty.
 */
export function knownQueries(detector: FleetDetectorName, matchers = ''): readonly WatchedQuery[] {
  const select: Select = (metric, ...own) => {
    const all = [matchers.trim().replace(/,$/, ''), ...own].filter((text) => text !== '');
    return all.length === 0 ? metric : `${metric}{${all.join(',')}}`;
  };
  const settings = settingsOf(detector);
  return RECIPES[detector].map((recipe) => ({ detector, settings, series: '', ...recipe(select) }));
}
