import type { MetricSpecs } from './metric-spec.ts';

/** What the status page costs the sidecar. */
export const PAGE = {
  mcp_vitals_history_series: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Series that the status page remembers.',
    labels: [],
  },
  mcp_vitals_history_bytes: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Memory that the values of these series take.',
    labels: [],
  },
  mcp_vitals_history_series_refused_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Series that the status page does not remember because there are too many (`page.historySeries`).',
    labels: [],
  },
  mcp_vitals_page_listeners: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Open status pages that listen for updates.',
    labels: [],
  },
  mcp_vitals_page_updates_skipped_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Updates that an open page missed because it had not taken the one before.',
    labels: [],
  },
  mcp_vitals_page_listeners_dropped_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Open pages that were cut off because they took nothing for too long.',
    labels: [],
  },
  mcp_vitals_page_listeners_refused_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Pages that could not listen because too many did (`page.maxListeners`).',
    labels: [],
  },
  mcp_vitals_page_logins_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'sidecar',
    help: 'Logins to the status page: `success`, `failure` (a wrong token), `limited` (too many failures).',
    labels: ['result'],
  },
} as const satisfies MetricSpecs;
