import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { renderAlertmanager } from '../../src/rules/render-alertmanager.ts';
import { alertGroups, alerts } from '../../src/rules/rule-groups.ts';
import { amtoolPath } from '../harness/alertmanager.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';
import { readFileSync } from 'node:fs';

const config = parse(renderAlertmanager());
const shippedPath = inRepository('alerts', 'alertmanager.yml');

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

describe('the configuration of Alertmanager', () => {
  it('keeps every secret in a file', () => {
    const text = renderAlertmanager();
    expect(text).not.toMatch(/\b(api_url|routing_key|service_key|auth_password|credentials|password|token):/);
    for (const file of ['api_url_file', 'routing_key_file', 'auth_password_file'])
      expect(text).toContain(file);
  });

  it('shows a receiver of each kind', () => {
    const kinds = config.receivers.flatMap((receiver: object) => Object.keys(receiver));
    expect(kinds).toEqual(
      expect.arrayContaining(['webhook_configs', 'slack_configs', 'pagerduty_configs', 'email_configs']),
    );
  });

  it('silences at the same server only, and the symptoms of a sidecar that is down', () => {
    const rules: InhibitRule[] = config.inhibit_rules;
    for (const rule of rules) expect(rule.equal).toEqual(expect.arrayContaining(['job', 'instance']));
    const down = rules.find((rule) => rule.source_matchers.includes('alertname="McpSidecarDown"'));
    for (const symptom of [
      'McpErrorRatioHigh',
      'McpLatencyFarAboveBaseline',
      'McpServerUnreachable',
      'McpProbeDown',
    ])
      expect(down?.target_matchers.join('')).toContain(symptom);
  });

  it('lets every page of one dead server be silenced by the one that names it', () => {
    const unreachable = alerts.find(({ alert }) => alert === 'McpServerUnreachable');
    const pages = alerts.filter(
      ({ severity, area }) =>
        severity === 'critical' && ['latency', 'errors', 'throughput', 'probes'].includes(area),
    );
    const others = pages
      .map(({ alert }) => alert)
      .filter((name) => name !== 'McpServerUnreachable' && name !== 'McpCertificateExpiring');
    expect(unreachable?.inhibits).toEqual(expect.arrayContaining(others));
  });
});

it.each(['prometheus.yml', 'prometheus-longterm.yml', 'prometheus-loopback.yml'])(
  '%s loads every file of alerts',
  (fileName) => {
    const { rule_files: files } = parse(readFileSync(inRepository('prometheus', fileName), 'utf8'));
    expect(files).toEqual([
      'rules/*.yml',
      ...alertGroups.map(({ name }) => `../alerts/${name}.yml`).toSorted(),
    ]);
  },
);

describeWith(amtoolPath, 'apt-get install prometheus-alertmanager')('amtool', () => {
  it('accepts the configuration and its templates', async () => {
    const { code, stdout, stderr } = await runProcess({
      command: amtoolPath,
      args: ['check-config', shippedPath],
    });
    expect(`${stdout}${stderr}`).toContain('1 templates');
    expect(code).toBe(0);
  }, 30_000);

  it.each([
    ['critical', 'McpErrorRatioHigh', 'page'],
    ['warning', 'McpErrorsAboveBaseline', 'ticket'],
    ['info', 'McpTrafficSpike', 'nobody'],
    ['none', 'McpWatchdog', 'watchdog'],
  ])(
    'routes %s (%s) to %s',
    async (severity, alertname, receiver) => {
      expect(alerts.find(({ alert }) => alert === alertname)?.severity).toBe(severity);
      const labels = [
        `severity=${severity}`,
        `alertname=${alertname}`,
        'job=mcp-vitals',
        'instance=orders:9464',
      ];
      const { stdout } = await runProcess({
        command: amtoolPath,
        args: ['config', 'routes', 'test', `--config.file=${shippedPath}`, ...labels],
      });
      expect(stdout.trim()).toBe(receiver);
    },
    30_000,
  );
});
