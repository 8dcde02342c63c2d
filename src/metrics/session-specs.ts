import type { MetricSpecs } from './metric-spec.ts';

/** Metrics of the sessions between clients and the server. */
export const SESSIONS = {
  mcp_sessions_active: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions that were opened and not closed.',
    labels: [],
  },
  mcp_sessions_opened_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions opened before the eyes of the sidecar, or adopted when first seen in use.',
    labels: ['how'],
  },
  mcp_sessions_closed_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions closed: by DELETE, by 404, by silence, with their stream, by exit of the server, or evicted by the cap.',
    labels: ['reason'],
  },
  mcp_server_sessions: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions that the server itself says it holds, from its own metrics page or from Prometheus (`sources.scrape.map`, `sources.prometheus.queries`).',
    labels: [],
  },
  mcp_sessions_active_by_age: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Open sessions by how long ago they were opened: `lt_5m`, `lt_1h`, `lt_6h`, `lt_24h` or `ge_24h`, each without those of the classes before.',
    labels: ['age'],
  },
  mcp_sessions_active_by_client: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Open sessions by the name that the client gave itself at initialize; `unknown` where that was not seen.',
    labels: ['client'],
  },
  mcp_sessions_opened_by_client_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions opened or adopted, by client; counted when the client has said its name, at the latest when the session is closed.',
    labels: ['client'],
  },
  mcp_sessions_closed_by_client_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'traffic',
    help: 'Sessions closed, by client and by the same reasons as in mcp_sessions_closed_total.',
    labels: ['client', 'reason'],
  },
} as const satisfies MetricSpecs;
