import type { PageUnit } from '../model/page-verdict.ts';
import { valueScale, type ValueScale } from '../model/value-scale.ts';
import { html, type Html } from './html.ts';
import { quantity } from './quantity.ts';
import { axisText, type TimeStyle } from './times.ts';

/** How a line is drawn; each has a dash of its own, so that colour is not needed to tell them apart. */
export type LineTone = 'first' | 'second' | 'third' | 'fourth' | 'baseline' | 'limit' | 'fit';

/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  readonly tone: LineTone;
  /** Beside the chart's times; null: nothing is known there, and the line is broken. */
  readonly values: readonly (number | null)[];
}

/** The area between two lines, e.g. the envelope of a series. */
export interface ChartBand {
  readonly name: string;
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** What a chart draws; all values are in one unit. */
export interface LineChart {
  readonly unit: PageUnit;
  readonly fromMs: number;
  readonly toMs: number;
  /** In order. */
  readonly timesMs: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly band?: ChartBand;
  /** Moments to mark, such as restarts. */
  readonly marksMs?: readonly number[];
}

/** Units of the drawing; it is stretched to the width that there is. */
const WIDTH = 1000;
const HEIGHT = 150;
/** Room above and below, so that lines at the edge are whole. */
const MARGIN = 6;
const MOST_LABELS = 4;

const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value);

/** The scale that all values of a chart fit in. */
export function chartScale({ lines, band, unit }: LineChart, most = MOST_LABELS): ValueScale {
  let [least, greatest] = [Infinity, -Infinity];
  const values = [...lines.map((line) => line.values), ...(band === undefined ? [] : [band.low, band.high])];
  for (const each of values) {
    for (const value of each) {
      if (!isKnown(value)) continue;
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  if (least > greatest) return valueScale(0, 1, 'count', most);
  return valueScale(least, greatest, unit === 'bytes' ? 'bytes' : 'count', most);
}

interface Frame {
  readonly x: (atMs: number) => number;
  readonly y: (value: number) => number;
}

function frameOf({ fromMs, toMs }: LineChart, { bottom, top }: ValueScale): Frame {
  return {
    x: (atMs) => ((atMs - fromMs) / (toMs - fromMs || 1)) * WIDTH,
    y: (value) => HEIGHT - MARGIN - ((value - bottom) / (top - bottom || 1)) * (HEIGHT - 2 * MARGIN),
  };
}

/** As short as a path can be written: one decimal. */
const at = (value: number): string => String(Math.round(value * 10) / 10);

/** The path of a line; a point without neighbours becomes a dot. */
export function linePath(points: readonly (readonly [x: number, y: number] | null)[]): string {
  let path = '';
  points.forEach((point, n) => {
    if (point === null) return;
    const isFirst = (points[n - 1] ?? null) === null;
    const isLast = (points[n + 1] ?? null) === null;
    path += `${isFirst ? 'M' : 'L'}${at(point[0])} ${at(point[1])}${isFirst && isLast ? 'h0' : ''}`;
  });
  return path;
}

function tonePath(chart: LineChart, frame: Frame, { tone, values }: ChartLine): Html {
  const points = chart.timesMs.map((atMs, n) => {
    const value = values[n] ?? null;
    return isKnown(value) ? ([frame.x(atMs), frame.y(value)] as const) : null;
  });
  return html`<path class="line line-${tone}" d="${linePath(points)}" />`;
}

/** The outline of a band: along its high side and back along its low side. */
function bandPath({ timesMs }: LineChart, frame: Frame, { low, high }: ChartBand): Html {
  const up: string[] = [];
  const down: string[] = [];
  timesMs.forEach((atMs, n) => {
    const [bottom, top] = [low[n] ?? null, high[n] ?? null];
    if (!isKnown(bottom) || !isKnown(top)) return;
    up.push(`${at(frame.x(atMs))} ${at(frame.y(top))}`);
    down.unshift(`${at(frame.x(atMs))} ${at(frame.y(bottom))}`);
  });
  return up.length === 0 ? html`` : html`<path class="band" d="M${up.join('L')}L${down.join('L')}Z" />`;
}

function plot(chart: LineChart, scale: ValueScale): Html {
  const frame = frameOf(chart, scale);
  const { lines, band, marksMs = [] } = chart;
  return html`<svg
    class="plot"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    ${scale.ticks.map((tick) => html`<path class="grid" d="M0 ${at(frame.y(tick))}H${WIDTH}" />`)}
    ${marksMs.map((atMs) => html`<path class="mark" d="M${at(frame.x(atMs))} 0V${HEIGHT}" />`)}
    ${band === undefined ? undefined : bandPath(chart, frame, band)}
    ${lines.map((line) => tonePath(chart, frame, line))}
  </svg>`;
}

/** What each line is, with a piece of it. */
export const legend = ({ lines, band, marksMs = [] }: LineChart): Html =>
  html`<ul class="legend">
    ${
      band === undefined
        ? undefined
        : html`<li>
            <svg class="swatch" viewBox="0 0 24 10" aria-hidden="true">
              <path class="band" d="M0 1H24V9H0Z" /></svg
            >${band.name}
          </li>`
    }
    ${lines.map(
      ({ name, tone }) =>
        html`<li>
          <svg class="swatch" viewBox="0 0 24 10" aria-hidden="true">
            <path class="line line-${tone}" d="M1 5H23" /></svg
          >${name}
        </li>`,
    )}
    ${
      marksMs.length === 0
        ? undefined
        : html`<li>
            <svg class="swatch" viewBox="0 0 24 10" aria-hidden="true"><path class="mark" d="M12 0V10" /></svg
            >restart
          </li>`
    }
  </ul>`;

/**
 * A chart as it is seen without scripts: values at the left, times beneath, the drawing stretched between them. What it
 * says in figures has to stand beside it: it is hidden from screen readers.
 */
export function lineChart(chart: LineChart, style: TimeStyle): Html {
  const scale = chartScale(chart);
  const { y } = frameOf(chart, scale);
  const middleMs = (chart.fromMs + chart.toMs) / 2;
  return html`<div class="frame" aria-hidden="true">
    <svg class="axis" viewBox="0 0 64 ${HEIGHT}">
      ${scale.ticks.map(
        (tick) =>
          html`<text x="60" y="${at(Math.min(HEIGHT - 4, Math.max(10, y(tick) + 4)))}"
            >${quantity(tick, chart.unit)}</text
          >`,
      )}
    </svg>
    ${plot(chart, scale)}
    <div class="times">
      ${[chart.fromMs, middleMs, chart.toMs].map((atMs) => html`<span>${axisText(atMs, style)}</span>`)}
    </div>
  </div>`;
}
