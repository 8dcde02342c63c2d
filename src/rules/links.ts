import type { DashboardUid } from '../model/dashboard-uid.ts';

/** Where runbooks and dashboards are served for the people on call. */
export interface Links {
  /** Base address of docs/runbooks, without a slash at its end. */
  readonly runbooks: string;
  /** Address of Grafana, without a slash at its end. */
  readonly grafana: string;
}

/** Placeholders of the files that ship: `mcp-vitals rules` writes them with your own. */
export const placeholderLinks: Links = {
  runbooks: 'https://runbooks.example.com/mcp-vitals',
  grafana: 'https://grafana.example.com',
};

/** Address of an alert's section of the runbook: `…/latency.md#mcplatencydrift`. */
export function runbookUrl(links: Links, group: string, alert: string): string {
  return `${links.runbooks}/${group}.md#${alert.toLowerCase()}`;
}

/** Address of an alert's dashboard with its server chosen, a template. */
export function dashboardUrl(links: Links, uid: DashboardUid): string {
  return `${links.grafana}/d/${uid}?var-job={{ $labels.job }}&var-instance={{ $labels.instance }}`;
}
