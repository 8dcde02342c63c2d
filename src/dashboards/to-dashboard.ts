import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, GridPos, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Links } from '../rules/links.ts';
import { toAnnotations } from './annotations.ts';
import type { DashboardDeclaration, RowDeclaration } from './dashboard-model.ts';
import { toPanel } from './to-panel.ts';
import { toVariables } from './variables.ts';

/** The classic model of Grafana 9.4, which everything up to 13 reads. */
const SCHEMA_VERSION = 39;
/** Columns of Grafana's grid. */
const COLUMNS = 24;
const TAG = 'mcp-vitals';

interface Placed {
  readonly panels: readonly (Panel | RowPanel)[];
  readonly nextY: number;
}

/** Panels from left to right, in lines as high as their highest. */
function placeRow({ title, panels }: RowDeclaration, y: number, links: Links): Placed {
  const heading: RowPanel = {
    ...new RowBuilder(title).build(),
    gridPos: { x: 0, y, w: COLUMNS, h: 1 },
  };
  let x = 0;
  let top = y + 1;
  let bottom = top;
  const placed = panels.map((panel): Panel => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      top = bottom;
    }
    const gridPos: GridPos = { x, y: top, w: panel.width, h: panel.height };
    x += panel.width;
    bottom = Math.max(bottom, top + panel.height);
    return { ...toPanel(panel, links), gridPos };
  });
  return { panels: [heading, ...placed], nextY: bottom };
}

/** A dashboard as Grafana reads it. Pure: the same declaration and links give the same object. */
export function toDashboard(declaration: DashboardDeclaration, links: Links): Dashboard {
  const { uid, title, description, variables, from, rows } = declaration;
  const shell = new DashboardBuilder(title)
    .uid(uid)
    .description(`${description} Generated from src/dashboards: do not edit, save a copy.`)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to: 'now' })
    .refresh('30s')
    .variables(toVariables(variables))
    .annotations(toAnnotations())
    .link(
      new DashboardLinkBuilder('MCP dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  let y = 0;
  const panels = rows.flatMap((row) => {
    const placed = placeRow(row, y, links);
    y = placed.nextY;
    return placed.panels;
  });
  return {
    ...shell.build(),
    schemaVersion: SCHEMA_VERSION,
    panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })),
  };
}
