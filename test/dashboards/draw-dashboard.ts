import type { Windows } from '../../src/rules/rule-model.ts';
import type { Browser } from 'playwright-core';
import { colorOf } from './colors.ts';
import { panelsOf, type DashboardFile, type PanelFile } from './dashboard-file.ts';
import { drawHeatmap, drawStateTimeline } from './draw-bands.ts';
import { drawLines, type Chart, type Mark } from './draw-lines.ts';
import { drawBarGauge, drawStat, drawTable, type Size } from './draw-values.ts';
import { escapeHtml } from './html.ts';
import { inkIn, type Box } from './ink.ts';
import { interpolate, type VariableValues } from './interpolate.ts';
import { pageHtml, type DrawnPanel } from './page-html.ts';
import { ask, panelData, type PanelData, type TimeRange } from './panel-data.ts';

/** Where and when a dashboard is drawn. */
export interface DrawOptions {
  readonly browser: Browser;
  /** Origin of Prometheus. */
  readonly prometheus: string;
  readonly time: TimeRange;
  readonly values: VariableValues;
  /** How the durations of the rules were changed. */
  readonly windows?: Windows;
}

/** What became of a panel. */
export interface PanelReport {
  readonly title: string;
  /** Why it is not drawn as it should be; empty where it is. */
  readonly problems: readonly { readonly refId?: string; readonly text: string }[];
}

/** A drawn dashboard. */
export interface DrawnDashboard {
  readonly png: Buffer;
  readonly reports: readonly PanelReport[];
  /** The page's text, as a reader sees it. */
  readonly text: string;
  /** How many elements of a kind the page has. */
  readonly count: (selector: string) => number;
}

const WIDTH = 1280;
const COLUMN = (WIDTH - 16) / 24;
/** Height of a row of Grafana's grid, and the gap between panels. */
const ROW = 38;
const GAP = 8;
/** Fewer bright pixels are no line, bar or figure. */
const LEAST_INK = 20;

interface Drawn {
  readonly panel: PanelFile;
  readonly data: PanelData;
  readonly placed: DrawnPanel;
  readonly chart: Chart | undefined;
}

function place({ gridPos: { x, y, w, h } }: PanelFile) {
  return { left: GAP + x * COLUMN, top: y * ROW, width: w * COLUMN - GAP, height: h * ROW - GAP };
}

function body(
  panel: PanelFile,
  data: PanelData,
  size: Size,
  time: TimeRange,
  marks: readonly Mark[],
): { html: string; chart?: Chart } {
  if (data.series.length === 0) {
    const nothing = panel.fieldConfig.defaults.noValue ?? 'No data';
    return { html: `<div class="nothing">${escapeHtml(nothing)}</div>` };
  }
  switch (panel.type) {
    case 'timeseries':
      return drawLines(panel, data, time, { size, marks });
    case 'stat':
      return { html: drawStat(panel, data, size) };
    case 'bargauge':
      return { html: drawBarGauge(panel, data) };
    case 'table':
      return { html: drawTable(panel, data) };
    case 'state-timeline':
      return { html: drawStateTimeline(panel, data, time) };
    case 'heatmap':
      return { html: drawHeatmap(panel, data, time, size) };
    case 'row':
      return { html: '' };
    default:
      return panel.type satisfies never;
  }
}

/** Moments that the dashboard's annotations find: the first of each stretch. */
async function marksOf(dashboard: DashboardFile, { prometheus, time, values }: DrawOptions): Promise<Mark[]> {
  const found = await Promise.all(
    dashboard.annotations.list.map(async ({ expr, iconColor, name }) => {
      const { error, data } = await ask(prometheus, interpolate(expr, values), time, true);
      if (error !== undefined) throw new Error(`annotation ${name}: want success, got ${error}`);
      return (data?.result ?? []).map(({ values: points = [] }) => ({
        at: points[0]?.[0] ?? time.from,
        color: colorOf(iconColor),
      }));
    }),
  );
  return found.flat();
}

/** Draws every panel of a dashboard into one page and looks at what came of each. */
export async function drawDashboard(dashboard: DashboardFile, options: DrawOptions): Promise<DrawnDashboard> {
  const { browser, prometheus, time, values, windows } = options;
  const marks = await marksOf(dashboard, options);
  const drawn: Drawn[] = [];
  // One after the other: a test that draws must not starve what it draws.
  for (const panel of panelsOf(dashboard)) {
    const data = await panelData(panel, prometheus, time, values, windows);
    const box = place(panel);
    const { html, chart } = body(
      panel,
      data,
      { width: box.width - 18, height: box.height - 38 },
      time,
      marks,
    );
    drawn.push({ panel, data, chart, placed: { id: panel.id, title: panel.title, ...box, body: html } });
  }
  const headings = dashboard.panels
    .filter(({ type }) => type === 'row')
    .map((panel): DrawnPanel => ({ id: panel.id, title: panel.title, ...place(panel), body: undefined }));
  const variables = dashboard.templating.list.map(({ label, name }): [string, string] => [
    label,
    name === 'datasource' ? 'Prometheus' : 'All',
  ]);
  const html = pageHtml(
    { title: dashboard.title, variables },
    [...headings, ...drawn.map(({ placed }) => placed)],
    drawn.flatMap(({ chart }) => (chart ? [chart] : [])),
  );
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 1000 } });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  try {
    await page.setContent(html);
    if (faults.length > 0)
      throw new Error(`${dashboard.uid}: want a page without errors, got ${faults.join('; ')}`);
    const png = await page.screenshot({ fullPage: true });
    const insides = drawn.map(
      ({ panel: { id, type } }) => `#panel-${id}${type === 'timeseries' ? ' .u-over' : ' .body'}`,
    );
    const boxes = await page.evaluate<Box[]>(
      `${JSON.stringify(insides)}.map((inside) => {
        const { x = 0, y = 0, width = 1, height = 1 } = document.querySelector(inside)?.getBoundingClientRect() ?? {};
        return { x: Math.ceil(x), y: Math.ceil(y), width: Math.floor(width), height: Math.floor(height) };
      })`,
    );
    const ink = await inkIn(browser, png, boxes);
    const text = await page.locator('body').innerText();
    const kinds = ['script', 'img', 'a', 'b', 'i', 'svg', 'iframe', 'u'];
    const counts = new Map(
      await Promise.all(kinds.map(async (kind) => [kind, await page.locator(kind).count()] as const)),
    );
    return {
      png,
      text,
      count: (selector) => counts.get(selector) ?? 0,
      reports: drawn.map(({ panel, data }, i) => ({
        title: panel.title,
        problems: [
          ...data.problems,
          ...((ink[i] ?? 0) < LEAST_INK ? [{ text: `want ink, got ${ink[i] ?? 0} pixels of it` }] : []),
        ],
      })),
    };
  } finally {
    await page.close();
  }
}
