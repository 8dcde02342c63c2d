import type { DashboardDeclaration, PanelDeclaration } from './dashboard-model.ts';
import { byServer, increase, of, quantile, rate, SERVER } from './select.ts';

const sessions: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Open sessions, beside the limit of the tier',
    description:
      'Good: up and down with the day, far below the dashed limit of the tier. Sessions that were opened and not closed, by the sidecar’s count and, where it is mapped (sources.scrape.map), by the server’s own. Source: mcp_sessions_active, mcp_server_sessions.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: byServer(of('mcp_sessions_active')), name: SERVER },
      { expr: byServer(of('mcp_server_sessions')), name: `${SERVER}, by itself` },
      {
        expr: `min(${of('mcp_tier_limit', 'resource="sessions"')})`,
        name: 'limit of the tier',
        role: 'limit',
      },
    ],
    link: { to: 'runbook', alert: 'McpSessionLeak' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Sessions opened and closed',
    description:
      'Good: both lines together. Sessions opened and closed a second; where more open than close for long, the server keeps what clients forgot. Source: mcp_sessions_opened_total, mcp_sessions_closed_total.',
    unit: 'cps',
    min: 0,
    queries: [
      { expr: `sum(${rate('mcp_sessions_opened_total')})`, name: 'opened' },
      { expr: `sum(${rate('mcp_sessions_closed_total')})`, name: 'closed' },
    ],
    link: { to: 'runbook', alert: 'McpSessionLeak' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Why sessions were closed',
    description:
      'Good: mostly delete. Why sessions were closed: those that end by silence or are evicted were forgotten by their client. Source: mcp_sessions_closed_total.',
    unit: 'short',
    min: 0,
    stacked: true,
    bars: true,
    queries: [{ expr: `sum by (reason) (${increase('mcp_sessions_closed_total')})`, name: '{{reason}}' }],
    link: { to: 'runbook', alert: 'McpSessionLeak' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Open sessions by age',
    description:
      'Good: most are young. Open sessions by age; a class of old ones that only grows is a leak. Source: mcp_sessions_active_by_age.',
    unit: 'none',
    min: 0,
    stacked: true,
    queries: [{ expr: `sum by (age) (${of('mcp_sessions_active_by_age')})`, name: '{{age}}' }],
    link: { to: 'runbook', alert: 'McpSessionLeak' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Open sessions by client, the ten with most',
    description:
      'Good: each client has about as many as it has users. Open sessions by the name that the client gave itself, the ten with most. Source: mcp_sessions_active_by_client.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: `topk(10, sum by (client) (${of('mcp_sessions_active_by_client')}))`, name: '{{client}}' },
    ],
    link: { to: 'runbook', alert: 'McpSessionLeak' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How long sessions lived',
    description:
      'Good: level. Median and P95 of the life time of sessions that ended, up to five minutes by the convention’s buckets. Source: mcp_server_session_duration_seconds.',
    unit: 's',
    min: 0,
    queries: [
      { expr: quantile(0.5, 'mcp_server_session_duration_seconds'), name: 'P50' },
      { expr: quantile(0.95, 'mcp_server_session_duration_seconds'), name: 'P95' },
    ],
    link: { to: 'runbook', alert: 'McpSessionLeak' },
    width: 12,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Memory that a session takes',
    description:
      'Good: level. Memory that an open session takes, by regression over 6 hours; absent where memory and sessions do not move together. Source: mcp_session_memory_bytes.',
    unit: 'bytes',
    min: 0,
    queries: [{ expr: byServer(of('mcp_session_memory_bytes')), name: SERVER }],
    link: { to: 'dashboard', uid: 'mcp-leaks' },
    nothing: 'not known',
    width: 12,
    height: 8,
  },
];

const streams: readonly PanelDeclaration[] = [
  {
    kind: 'timeseries',
    title: 'Open streams by kind',
    description:
      'Good: about one for each session of a client that listens. Open streams that live apart from calls: legacy GET, HTTP+SSE, subscriptions/listen. Source: mcp_streams_open.',
    unit: 'none',
    min: 0,
    queries: [{ expr: `sum by (kind) (${of('mcp_streams_open')})`, name: '{{kind}}' }],
    link: { to: 'runbook', alert: 'McpConnectionCreep' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'How long streams lived, by kind',
    description:
      'Good: level. Median of the life time of streams that ended, by kind; a fall to one value is a proxy that cuts them. Source: mcp_stream_duration_seconds.',
    unit: 's',
    min: 0,
    queries: [{ expr: quantile(0.5, 'mcp_stream_duration_seconds', { by: ['kind'] }), name: '{{kind}} P50' }],
    link: { to: 'runbook', alert: 'McpConnectionCreep' },
    width: 8,
    height: 8,
  },
  {
    kind: 'timeseries',
    title: 'Requests whose answer is overdue on an open stream',
    description:
      'Good: 0. Requests whose answer stream is open without the answer and without progress for longer than tap.parkedAfter. Source: mcp_requests_parked.',
    unit: 'none',
    min: 0,
    queries: [{ expr: byServer(of('mcp_requests_parked')), name: SERVER }],
    link: { to: 'runbook', alert: 'McpRequestsParked' },
    width: 8,
    height: 8,
  },
];

/** Sessions and streams: who opens, who forgets to close. */
export const sessionsAndStreams: DashboardDeclaration = {
  uid: 'mcp-sessions',
  title: 'MCP / Sessions and streams',
  description: 'Sessions opened, active and closed, by whom and why; streams that live apart from calls.',
  questions: [
    'Do sessions pile up, and whose are they?',
    'Why do sessions end: by DELETE, by silence, evicted?',
    'What does a session cost in memory?',
    'Are streams cut or parked?',
  ],
  variables: [],
  from: 'now-6h',
  rows: [
    { title: 'Sessions', panels: sessions },
    { title: 'Streams', panels: streams },
  ],
};
