import { styleText } from 'node:util';
import type { LiveRow } from '../model/live-snapshot.ts';

/** How a piece of text stands out. */
export type Accent = 'plain' | 'strong' | 'faint' | 'over' | 'bad';

/** Text on one line with its accents; its width is that of its plain text. */
export type Span = readonly (readonly [text: string, accent: Accent])[];

const formats = { strong: 'bold', faint: 'dim', over: 'yellow', bad: 'red' } as const;

/** Cells across, of a text without control characters. */
export function widthOf(span: Span): number {
  return span.reduce((sum, [text]) => sum + text.length, 0);
}

/** Writes a line, cut to a width, with colour codes or without. */
export function paint(span: Span, width: number, color: boolean): string {
  const cut = widthOf(span) > width;
  let left = cut ? width - 1 : width;
  let out = '';
  for (const [whole, accent] of span) {
    const text = whole.slice(0, left);
    left -= text.length;
    if (text !== '') {
      out += color && accent !== 'plain' ? styleText(formats[accent], text, { validateStream: false }) : text;
    }
  }
  return (cut ? `${out}…` : out).trimEnd();
}

/** The name of a line, in a column of its own. */
export function label(text: string): Span[number] {
  return [`  ${text.padEnd(10)}`, 'faint'];
}

/** What others chose (names, URLs) without characters that a terminal would obey. */
export function tame(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

/** 1234567 → `1,234,567`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A figure with three digits or more: `0.42`, `4.2`, `42`, `1,234`; `–` for none. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (value >= 9.95) return count(value);
  return value.toFixed(value < 0.995 && value > 0 ? 2 : 1);
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly Span[];
}

function plain(title: string, cells: readonly string[]): Column {
  return { title, align: 'right', cells: cells.map((cell) => [[cell, 'plain']]) };
}

function errorColumn(title: string, counts: readonly number[], accent: Accent): Column {
  return {
    title,
    align: 'right',
    cells: counts.map((n) => [[count(n), n > 0 ? accent : 'faint']]),
  };
}

/** Live figure beside the baseline, e.g. `212 / 280`, aligned at the slash. */
function percentileColumn(title: string, key: 'p50Ms' | 'p95Ms' | 'p99Ms', rows: readonly LiveRow[]): Column {
  const live = rows.map((row) => figure(row[key]));
  const baselines = rows.map((row) => row.baseline?.[key]);
  const liveWidth = Math.max(...live.map((text) => text.length));
  const baselineWidth = Math.max(
    ...baselines.map((value) => (value === undefined ? 0 : figure(value).length)),
  );
  const cells = rows.map((row, n): Span => {
    const value = row[key];
    const baseline = baselines[n];
    const over = value !== undefined && baseline !== undefined && value > baseline;
    const text: Span = [[(live[n] ?? '').padStart(liveWidth), over ? 'over' : 'plain']];
    if (baselineWidth === 0) return text;
    if (baseline === undefined) return [...text, [' '.repeat(baselineWidth + 3), 'plain']];
    return [...text, [` / ${figure(baseline).padEnd(baselineWidth)}`, 'faint']];
  });
  return { title, align: 'right', cells };
}

/** What the table leaves out, in this order, until it fits. */
const savings = ['kinds', 'calls', 'p50', 'p95'] as const;

function columnsOf(rows: readonly LiveRow[], left: ReadonlySet<string>): Column[] {
  const sums = rows.map(({ errors }) => errors.transport + errors.rpc + errors.tool);
  return [
    ...(left.has('calls')
      ? []
      : [
          plain(
            'CALLS',
            rows.map((row) => count(row.calls)),
          ),
        ]),
    plain(
      'CALLS/S',
      rows.map((row) => figure(row.ratePerSecond)),
    ),
    ...(left.has('p50') ? [] : [percentileColumn('P50 ms', 'p50Ms', rows)]),
    ...(left.has('p95') ? [] : [percentileColumn('P95 ms', 'p95Ms', rows)]),
    percentileColumn('P99 ms', 'p99Ms', rows),
    ...(left.has('kinds')
      ? [errorColumn('ERRORS', sums, 'over')]
      : [
          errorColumn(
            'TRANSPORT',
            rows.map((row) => row.errors.transport),
            'bad',
          ),
          errorColumn(
            'RPC',
            rows.map((row) => row.errors.rpc),
            'over',
          ),
          errorColumn(
            'TOOL',
            rows.map((row) => row.errors.tool),
            'over',
          ),
        ]),
  ];
}

interface Fit {
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
  /** Cells that are left for the name; negative if the columns alone are too wide. */
  readonly nameWidth: number;
}

function fit(rows: readonly LiveRow[], left: ReadonlySet<string>, width: number): Fit {
  const columns = columnsOf(rows, left);
  const widths = columns.map((column) =>
    Math.max(column.title.length, ...column.cells.map((cell) => widthOf(cell))),
  );
  return { columns, widths, nameWidth: width - 2 - widths.reduce((sum, each) => sum + each + 2, 0) };
}

/** A cell filled up to a width. */
export function align(cell: Span, width: number, side: 'left' | 'right'): Span {
  const space: Span = [[' '.repeat(Math.max(0, width - widthOf(cell))), 'plain']];
  return side === 'left' ? [...cell, ...space] : [...space, ...cell];
}

/**
 * Lays out the table of tools: live figures beside their baseline, the last row
 * set off as the total. Columns are left out where they do not fit.
 */
export function toolTable(tools: readonly LiveRow[], totals: LiveRow, width: number): Span[] {
  const rows = [...tools, totals];
  const names = rows.map((row) => tame(row.name));
  const widestName = Math.max('TOOL'.length, ...names.map((name) => name.length));
  const left = new Set<string>();
  let { columns, widths, nameWidth } = fit(rows, left, width);
  for (const saving of savings) {
    if (nameWidth >= Math.min(widestName, 16)) break;
    left.add(saving);
    ({ columns, widths, nameWidth } = fit(rows, left, width));
  }
  // A wide terminal spreads the columns a little, up to four cells between them.
  const gap = 2 + Math.max(0, Math.min(2, Math.floor((nameWidth - widestName) / (columns.length + 1))));
  nameWidth = Math.max(4, Math.min(widestName, nameWidth));

  const line = (name: Span, cells: readonly Span[]): Span => [
    ['  ', 'plain'],
    ...align(name, nameWidth, 'left'),
    ...cells.flatMap((cell, n): Span => [
      [' '.repeat(gap), 'plain'],
      ...align(cell, widths[n] ?? 0, columns[n]?.align ?? 'right'),
    ]),
  ];
  const body = rows.map((_, n) => {
    const whole = names[n] ?? '';
    const name = whole.length > nameWidth ? `${whole.slice(0, nameWidth - 1)}…` : whole;
    return line(
      [[name, n === tools.length ? 'strong' : 'plain']],
      columns.map((column) => column.cells[n] ?? []),
    );
  });
  const head = line(
    [['TOOL', 'faint']],
    columns.map((column): Span => [[column.title, 'faint']]),
  );
  return [head, ...body];
}
