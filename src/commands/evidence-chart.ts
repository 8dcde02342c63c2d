import type { Evidence, EvidencePoint } from '../detectors/evidence.ts';
import { formatValue } from '../detectors/format-value.ts';
import { valueScale, type ValueScale } from '../model/value-scale.ts';
import type { SeriesUnit } from '../model/verdict.ts';
import { BrailleCanvas } from './braille-canvas.ts';
import { tickText, timeTicks } from './time-ticks.ts';
import type { Accent, Span } from './terminal-table.ts';

/** Size of a chart, in cells of the terminal. */
export interface ChartSize {
  readonly width: number;
  /** Rows of the drawing itself; the axis and the load come beneath. */
  readonly rows: number;
}

const HOUR_MS = 3_600_000;
const BARS = '▁▂▃▄▅▆▇█';
/** Heights of a stroke in a cell, lowest first. */
const STROKES = ['_', '-', '‾'];
/** A limit that is farther from the series than so many times its range would press it flat: it is told, not drawn. */
const FARTHEST_LIMIT = 2;
/** Cells that a label of time takes, with the space around it. */
const TIME_CELLS = 9;

/** A point and the time it stands for. */
interface Slice extends EvidencePoint {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A point stands for half of the way to its neighbours; it may be a bin of minutes or an hour. */
function toSlices(points: readonly EvidencePoint[]): readonly Slice[] {
  return points.map((point, n): Slice => {
    const before = point.atMs - (points[n - 1]?.atMs ?? -Infinity);
    const after = (points[n + 1]?.atMs ?? Infinity) - point.atMs;
    const half = Math.min(before, after, HOUR_MS) / 2;
    return { ...point, fromMs: point.atMs - half, toMs: point.atMs + half };
  });
}

interface Frame {
  readonly fromMs: number;
  readonly toMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly scale: ValueScale;
}

const columnOf = ({ fromMs, toMs, columns }: Frame, atMs: number): number =>
  Math.max(0, Math.min(columns - 1, Math.floor(((atMs - fromMs) / (toMs - fromMs)) * columns)));

/** The time in the middle of a column. */
const timeOf = ({ fromMs, toMs, columns }: Frame, column: number): number =>
  fromMs + ((column + 0.5) / columns) * (toMs - fromMs);

/** Where a value lies from the bottom (0) to the top (1). */
const heightOf = ({ scale: { bottom, top } }: Frame, value: number): number =>
  (value - bottom) / (top - bottom);

/** The row that a value falls into, counted from above; may lie outside. */
const rowOf = (frame: Frame, value: number): number =>
  frame.rows - 1 - Math.min(frame.rows - 1, Math.floor(heightOf(frame, value) * frame.rows));

function drawEnvelope(frame: Frame, slices: readonly Slice[]): BrailleCanvas {
  const canvas = new BrailleCanvas(frame.columns, frame.rows);
  const { fromMs, toMs } = frame;
  const yOf = (value: number): number =>
    Math.min(canvas.height - 1, Math.floor(heightOf(frame, value) * canvas.height));
  const xOf = (atMs: number): number => ((atMs - fromMs) / (toMs - fromMs)) * canvas.width;
  for (const slice of slices) {
    const last = Math.max(Math.floor(xOf(slice.fromMs)), Math.ceil(xOf(slice.toMs)) - 1);
    for (let x = Math.floor(xOf(slice.fromMs)); x <= last; x++)
      canvas.fill(x, yOf(slice.low), yOf(slice.high));
  }
  return canvas;
}

type Cell = readonly [text: string, accent: Accent];

/** The stroke of the fitted line in a column, if it passes there; every other column shows the series instead. */
function fitStroke(frame: Frame, { fit }: Evidence, column: number): { row: number; cell: Cell } | undefined {
  if (fit === undefined || column % 2 === 1) return undefined;
  const atMs = timeOf(frame, column);
  if (atMs < fit.fromMs || atMs > fit.toMs) return undefined;
  const share = (atMs - fit.fromMs) / (fit.toMs - fit.fromMs || 1);
  const height = heightOf(frame, fit.from + share * (fit.to - fit.from)) * frame.rows;
  const fromBottom = Math.min(frame.rows - 1, Math.floor(height));
  const stroke = STROKES[Math.min(2, Math.floor((height - fromBottom) * 3))] ?? '-';
  return { row: frame.rows - 1 - fromBottom, cell: [stroke, 'over'] };
}

/** Joins neighbours of one accent, so that the colour codes stay few. */
function toSpan(cells: readonly Cell[]): Span {
  const spans: [string, Accent][] = [];
  for (const [text, accent] of cells) {
    const last = spans.at(-1);
    if (last?.[1] === accent) last[0] += text;
    else spans.push([text, accent]);
  }
  return spans;
}

function plotRows(frame: Frame, evidence: Evidence, limitText: string): readonly Span[] {
  const canvas = drawEnvelope(frame, toSlices(evidence.points));
  const restarts = new Set(restartColumns(frame, evidence));
  const limitRow = evidence.limit === undefined ? -1 : rowOf(frame, evidence.limit);
  const strokes = Array.from({ length: frame.columns }, (_, column) => fitStroke(frame, evidence, column));
  return Array.from({ length: frame.rows }, (_, row) =>
    toSpan(
      Array.from({ length: frame.columns }, (__, column): Cell => {
        const stroke = strokes[column];
        if (stroke?.row === row) return stroke.cell;
        const drawn = canvas.cell(column, row);
        if (drawn !== undefined) return [drawn, 'plain'];
        if (row === limitRow) return [limitText[column - 2] ?? '┄', 'bad'];
        return restarts.has(column) ? ['┊', 'faint'] : [' ', 'plain'];
      }),
    ),
  );
}

const restartColumns = (frame: Frame, { restartsMs }: Evidence): readonly number[] =>
  restartsMs
    .filter((atMs) => atMs >= frame.fromMs && atMs <= frame.toMs)
    .map((atMs) => columnOf(frame, atMs));

/** The axis with its ticks and restarts, and the labels beneath. */
function axisRows(frame: Frame, evidence: Evidence): readonly [axis: string, labels: string] {
  const axis = Array.from({ length: frame.columns }, () => '─');
  const labels = Array.from({ length: frame.columns }, () => ' ');
  for (const atMs of timeTicks(frame.fromMs, frame.toMs, Math.floor(frame.columns / TIME_CELLS))) {
    const column = columnOf(frame, atMs);
    const text = tickText(atMs);
    const from = Math.min(Math.max(0, column - Math.floor(text.length / 2)), frame.columns - text.length);
    axis[column] = '┬';
    for (let n = 0; n < text.length; n++) labels[from + n] = text.charAt(n);
  }
  for (const column of restartColumns(frame, evidence)) axis[column] = '▲';
  return [axis.join(''), labels.join('').trimEnd()];
}

/** Mean load by column, from none to the most; undefined where none is known. */
function loadRow(frame: Frame, points: readonly EvidencePoint[]): string | undefined {
  const slices = toSlices(points).filter(({ load }) => load !== undefined);
  const top = Math.max(...slices.map(({ load }) => load ?? 0));
  if (slices.length === 0) return undefined;
  const width = (frame.toMs - frame.fromMs) / frame.columns;
  return Array.from({ length: frame.columns }, (_, column) => {
    const fromMs = frame.fromMs + column * width;
    const inside = slices.filter((slice) => slice.toMs > fromMs && slice.fromMs < fromMs + width);
    if (inside.length === 0) return ' ';
    const mean = inside.reduce((sum, { load }) => sum + (load ?? 0), 0) / inside.length;
    return BARS[Math.min(7, Math.floor((top > 0 ? mean / top : 0) * 7.999))] ?? ' ';
  }).join('');
}

/** Whether the limit is near enough to the series to be drawn with it. */
export function isLimitDrawn({ points, limit }: Evidence): boolean {
  if (limit === undefined) return false;
  const [least, greatest] = rangeOf(points);
  const reach = FARTHEST_LIMIT * (greatest - least || Math.abs(greatest));
  return limit <= greatest + reach && limit >= least - reach;
}

function rangeOf(points: readonly EvidencePoint[]): readonly [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const { low, high } of points) {
    least = Math.min(least, low);
    greatest = Math.max(greatest, high);
  }
  return [least, greatest];
}

