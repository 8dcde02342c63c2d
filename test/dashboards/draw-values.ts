import type { PanelFile } from './dashboard-file.ts';
import { mapped, stepColor, THEME } from './colors.ts';
import { fieldConfig } from './field-config.ts';
import { formatValue } from './format-value.ts';
import { escapeHtml } from './html.ts';
import type { PanelData, Series } from './panel-data.ts';
import { tableRows } from './table-rows.ts';

/** Width and height of a panel's inside, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Shown {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

function shown(panel: PanelFile, { refId, name, points }: Series): Shown {
  const value = points.at(-1)?.[1] ?? Number.NaN;
  const { unit, decimals, steps, mappings } = fieldConfig(panel, { refId, name });
  const word = mapped(mappings, value);
  return {
    name,
    value,
    text: word?.text ?? formatValue(value, unit, decimals),
    color: word?.color ?? stepColor(steps, value),
  };
}

/** The last value of each series, large, with its name. */
export function drawStat(panel: PanelFile, data: PanelData, size: Size): string {
  const values = data.series.map((series) => shown(panel, series));
  const isList = panel.options.orientation === 'horizontal';
  const room = isList ? size.height / values.length : size.width / values.length;
  const font = Math.round(
    Math.min(isList ? room * 0.5 : size.height * 0.38, isList ? size.width / 7 : room / 4, 34),
  );
  const each = values.map(
    ({ name, text, color }) =>
      `<div class="stat"><span class="name">${escapeHtml(name)}</span><b style="color:${color};font-size:${font}px">${escapeHtml(text)}</b></div>`,
  );
  return `<div class="stats ${isList ? 'list' : 'side'}">${each.join('')}</div>`;
}

/** A bar for each series, as long as its value between the panel's ends. */
export function drawBarGauge(panel: PanelFile, data: PanelData): string {
  const { min = 0, max } = panel.fieldConfig.defaults;
  const values = data.series.map((series) => shown(panel, series));
  const top = max ?? Math.max(...values.map(({ value }) => value));
  const bars = values.map(({ name, text, value, color }) => {
    const share = Math.min(1, Math.max(0.004, (value - min) / (top - min || 1)));
    return `<div class="bar"><span class="name">${escapeHtml(name)}</span><div class="track"><div style="width:${(share * 100).toFixed(1)}%;background:${color}"></div></div><b style="color:${color}">${escapeHtml(text)}</b></div>`;
  });
  return `<div class="bars">${bars.join('')}</div>`;
}

function cell(panel: PanelFile, head: string, value: string | number | undefined): string {
  if (value === undefined) return '<td></td>';
  if (typeof value === 'string') return `<td>${escapeHtml(value)}</td>`;
  const { unit, decimals, steps, mappings, custom } = fieldConfig(panel, { name: head });
  const word = mapped(mappings, value);
  const text = escapeHtml(word?.text ?? formatValue(value, unit, decimals));
  const type = JSON.stringify(custom['cellOptions'] ?? {});
  if (word && type.includes('color-text')) return `<td class="n" style="color:${word.color}">${text}</td>`;
  const color = stepColor(steps, value);
  if (!type.includes('color-background') || color === THEME.text) return `<td class="n">${text}</td>`;
  return `<td class="n"><span style="background:${color}">${text}</span></td>`;
}

/** Rows and columns. */
export function drawTable(panel: PanelFile, data: PanelData): string {
  const { heads, rows } = tableRows(panel, data);
  const head = heads.map((each) => `<th>${escapeHtml(each)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr>${row.map((value, i) => cell(panel, heads[i] ?? '', value)).join('')}</tr>`,
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}
