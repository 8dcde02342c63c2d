import { stringify } from 'yaml';
import type { RenderedFile } from '../rules/render-rules.ts';

const mark = '# Generated from src/dashboards by `npm run generate`. Do not edit.';

/** Grafana's folder of the dashboards. */
const FOLDER = 'MCP servers';
const UID = 'prometheus';
const TRACES_UID = 'traces';

const prometheus = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      uid: UID,
      type: 'prometheus',
      access: 'proxy',
      // Grafana reads it from its environment, and knows no default.
      url: '$MCP_VITALS_PROMETHEUS_URL',
      isDefault: true,
      editable: false,
      jsonData: {
        httpMethod: 'POST',
        // The scrape interval of prometheus/prometheus.yml: shorter, and rates have holes.
        timeInterval: '15s',
        exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: TRACES_UID }],
      },
    },
  ],
};

const traces = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Traces',
      uid: TRACES_UID,
      type: 'tempo',
      access: 'proxy',
      url: '$MCP_VITALS_TRACES_URL',
      editable: false,
    },
  ],
};

const provider = {
  apiVersion: 1,
  providers: [
    {
      name: 'mcp-vitals',
      folder: FOLDER,
      type: 'file',
      disableDeletion: true,
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
      options: { path: '/var/lib/grafana/dashboards', foldersFromFilesStructure: false },
    },
  ],
};

const file = (path: string, about: string, value: unknown): RenderedFile => ({
  path: `grafana/${path}`,
  text: `${mark}\n${about}\n${stringify(value)}`,
});

/** What Grafana reads when it starts: the data source and where the dashboards are; one for traces beside it. */
export const renderProvisioning = (): RenderedFile[] => [
  file(
    'provisioning/datasources/prometheus.yaml',
    '# Set MCP_VITALS_PROMETHEUS_URL in the environment of Grafana, e.g. http://prometheus:9090.',
    prometheus,
  ),
  file(
    'provisioning/dashboards/mcp-vitals.yaml',
    '# The home: GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH=/var/lib/grafana/dashboards/mcp-overview.json',
    provider,
  ),
  file(
    'traces.yaml',
    `# Where the sidecar's traces go to a Tempo: put this file into provisioning/datasources, and set
# MCP_VITALS_TRACES_URL in the environment of Grafana, e.g. http://tempo:3200. The points in the latency
# panels then lead to their trace.`,
    traces,
  ),
];