/**
 * Draws a series: its envelope from the low to the high side in dots, the fitted line dashed over it, its limit, restarts
 * as ▲, the load as bars beneath. Times are in UTC. Empty where there is nothing to draw.
 */
export function evidenceChart(
  evidence: Evidence,
  unit: SeriesUnit,
  { width, rows }: ChartSize,
): readonly Span[] {
  const { points, limit } = evidence;
  const slices = toSlices(points);
  const [first, last] = [slices[0], slices.at(-1)];
  if (first === undefined || last === undefined || !(last.toMs > first.fromMs)) return [];
  const drawsLimit = limit !== undefined && isLimitDrawn(evidence);
  const [least, greatest] = rangeOf(points);
  const scale = valueScale(
    drawsLimit ? Math.min(least, limit) : least,
    drawsLimit ? Math.max(greatest, limit) : greatest,
    unit,
    Math.max(2, Math.ceil(rows / 3) + 1),
  );
  const labels = scale.ticks.map((tick) => formatValue(tick, unit));
  const gutter = Math.max(6, ...labels.map((text) => text.length)) + 2;
  const frame: Frame = {
    fromMs: first.fromMs,
    toMs: last.toMs,
    columns: Math.max(10, width - gutter - 2),
    rows,
    scale,
  };
  const labelAt = new Map(scale.ticks.map((tick, n) => [rowOf(frame, tick), labels[n] ?? '']));
  const edge = (text: string, mark: string): Cell => [`${text.padStart(gutter)} ${mark}`, 'faint'];
  const shown: Evidence = drawsLimit ? evidence : { ...evidence, limit: undefined };
  const plot = plotRows(frame, shown, limit === undefined ? '' : ` limit ${formatValue(limit, unit)} `);
  const [axis, times] = axisRows(frame, evidence);
  const load = loadRow(frame, points);
  return [
    ...plot.map((span, row): Span => {
      const text = labelAt.get(row);
      return [edge(text ?? '', text === undefined ? '│' : '┤'), ...span];
    }),
    [edge('', '└'), [axis, 'faint']],
    [edge('UTC', ' '), [times, 'faint']],
    ...(load === undefined ? [] : [[edge('load', ' '), [load, 'plain']] satisfies Span]),
  ];
}
