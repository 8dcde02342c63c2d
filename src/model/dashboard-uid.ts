/** The dashboards' ids: the last part of their address in Grafana, and of their file's name. */
export const DASHBOARD_UIDS = [
  'mcp-overview',
  'mcp-tools',
  'mcp-sessions',
  'mcp-leaks',
  'mcp-backends',
  'mcp-probes',
  'mcp-load-tests',
  'mcp-capacity',
  'mcp-slo',
  'mcp-sidecar',
] as const;

/** One of {@link DASHBOARD_UIDS}. */
export type DashboardUid = (typeof DASHBOARD_UIDS)[number];
