import { describe, expect, it } from '@jest/globals';
import { dashboardProblems } from '../../src/dashboards/check-dashboards.ts';
import type { DashboardDeclaration, PanelDeclaration } from '../../src/dashboards/dashboard-model.ts';
import { dashboards } from '../../src/dashboards/index.ts';
import { renderDashboards } from '../../src/dashboards/render-dashboards.ts';
import { DASHBOARD_UIDS } from '../../src/model/dashboard-uid.ts';
import { alertRules } from '../../src/rules/rule-file.ts';
import { placeholderLinks } from '../../src/rules/links.ts';
import { alertGroups, alerts } from '../../src/rules/rule-groups.ts';
import { declaredWindows } from '../../src/rules/windows.ts';
import { files, panels } from './every-dashboard.ts';

const [home, ...others] = dashboards;
const sample = home?.rows[0]?.panels[0];
if (!home || !sample) throw new Error('dashboards: want a home with panels, got none');

/** All dashboards, the home with one panel that was changed. */
function withPanel(change: Partial<PanelDeclaration>): DashboardDeclaration[] {
  const panel = { ...sample, width: 24, ...change } as PanelDeclaration;
  return [{ ...(home as DashboardDeclaration), rows: [{ title: 'Row', panels: [panel] }] }, ...others];
}

const query = (expr: string): Partial<PanelDeclaration> => ({ queries: [{ expr, name: 'x' }] });

describe('the declared dashboards', () => {
  it('have nothing wrong with them', () => {
    expect(dashboardProblems(dashboards)).toEqual([]);
    expect(dashboards.map(({ uid }) => uid)).toEqual(DASHBOARD_UIDS);
  });

  it.each<[Partial<PanelDeclaration>, string]>([
    [query('mcp_nothing{job="a"}'), 'want metrics of the catalog or recorded series, got mcp_nothing'],
    [query('request_duration_seconds'), 'got request_duration_seconds'],
    [query('job:mcp_nothing:sum'), 'got job:mcp_nothing:sum'],
    [{ title: 'lower case' }, 'want a title that begins large and ends without a full stop'],
    [{ title: 'A sentence.' }, 'want a title that begins large and ends without a full stop'],
    [{ description: 'Good: low.' }, 'want a description in full sentences, got too little'],
    [{ width: 20 }, 'want lines that fill 24 columns, got one of 20'],
    [{ link: { to: 'runbook', alert: 'McpNothing' } }, "want a link to an alert's runbook, got McpNothing"],
    [
      { link: { to: 'dashboard', uid: 'mcp-overview' } },
      'want a link to another dashboard, got one to itself',
    ],
    [{ thresholds: ['green', [5, 'red'], [1, 'yellow']] }, 'want thresholds that ascend, got 5, 1'],
  ])('are refused with %j', (change, problem) => {
    expect(dashboardProblems(withPanel(change)).join('\n')).toContain(problem);
  });

  it('are refused where one is missing or there twice', () => {
    const problems = dashboardProblems([...others, ...others.slice(0, 1)]);
    expect(problems).toContain('mcp-tools: want every dashboard once, got it again');
    expect(problems).toContain('mcp-overview: want a dashboard, got none');
  });

  it('are rendered alike each time', () => {
    expect(renderDashboards()).toEqual(renderDashboards());
  });
});

describe('links', () => {
  it('of alerts lead to a dashboard that is there, with the server chosen', () => {
    const options = { windows: declaredWindows, links: placeholderLinks };
    const urls = alertGroups
      .flatMap((group) => alertRules(group, options).rules)
      .flatMap((rule) => ('alert' in rule ? [rule.annotations['dashboard_url'] ?? ''] : []));
    expect(urls).toHaveLength(alerts.length);
    for (const url of urls) {
      const [, uid, chosen] = /^https:\/\/grafana\.example\.com\/d\/([\w-]+)\?(.*)$/.exec(url) ?? [];
      const file = files.find((each) => each.uid === uid);
      expect([url, file?.uid]).toEqual([url, uid]);
      expect(chosen).toBe('var-job={{ $labels.job }}&var-instance={{ $labels.instance }}');
      expect(file?.templating.list.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['job', 'instance']),
      );
    }
  });

  it('of panels lead to a runbook section or to a dashboard, by nothing that a label says', () => {
    for (const { panel } of panels) {
      const [link] = panel.links;
      const uid = /^\/d\/([\w-]+)\?\$\{__url_time_range\}&\$\{__all_variables\}$/.exec(link?.url ?? '')?.[1];
      const anchor = /^https:\/\/runbooks\.example\.com\/mcp-vitals\/(\w+)\.md#(\w+)$/.exec(link?.url ?? '');
      if (uid !== undefined) expect(DASHBOARD_UIDS).toContain(uid);
      else {
        const group = alertGroups.find(({ name }) => name === anchor?.[1]);
        expect(group?.alerts.map(({ alert }) => alert.toLowerCase())).toContain(anchor?.[2]);
      }
    }
  });
});

describe('the files', () => {
  it.each(files.map((file) => [file.uid, JSON.stringify(file)]))(
    '%s has no text panel, no HTML and no link that comes from data',
    (_, text) => {
      const fromData = /"type":"text"|__data\.fields|__field\.labels|__value\.text|javascript:/g;
      const html = /<\/?(?:a|b|i|img|script|div|span|p|br|iframe)\b/gi;
      expect([...(text.match(fromData) ?? []), ...(text.match(html) ?? [])]).toEqual([]);
    },
  );
});
