import { readFileSync } from 'node:fs';
import { inRepository } from '../harness/repository.ts';
import { THEME } from './colors.ts';
import type { Chart } from './draw-lines.ts';
import { formatValue } from './format-value.ts';
import { escapeHtml, scriptJson } from './html.ts';

/** A panel that is drawn, with its place in pixels. */
export interface DrawnPanel {
  readonly id: number;
  readonly title: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** undefined for a heading between panels. */
  readonly body: string | undefined;
}

const file = (...path: string[]): string => readFileSync(inRepository(...path), 'utf8');

const STYLE = `
*{box-sizing:border-box}
body{margin:0;background:${THEME.page};color:${THEME.text};font:13px/1.4 Inter,"DejaVu Sans",sans-serif}
header{height:76px;padding:12px 16px}
header h1{font-size:17px;font-weight:500;margin:0 0 8px}
header span{border:1px solid ${THEME.border};background:${THEME.panel};border-radius:2px;padding:3px 8px;margin-right:8px;font-size:12px}
header em{color:${THEME.dim};font-style:normal}
main{position:relative}
section{position:absolute;background:${THEME.panel};border:1px solid ${THEME.border};border-radius:2px;overflow:hidden}
section h2{font-size:13px;font-weight:500;margin:0;padding:7px 10px 0;height:28px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
section .body{position:absolute;left:8px;right:8px;top:30px;bottom:6px;overflow:hidden}
h3{position:absolute;margin:0;font-size:15px;font-weight:500;padding-top:4px}
.stats{display:flex;height:100%;gap:4px}
.stats.list{flex-direction:column;justify-content:space-evenly}
.stats.list .stat{display:flex;justify-content:space-between;align-items:center;padding:0 8px}
.stats.side .stat{flex:1;display:flex;flex-direction:column;justify-content:center;align-items:center}
.stat b{font-weight:500;white-space:nowrap}
.name{color:${THEME.dim};font-size:12px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.bars{display:flex;flex-direction:column;justify-content:space-evenly;height:100%}
.bar{display:flex;align-items:center;gap:8px}
.bar .name{width:34%;text-align:right}
.bar .track{flex:1;height:16px;background:#22252b}
.bar .track div{height:100%}
.bar b{width:84px;font-weight:500}
.lanes{display:flex;flex-direction:column;justify-content:space-evenly;height:100%}
.lane{display:flex;gap:8px;align-items:center;min-height:15px;flex:1;max-height:34px}
.lane .name{width:24%;text-align:right}
.lane>div{flex:1;position:relative;height:84%}
.lane i{position:absolute;top:0;bottom:0;overflow:hidden;font-style:normal;font-size:11px;color:#111;padding-left:4px;white-space:nowrap;display:flex;align-items:center}
.axis{display:flex;justify-content:space-between;color:${THEME.dim};font-size:11px}
table{border-collapse:collapse;width:100%;font-size:12px}
th{text-align:left;font-weight:500;color:#6e9fff;border-bottom:1px solid ${THEME.border};padding:3px 8px;white-space:nowrap}
td{border-bottom:1px solid ${THEME.border};padding:3px 8px;max-width:360px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
td span{color:#111;padding:1px 6px;border-radius:2px}
svg text{fill:${THEME.dim};font-size:11px}
.legend{display:flex;flex-wrap:wrap;gap:0 14px;overflow:hidden;font-size:12px;line-height:18px}
.legend span{white-space:nowrap;max-width:100%;overflow:hidden;text-overflow:ellipsis}
.legend i{display:inline-block;width:14px;vertical-align:middle;margin-right:5px}
.nothing{display:flex;height:100%;align-items:center;justify-content:center;color:${THEME.dim}}
`;

function panelHtml({ id, title, left, top, width, height, body }: DrawnPanel): string {
  const place = `left:${left}px;top:${top}px;width:${width}px`;
  if (body === undefined) return `<h3 style="${place}">${escapeHtml(title)}</h3>`;
  return `<section id="panel-${id}" style="${place};height:${height}px"><h2>${escapeHtml(title)}</h2><div class="body">${body}</div></section>`;
}

/** A dashboard as a page that needs nothing else: HTML, and uPlot for its lines. */
export function pageHtml(
  page: { readonly title: string; readonly variables: readonly (readonly [label: string, value: string])[] },
  panels: readonly DrawnPanel[],
  charts: readonly Chart[],
): string {
  const height = Math.max(...panels.map(({ top, height: each }) => top + each)) + 8;
  const chosen = page.variables.map(
    ([label, value]) => `<span><em>${escapeHtml(label)}</em> ${escapeHtml(value)}</span>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(page.title)}</title>
<style>${file('node_modules', 'uplot', 'dist', 'uPlot.min.css')}${STYLE}</style></head>
<body><header><h1>${escapeHtml(page.title)}</h1>${chosen.join('')}</header>
<main style="height:${height}px">${panels.map(panelHtml).join('\n')}</main>
<script type="application/json" id="charts">${scriptJson(charts)}</script>
<script>${file('node_modules', 'uplot', 'dist', 'uPlot.iife.min.js')}</script>
<script>${formatValue.toString()}</script>
<script>${file('test', 'dashboards', 'draw-charts.client.js')}</script>
</body></html>`;
}
