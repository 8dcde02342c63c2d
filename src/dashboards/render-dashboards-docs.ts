import type { DashboardDeclaration } from './dashboard-model.ts';
import { dashboards } from './index.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function section(dashboard: DashboardDeclaration): string {
  const { uid, title, description, questions, rows } = dashboard;
  const name = title.replace('MCP / ', '');
  const panels = rows.flatMap((row) =>
    row.panels.map((panel) => `| ${cell(row.title)} | ${cell(panel.title)} | ${cell(panel.description)} |`),
  );
  return `## ${name}

${description} [${uid}.json](../grafana/dashboards/${uid}.json)

![The dashboard ${name}](images/dashboard-${uid.replace('mcp-', '')}.png)

${questions.map((question) => `- ${question}`).join('\n')}

<details>
<summary>Its ${panels.length} panels</summary>

| row | what is seen | what good looks like, and the source |
| --- | --- | --- |
${panels.join('\n')}

</details>`;
}

/** Renders docs/dashboards.md: how to have them in Grafana, and what each of them answers. */
export const renderDashboardsDocs =
  (): string => `<!-- Generated from src/dashboards by \`npm run generate\`. Do not edit. -->

# Dashboards

Ten dashboards for Grafana 9.4 to 13, over what Prometheus scrapes from the sidecars and records by [the rules](alerts.md). Each panel's title states what is seen; its description says what good looks like and where the figure comes from; its link leads to the section of the runbook, or to the dashboard with more of it.

The pictures show the demo with faults switched on, so that there is something to see. They are drawn from the same files by the project's own test harness, which draws each panel in a browser from a real Prometheus; Grafana's own look differs a little.

## How to have them

**With Docker Compose** they are there: the stack provisions data source, folder and home.

**In a Grafana of your own, by file.** The dashboards need the recorded series of [prometheus/rules](../prometheus/rules), see [deployment.md](deployment.md#alerting).

\`\`\`sh
mcp-vitals rules --out /etc/mcp-vitals --runbooks https://wiki.example.com/mcp --grafana https://grafana.example.com
cp /etc/mcp-vitals/dashboards/*.json /var/lib/grafana/dashboards/
cp -r grafana/provisioning/* /etc/grafana/provisioning/
\`\`\`

\`rules\` writes them with the addresses of your runbooks; the files in [grafana/dashboards](../grafana/dashboards) have placeholders. Grafana's environment takes:

| variable | for |
| --- | --- |
| \`MCP_VITALS_PROMETHEUS_URL\` | the data source, e.g. \`http://prometheus:9090\` |
| \`GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH\` | the home: \`/var/lib/grafana/dashboards/mcp-overview.json\` |
| \`MCP_VITALS_TRACES_URL\` | with [grafana/traces.yaml](../grafana/traces.yaml) among the data sources: the points in the latency panels lead to their trace |

**By hand.** Import the files (Dashboards, New, Import), and choose your Prometheus in the variable *Data source*. If it scrapes the sidecars at another interval than 15 s, say so in the data source (*Scrape interval*): \`$__rate_interval\` follows it.

They are not editable in place, since the next update would undo it: save a copy under another name.

## Variables

| variable | chooses |
| --- | --- |
| Data source | the Prometheus |
| Job | jobs that scrape sidecars |
| Server | servers by the name that their sidecar gives them (setting \`instance\`, by default the host's name) |
| Instance | the same by the address that is scraped; with a server chosen only its own |
| Tool | tools that were called (Tools) |
| Autoscaler | HorizontalPodAutoscalers (Capacity and cost) |

All of them take several values, and follow from one dashboard to the next by its links. A name of a server is known from \`requests_per_second\`, whose label Prometheus renames to \`exported_instance\`; with \`honor_labels: true\` choose by *Instance* instead.

Three kinds of moments are marked on every time axis: restarts of the server's process, reloads of the sidecar's configuration, and alerts while they fire. Dashed lines are what a live one is held against: a baseline, the document's curve, or in red a limit.

${dashboards.map(section).join('\n\n')}
`;
