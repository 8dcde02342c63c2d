import { alerts } from './rule-groups.ts';
import type { Windows } from './rule-model.ts';
import { declaredWindows } from './windows.ts';

/** Settings of a receiver as Alertmanager takes them, by kind, e.g. `webhook_configs`. */
export type ReceiverSettings = Readonly<Record<string, readonly object[]>>;

/** Who gets what: pages, tickets, and the watchdog's heartbeat. */
export interface Receivers {
  readonly page: ReceiverSettings;
  readonly ticket: ReceiverSettings;
  readonly watchdog: ReceiverSettings;
}

const slack = (channel: string) => ({
  api_url_file: '/etc/alertmanager/secrets/slack-url',
  channel,
  send_resolved: true,
  title: '{{ template "mcp.title" . }}',
  title_link: '{{ (index .Alerts 0).Annotations.runbook_url }}',
  text: '{{ template "mcp.text" . }}',
  color:
    '{{ if eq .Status "firing" }}{{ if eq (index .Alerts 0).Labels.severity "critical" }}danger{{ else }}warning{{ end }}{{ else }}good{{ end }}',
});

/** One receiver of each kind, secrets in files: keep what you have. */
export const exampleReceivers: Receivers = {
  page: {
    pagerduty_configs: [
      {
        routing_key_file: '/etc/alertmanager/secrets/pagerduty-key',
        severity: 'critical',
        description: '{{ template "mcp.title" . }}',
        client: 'mcp-vitals',
        client_url: '{{ (index .Alerts 0).Annotations.dashboard_url }}',
        details: { text: '{{ template "mcp.text" . }}' },
      },
    ],
    slack_configs: [slack('#mcp-pages')],
  },
  ticket: {
    slack_configs: [slack('#mcp-tickets')],
    email_configs: [
      {
        to: 'mcp-tickets@example.com',
        from: 'alertmanager@example.com',
        smarthost: 'smtp.example.com:587',
        auth_username: 'alertmanager@example.com',
        auth_password_file: '/etc/alertmanager/secrets/smtp-password',
        send_resolved: true,
        headers: { Subject: '{{ template "mcp.title" . }}' },
        text: '{{ template "mcp.text" . }}',
        html: '',
      },
    ],
  },
  watchdog: {
    // A service that raises an alarm when the heartbeat stays away; its address may not be secret (0.25).
    webhook_configs: [{ url: 'https://heartbeat.example.com/mcp-vitals', send_resolved: false }],
  },
};

const server = ['job', 'instance'];

/** What silences what: as declared, and the worse the less bad of the same area and server. */
export function inhibitRules(): object[] {
  const declared = alerts
    .filter(({ inhibits }) => inhibits.length > 0)
    .map(({ alert, inhibits }) => ({
      source_matchers: [`alertname="${alert}"`],
      target_matchers: [`alertname=~"${inhibits.toSorted().join('|')}"`],
      equal: server,
    }));
  const bySeverity = (source: string, target: string) => ({
    source_matchers: ['alertname=~"Mcp.+"', `severity="${source}"`],
    target_matchers: ['alertname=~"Mcp.+"', `severity=~"${target}"`],
    equal: [...server, 'area'],
  });
  return [...declared, bySeverity('critical', 'warning|info'), bySeverity('warning', 'info')];
}

/** What differs between the file that ships and a rehearsal. */
export interface AlertmanagerOptions {
  readonly receivers: Receivers;
  readonly windows: Windows;
  /** Whether tickets wait for the morning. */
  readonly quietHours: boolean;
}

const shipped: AlertmanagerOptions = {
  receivers: exampleReceivers,
  windows: declaredWindows,
  quietHours: true,
};

/** The whole configuration of Alertmanager, from 0.25. */
export function alertmanagerConfig(options: AlertmanagerOptions = shipped): object {
  const { receivers, windows: w, quietHours } = options;
  return {
    templates: ['mcp-vitals.tmpl'],
    route: {
      receiver: 'ticket',
      group_by: server,
      group_wait: w('30s'),
      group_interval: w('5m'),
      repeat_interval: w('12h'),
      routes: [
        {
          matchers: ['alertname="McpWatchdog"'],
          receiver: 'watchdog',
          group_by: ['alertname'],
          group_wait: '0s',
          group_interval: w('1m'),
          repeat_interval: w('5m'),
        },
        {
          matchers: ['severity="critical"'],
          receiver: 'page',
          // Long enough for what silences others to arrive.
          group_wait: w('30s'),
          repeat_interval: w('1h'),
        },
        {
          matchers: ['severity="warning"'],
          receiver: 'ticket',
          group_wait: w('2m'),
          repeat_interval: w('24h'),
          ...(quietHours && { mute_time_intervals: ['quiet-hours'] }),
        },
        { matchers: ['severity=~"info|none"'], receiver: 'nobody' },
      ],
    },
    time_intervals: [
      {
        name: 'quiet-hours',
        time_intervals: [
          { times: [{ start_time: '00:00', end_time: '08:00' }], location: 'UTC' },
          { times: [{ start_time: '19:00', end_time: '24:00' }], location: 'UTC' },
          { weekdays: ['saturday', 'sunday'], location: 'UTC' },
        ],
      },
    ],
    inhibit_rules: inhibitRules(),
    receivers: [
      { name: 'page', ...receivers.page },
      { name: 'ticket', ...receivers.ticket },
      { name: 'watchdog', ...receivers.watchdog },
      { name: 'nobody' },
    ],
  };
}
