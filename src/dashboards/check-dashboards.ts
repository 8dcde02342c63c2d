import { DASHBOARD_UIDS } from '../model/dashboard-uid.ts';
import { unknownNames } from '../rules/check-rules.ts';
import { alerts, recordGroups } from '../rules/rule-groups.ts';
import type { DashboardDeclaration, PanelDeclaration, Steps } from './dashboard-model.ts';

const COLUMNS = 24;
const recorded: ReadonlySet<string> = new Set(
  recordGroups.flatMap(({ records }) => records.map(({ record }) => record)),
);
const alertNames: ReadonlySet<string> = new Set(alerts.map(({ alert }) => alert));

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
];

function stepProblems(steps: Steps | undefined): string[] {
  const from = steps?.slice(1).map((step) => Number(step[0])) ?? [];
  return from.every((value, i) => i === 0 || value > (from[i - 1] ?? -Infinity))
    ? []
    : [`want thresholds that ascend, got ${from.join(', ')}`];
}

function panelProblems(panel: PanelDeclaration, uid: string): string[] {
  const { title, description, queries, link, thresholds } = panel;
  const problems = [
    ...(/^\p{Lu}.*[^.]$/u.test(title) ? [] : ['want a title that begins large and ends without a full stop']),
    ...(/^(Good: |\p{Lu}).{40,}\.$/su.test(description)
      ? []
      : ['want a description in full sentences, got too little']),
    ...queries.flatMap(({ expr }) =>
      unknownNames(expr, recorded).map(
        (name) => `want metrics of the catalog or recorded series, got ${name}`,
      ),
    ),
    ...repeated(panel.kind === 'table' ? queries.map(({ name }) => name) : []).map(
      (name) => `want each column once, got ${name} again`,
    ),
    ...[thresholds, ...queries.map((query) => query.thresholds)].flatMap(stepProblems),
    ...(link.to === 'runbook' && !alertNames.has(link.alert)
      ? [`want a link to an alert's runbook, got ${link.alert}`]
      : []),
    ...(link.to === 'dashboard' && link.uid === uid
      ? ['want a link to another dashboard, got one to itself']
      : []),
  ];
  return problems.map((problem) => `${uid}, ${title}: ${problem}`);
}

/** Lines of panels that leave a hole at their right. */
function gapProblems({ rows, uid }: DashboardDeclaration): string[] {
  return rows.flatMap(({ title, panels }) => {
    let x = 0;
    const ends = panels.map(({ width }) => {
      x = x + width > COLUMNS ? width : x + width;
      return x;
    });
    const holes = ends.filter((end, i) => {
      const next = panels[i + 1]?.width;
      return end < COLUMNS && (next === undefined || end + next > COLUMNS);
    });
    return holes.map((end) => `${uid}, ${title}: want lines that fill ${COLUMNS} columns, got one of ${end}`);
  });
}

/** What is wrong with declared dashboards, all of it; empty if nothing is. Checked before anything is written. */
export function dashboardProblems(dashboards: readonly DashboardDeclaration[]): string[] {
  const uids = dashboards.map(({ uid }) => uid);
  return [
    ...repeated(uids).map((uid) => `${uid}: want every dashboard once, got it again`),
    ...DASHBOARD_UIDS.filter((uid) => !uids.includes(uid)).map((uid) => `${uid}: want a dashboard, got none`),
    ...dashboards.flatMap((dashboard) => {
      const panels = dashboard.rows.flatMap((row) => row.panels);
      return [
        ...repeated(panels.map(({ title }) => title)).map(
          (title) => `${dashboard.uid}, ${title}: want every title once, got it again`,
        ),
        ...panels.flatMap((panel) => panelProblems(panel, dashboard.uid)),
        ...gapProblems(dashboard),
      ];
    }),
  ];
}
