import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PROMETHEUS } from './grafana-json.ts';
import { alertsThatFire, of } from './select.ts';

interface Mark {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
  readonly title: string;
  readonly text: string;
  readonly tags: string;
}

/** What is marked on the time axis of every panel. */
export const marks: readonly Mark[] = [
  {
    name: 'Restarts of the server',
    color: 'orange',
    expr: `changes(${of('mcp_process_start_time_seconds')}[$__rate_interval]) > 0`,
    title: 'Restart',
    text: 'The process behind {{instance}} started anew.',
    tags: 'instance',
  },
  {
    name: 'Reloads of the configuration',
    color: 'blue',
    expr: `changes(${of('mcp_vitals_config_last_reload_success_timestamp_seconds')}[$__rate_interval]) > 0`,
    title: 'Reload',
    text: 'The sidecar {{instance}} took a new configuration.',
    tags: 'instance',
  },
  {
    name: 'Alerts',
    color: 'red',
    expr: `max by (alertname, severity, instance) (${alertsThatFire('severity=~"critical|warning"')})`,
    title: '{{alertname}}',
    text: '{{severity}} for {{instance}}',
    tags: 'alertname,severity',
  },
];

/** The annotations of every dashboard. */
export const toAnnotations = (): AnnotationQueryBuilder[] =>
  marks.map(({ name, color, expr, title, text, tags }) =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource(PROMETHEUS)
      .enable(true)
      .hide(false)
      .iconColor(color)
      .expr(expr)
      .titleFormat(title)
      .textFormat(text)
      .tagKeys(tags),
  );
