import { alertmanagerConfig, type ReceiverSettings } from './alertmanager-config.ts';
import { toYaml } from './render-rules.ts';
import { declaredWindows } from './windows.ts';

/** Renders alerts/alertmanager.yml: routes, quiet hours, inhibitions, and a receiver of each kind to choose from. */
export function renderAlertmanager(): string {
  return `# Generated from src/rules/alertmanager-config.ts by \`npm run generate\`. Do not edit: copy it, and take
# the receivers that you have. Loads in Alertmanager 0.25 and later.
#
# critical wakes someone; warning is a ticket and waits for the morning (quiet-hours); info goes to nobody.
# Alerts of one server come together in one message. Secrets are read from files.
${toYaml(alertmanagerConfig())}`;
}

/** Renders the configuration of the compose file's Alertmanager, whose receivers write to a log. */
export function renderBundledAlertmanager(): string {
  const logged = (name: string): ReceiverSettings => ({
    webhook_configs: [{ url: `http://alert-log:8080/${name}`, send_resolved: name !== 'watchdog' }],
  });
  const receivers = { page: logged('page'), ticket: logged('ticket'), watchdog: logged('watchdog') };
  return `# Generated from src/rules/alertmanager-config.ts by \`npm run generate\`. Do not edit.
#
# Alertmanager in docker-compose.yml: every alert becomes a line of \`docker compose logs alert-log\`, and nobody is
# woken. For receivers of your own copy alerts/alertmanager.yml and alerts/mcp-vitals.tmpl into a directory, take the
# receivers that you have, and name the directory as ALERTMANAGER_DIR; their secrets go to docker/secrets/alertmanager.
${toYaml(alertmanagerConfig({ receivers, windows: declaredWindows, quietHours: false }))}`;
}

/** Renders alerts/mcp-vitals.tmpl: messages that can be read on a phone. */
export function renderMessageTemplates(): string {
  return `{{/* Generated from src/rules/render-alertmanager.ts by \`npm run generate\`. Do not edit. */}}
{{ define "mcp.server" }}{{ if .CommonLabels.instance }}{{ .CommonLabels.instance }}{{ else if .CommonLabels.job }}{{ .CommonLabels.job }}{{ else }}mcp-vitals{{ end }}{{ end }}

{{ define "mcp.title" -}}
{{ if eq .Status "resolved" }}RESOLVED{{ else if eq .CommonLabels.severity "critical" }}PAGE{{ else if eq .CommonLabels.severity "warning" }}TICKET{{ else }}MCP{{ end }} {{ template "mcp.server" . }}: {{ (index .Alerts 0).Labels.alertname }}{{ if gt (len .Alerts) 1 }} and {{ len (slice .Alerts 1) }} more{{ end }}
{{- end }}

{{ define "mcp.text" -}}
{{ range .Alerts.Firing -}}
{{ .Annotations.summary }}
{{ .Annotations.description }}
Since {{ .StartsAt.UTC.Format "15:04 MST, 2 Jan" }}
What to do: {{ .Annotations.runbook_url }}
See: {{ .Annotations.dashboard_url }}

{{ end -}}
{{ range .Alerts.Resolved -}}
Over at {{ .EndsAt.UTC.Format "15:04 MST" }}: {{ .Annotations.summary }}
{{ end -}}
{{- end }}
`;
}
