import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DASHBOARD_UIDS, type DashboardUid } from '../../src/model/dashboard-uid.ts';
import { readDashboard, type DashboardFile } from '../dashboards/dashboard-file.ts';
import { drawDashboard, type DrawnDashboard } from '../dashboards/draw-dashboard.ts';
import { ODD_CLIENT, SHOWN_TOOLS } from '../dashboards/odd-names.ts';
import { lastSeconds, startStage, type Stage } from '../dashboards/stage.ts';
import { chromiumPath, startBrowser } from '../harness/browser.ts';
import { postgresProgram } from '../harness/postgres.ts';
import { prometheusPath } from '../harness/prometheus.ts';
import { redisPath } from '../harness/redis.ts';
import { describeWith } from '../harness/requirement.ts';
import { createStopStack } from '../harness/stop-stack.ts';

/**
 * Every panel of every dashboard is drawn from its JSON, from a real Prometheus with the rules that ship, and must
 * have finite data for each of its queries and ink on the screen. What is rightly empty in health has data by a fault:
 *
 * - errors of three kinds, their reasons, failed probes and burnt budgets: the demo's `generate_report` is broken, and
 *   the odd server's tool `fails` does so in each way;
 * - verdicts, slopes, times to the limit: the demo leaks sessions and memory, and its detectors live fast;
 * - deadlocks, failed queries, old transactions: two sessions that lock each other out behind the database tap;
 * - evicted keys: a Redis with 3 MB;
 * - what was lost to observation: an answer that says it is gzip and is not; a name that became `other`: a call of no
 *   tool of the server;
 * - waiting for people: the tool `ask` asks by elicitation; a spike: a burst of calls every half a minute;
 * - an end of a certificate: a probe of a server over TLS.
 *
 * Two things are stood in for by a page of figures (other-exporters.ts): kube-state-metrics, which needs a cluster,
 * and a load test of half an hour that was pushed to the sidecar.
 */
const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** Until everything has happened at least once. */
const PATIENCE_MS = 200_000;

const required = [
  [chromiumPath, 'apt-get install chromium'],
  [redisPath, 'apt-get install redis-server'],
  [postgresProgram('postgres'), 'apt-get install postgresql'],
  [prometheusPath, 'apt-get install prometheus'],
] as const;

/** describe that needs all of them. */
const describeWithAll = required.reduce<typeof describe | typeof describe.skip>((last, [path, howToGet]) => {
  const next = describeWith(path, howToGet);
  return last === describe ? next : last;
}, describe);

