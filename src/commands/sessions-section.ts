import type { SessionInsight } from '../detectors/session-insight.ts';
import { readByLabel, readSum } from '../metrics/read-metric.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import type { PageSessions } from '../model/page-sessions.ts';
import { SESSION_AGES } from '../model/session-census.ts';
import type { Observation } from './observation.ts';

/** Clients that the page shows. */
const MOST_CLIENTS = 50;

/** The section of sessions and streams. */
export async function sessionsSection(
  { registry }: Pick<Observation, 'registry'>,
  live: LiveSnapshot,
  insight: SessionInsight,
): Promise<PageSessions> {
  const closedBy = await readByLabel(registry, 'mcp_sessions_closed_total', 'reason');
  const streams = await readByLabel(registry, 'mcp_streams_open', 'kind');
  return {
    active: live.sessionsActive,
    silent: insight.silent,
    opened: live.sessionsOpened,
    closed: live.sessionsClosed,
    closedBy: [...closedBy].map(([reason, count]) => ({ reason, count })),
    byAge: SESSION_AGES.map(({ label }) => ({ age: label, count: insight.byAge[label] ?? 0 })),
    clients: insight.clients
      .slice(0, MOST_CLIENTS)
      .map(({ client, opened, deleted, left }) => ({ client, opened, deleted, left })),
    diagnosis: insight.diagnosis,
    words: insight.text,
    streams: [...streams].map(([kind, open]) => ({ kind, open })),
    inFlight: live.inFlight,
    parked: (await readSum(registry, 'mcp_requests_parked')) ?? null,
    oldestRequestSeconds: (await readSum(registry, 'mcp_oldest_request_age_seconds')) ?? null,
    bytesPerSession: (await readSum(registry, 'mcp_session_memory_bytes')) ?? null,
  };
}
