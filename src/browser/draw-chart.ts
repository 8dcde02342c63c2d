import type UPlot from 'uplot';
import { chartScale, type LineChart } from '../page/line-chart.ts';
import { quantity } from '../page/quantity.ts';
import { axisText, clockText, dayText } from '../page/times.ts';

/** A chart that a script has drawn. */
export interface DrawnChart {
  readonly update: (chart: LineChart) => void;
  readonly destroy: () => void;
}

const HEIGHT = 172;
const AXIS_WIDTH = 64;
const FONT = '11px system-ui, sans-serif';

/** Loaded by a script of its own, before this one. */
const library = (globalThis as { readonly uPlot?: typeof UPlot }).uPlot;

/** Whether there is something to draw with. */
export const canDraw = library !== undefined;

/** A line's looks, which the style sheet decides: read from its piece in the legend. */
function looks(figure: Element, tone: string): { stroke: string; dash: number[]; width: number } {
  const swatch = figure.querySelector(`.legend .line-${tone}`);
  if (swatch === null) return { stroke: 'currentColor', dash: [], width: 1 };
  const { color, strokeDasharray, strokeWidth } = getComputedStyle(swatch);
  return {
    stroke: color,
    dash: (strokeDasharray.match(/[\d.]+/g) ?? []).map(Number),
    width: Number.parseFloat(strokeWidth),
  };
}

const columns = ({ timesMs, lines, band }: LineChart): UPlot.AlignedData => [
  timesMs.map((atMs) => atMs / 1000),
  ...lines.map(({ values }) => [...values]),
  ...(band === undefined ? [] : [[...band.high], [...band.low]]),
];

/** What changes a drawing's set-up rather than its data: with another one it has to be drawn anew. */
export const chartShape = ({ lines, band, unit }: LineChart): string =>
  JSON.stringify([unit, lines.map(({ name, tone }) => [name, tone]), band === undefined]);

/** The values under the cursor in words. */
function reading({ timesMs, lines, unit, toMs }: LineChart, at: number): string {
  const atMs = timesMs[at];
  if (atMs === undefined) return '';
  const style = { nowMs: toMs, zone: 'local' as const };
  const day = dayText(atMs, style) === dayText(toMs, style) ? '' : `${dayText(atMs, style)} `;
  const values = lines.map(({ name, values: all }) => `${name} ${quantity(all[at], unit)}`);
  return `${day}${clockText(atMs, style)}: ${values.join(', ')}`;
}

function options(
  element: HTMLElement,
  figure: Element,
  current: () => LineChart,
  say: (text: string) => void,
  syncKey: string | undefined,
): UPlot.Options {
  const chart = current();
  const quiet = getComputedStyle(figure.querySelector('.legend') ?? figure).color;
  const edge = getComputedStyle(element.closest('.section') ?? element).borderTopColor;
  const grid = { stroke: edge, width: 1 };
  const first = chart.lines.length + 1;
  return {
    width: Math.max(120, element.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6 },
      ...(syncKey !== undefined && { sync: { key: syncKey } }),
    },
    scales: {
      x: { time: true, range: () => [current().fromMs / 1000, current().toMs / 1000] },
      y: {
        range: () => {
          const { bottom, top } = chartScale(current());
          return [bottom, top];
        },
      },
    },
    axes: [
      {
        font: FONT,
        stroke: quiet,
        grid: { show: false },
        ticks: { ...grid, size: 4 },
        size: 22,
        gap: 3,
        space: 70,
        values: (_, splits) =>
          splits.map((at) => axisText(at * 1000, { nowMs: current().toMs, zone: 'local' })),
      },
      {
        font: FONT,
        stroke: quiet,
        grid,
        ticks: { show: false },
        size: AXIS_WIDTH,
        gap: 4,
        splits: () => [...chartScale(current()).ticks],
        values: (_, splits) => splits.map((value) => quantity(value, chart.unit)),
      },
    ],
    series: [
      {},
      ...chart.lines.map(({ name, tone }) => ({
        label: name,
        ...looks(figure, tone),
        points: { show: false },
        spanGaps: false,
      })),
      ...(chart.band === undefined
        ? []
        : [0, 1].map(() => ({
            label: chart.band?.name ?? '',
            stroke: 'transparent',
            points: { show: false },
          }))),
    ],
    ...(chart.band !== undefined && {
      bands: [
        {
          series: [first, first + 1] as [number, number],
          fill: `color-mix(in srgb, ${looks(figure, 'first').stroke} 22%, transparent)`,
        },
      ],
    }),
    hooks: {
      setCursor: [
        ({ cursor: { idx } }) => {
          say(idx === null || idx === undefined ? '' : reading(current(), idx));
        },
      ],
      draw: [
        (plot) => {
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.strokeStyle = quiet;
          ctx.setLineDash([2, 2]);
          for (const atMs of current().marksMs ?? []) {
            const x = Math.round(plot.valToPos(atMs / 1000, 'x', true));
            ctx.beginPath();
            ctx.moveTo(x, bbox.top);
            ctx.lineTo(x, bbox.top + bbox.height);
            ctx.stroke();
          }
          ctx.restore();
        },
      ],
    },
  };
}

/** Lets the arrow keys move the cursor, so that values can be read without a pointer. */
function readByKeys(element: HTMLElement, plot: UPlot, syncKey: string | undefined): void {
  element.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const times = plot.data[0];
    const at = Math.max(0, Math.min(times.length - 1, (plot.cursor.idx ?? times.length) + step));
    const all = syncKey === undefined ? [plot] : (library?.sync(syncKey).plots ?? [plot]);
    for (const each of all) each.setCursor({ left: each.valToPos(times[at] ?? 0, 'x'), top: 10 });
  });
}

/**
 * Draws a chart in place of the server's drawing; its cursor tells the values beneath it, by pointer and by arrow keys.
 * @param syncKey charts of one key share their cursor.
 */
export function drawChart(element: HTMLElement, initial: LineChart, syncKey: string | undefined): DrawnChart {
  if (library === undefined) throw new Error('chart: want uPlot loaded, got none');
  const figure = element.parentElement ?? element;
  let chart = initial;
  const output = document.createElement('p');
  output.className = 'reading quiet';
  element.replaceChildren();
  element.tabIndex = 0;
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', 'Chart; the arrow keys read its values');
  const plot = new library(
    options(
      element,
      figure,
      () => chart,
      (text) => {
        output.textContent = text;
      },
      syncKey,
    ),
    columns(chart),
    element,
  );
  element.append(output);
  readByKeys(element, plot, syncKey);
  const resizing = new ResizeObserver(() => {
    plot.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT });
  });
  resizing.observe(element);
  return {
    update: (next) => {
      chart = next;
      plot.setData(columns(next));
    },
    destroy: () => {
      resizing.disconnect();
      plot.destroy();
      element.replaceChildren();
    },
  };
}
