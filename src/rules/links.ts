/** Where runbooks and dashboards are served for the people on call. */
export interface Links {
  /** Base address of docs/runbooks, without a slash at its end. */
  readonly runbooks: string;
  /** Address of the server dashboard; `var-job` and `var-instance` are added. */
  readonly dashboard: string;
}

/** Placeholders of the files that ship: `mcp-vitals rules` writes them with your own. */
export const placeholderLinks: Links = {
  runbooks: 'https://runbooks.example.com/mcp-vitals',
  dashboard: 'https://grafana.example.com/d/mcp-vitals-server',
};

/** Address of an alert's section of the runbook: `…/latency.md#mcplatencydrift`. */
export function runbookUrl(links: Links, group: string, alert: string): string {
  return `${links.runbooks}/${group}.md#${alert.toLowerCase()}`;
}

/** Address of the dashboard of the alert's server, a template. */
export function dashboardUrl(links: Links): string {
  return `${links.dashboard}?var-job={{ $labels.job }}&var-instance={{ $labels.instance }}`;
}