describeWithAll('the dashboards, drawn from a real Prometheus', () => {
  let stage: Stage;
  let browser: Browser;
  let startedAt: number;

  const draw = (dashboard: DashboardFile): Promise<DrawnDashboard> => {
    const seconds = Math.max(20, Math.floor((Date.now() - startedAt) / 1000));
    return drawDashboard(dashboard, lastSeconds(seconds, stage, browser));
  };
  const problemsOf = ({ reports }: DrawnDashboard): string[] =>
    reports.flatMap(({ title, problems }) => problems.map(({ text }) => `${title}: ${text}`));

  beforeAll(async () => {
    stage = await startStage(stack);
    startedAt = Date.now();
    browser = await startBrowser();
    stack.defer(() => browser.close());
  }, 120_000);

  test('every panel has finite data and ink', async () => {
    let left: readonly DashboardUid[] = DASHBOARD_UIDS;
    let problems: readonly string[] = [];
    while (left.length > 0 && Date.now() - startedAt < PATIENCE_MS) {
      await sleep(5000);
      const drawn = new Map<DashboardUid, readonly string[]>();
      for (const uid of left) drawn.set(uid, problemsOf(await draw(readDashboard(uid))));
      left = left.filter((uid) => drawn.get(uid)?.length !== 0);
      problems = left.flatMap((uid) => (drawn.get(uid) ?? []).map((problem) => `${uid}, ${problem}`));
    }
    expect(problems).toEqual([]);
  }, 300_000);

  it.each<[kind: string, uid: DashboardUid]>([
    ['timeseries', 'mcp-tools'],
    ['stat', 'mcp-overview'],
    ['table', 'mcp-tools'],
    ['bargauge', 'mcp-capacity'],
    ['state-timeline', 'mcp-probes'],
    ['heatmap', 'mcp-backends'],
  ])(
    'a misspelt metric in a panel of kind %s is found',
    async (kind, uid) => {
      const dashboard = readDashboard(uid);
      // Where nothing is found some count 0: those cannot tell.
      const panel = dashboard.panels.find(
        ({ type, targets: [first] }) => type === kind && first?.expr.includes('vector(') === false,
      );
      const [target] = panel?.targets ?? [];
      if (!panel || !target) throw new Error(`${uid}: want a panel of kind ${kind}, got none`);
      const misspelt = { ...target, expr: target.expr.replaceAll(/([a-z_:0-9]+)\{/g, '$1x{') };
      const only = { ...panel, targets: [misspelt] };
      const drawn = await draw({ ...dashboard, panels: [only] });
      expect(problemsOf(drawn)).toEqual([
        `${panel.title}: query ${target.refId}: want finite values, got none`,
        ...(kind === 'timeseries' ? [`${panel.title}: want ink, got 0 pixels of it`] : []),
      ]);
    },
    60_000,
  );

  it('shows odd names of tools and clients as text', async () => {
    const drawn = await draw(readDashboard('mcp-tools'));
    for (const name of SHOWN_TOOLS) expect(drawn.text).toContain(name);
    // A line break is in no name that is counted.
    expect(drawn.text).not.toMatch(/two\s+lines/);
    // Of what the names would make if they were HTML there is nothing.
    expect(drawn.count('img')).toBe(0);
    expect(drawn.count('script')).toBe(4);
    const sessions = await draw(readDashboard('mcp-sessions'));
    expect(sessions.text).toContain(ODD_CLIENT);
    expect(sessions.count('b')).toBe(0);
    const overview = await draw(readDashboard('mcp-overview'));
    expect(overview.text).toContain('odd & <i>strange</i>');
  }, 90_000);

  it('lets servers be chosen by their name', async () => {
    const { templating } = readDashboard('mcp-overview');
    const server = templating.list.find(({ name }) => name === 'server');
    const [, query = ''] = /^query_result\((.*)\)$/.exec(server?.query ?? '') ?? [];
    const [, pattern = ''] = /^\/(.*)\/$/.exec(server?.regex ?? '') ?? [];
    const found = await stage.prometheus.query(query.replace('$job', '.+'));
    // As Grafana writes a sample of query_result before it applies the expression.
    const choices = found.map(({ metric, value }) => {
      const { __name__: name = '', ...labels } = metric;
      const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
      const match = new RegExp(pattern).exec(`${name}{${inside.join(',')}} ${value} 0`);
      return { text: match?.groups?.['text'] ?? '', value: match?.groups?.['value'] ?? '' };
    });
    expect(choices.map(({ text }) => text).toSorted()).toEqual(['demo', 'odd & <i>strange</i>']);
    const addresses = (await stage.prometheus.query('mcp_vitals_build_info')).map(
      ({ metric }) => metric['instance'] ?? '',
    );
    expect(choices.map(({ value }) => value).toSorted()).toEqual(addresses.toSorted());
  });

  it('marks reloads and alerts on the time axis', async () => {
    const { annotations } = readDashboard('mcp-overview');
    const found = await Promise.all(
      annotations.list.map(async ({ name, expr }) => {
        const chosen = expr
          .replaceAll(/\$(job|instance|server)/g, '.+')
          .replaceAll('$__rate_interval', '60s');
        return [name, (await stage.prometheus.query(chosen)).length > 0] as const;
      }),
    );
    expect(Object.fromEntries(found)).toMatchObject({ 'Reloads of the configuration': true, Alerts: true });
  });
});
