import { DASHBOARD_UIDS } from '../../src/model/dashboard-uid.ts';
import {
  panelsOf,
  readDashboard,
  type DashboardFile,
  type PanelFile,
  type TargetFile,
} from './dashboard-file.ts';

/** The dashboards as they ship. */
export const files: readonly DashboardFile[] = DASHBOARD_UIDS.map(readDashboard);

/** Each panel with the dashboard it is on. */
export const panels: readonly { readonly uid: string; readonly panel: PanelFile }[] = files.flatMap((file) =>
  panelsOf(file).map((panel) => ({ uid: file.uid, panel })),
);

/** Each query with its panel, for a table of tests. */
export const targets: readonly (readonly [where: string, target: TargetFile, panel: PanelFile])[] =
  panels.flatMap(({ uid, panel }) =>
    panel.targets.map((target) => [`${uid}, ${panel.title}, ${target.refId}`, target, panel] as const),
  );

/** Every expression of the dashboards, of annotations too, with where it stands. */
export const expressions: readonly (readonly [where: string, expr: string])[] = [
  ...targets.map(([where, { expr }]) => [where, expr] as const),
  ...files.flatMap(({ uid, annotations }) =>
    annotations.list.map(({ name, expr }) => [`${uid}, ${name}`, expr] as const),
  ),
];
