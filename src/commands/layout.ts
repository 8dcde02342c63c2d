import { align, paint, type Span } from './terminal-table.ts';
import { wrapWords } from './wrap-words.ts';

/** How wide lines are, and whether they have colour. */
export interface Layout {
  readonly width: number;
  readonly color: boolean;
}

/** A column of a plain table. */
export interface TableColumn {
  readonly title: string;
  readonly side: 'left' | 'right';
  readonly cells: readonly Span[];
}

const cellsOf = (span: Span): number => span.reduce((sum, [text]) => sum + text.length, 0);

/** Lays out columns beside one another, each as wide as its widest cell, with faint titles. */
export function layTable(columns: readonly TableColumn[]): readonly Span[] {
  const widths = columns.map(({ title, cells }) => Math.max(title.length, ...cells.map(cellsOf)));
  const line = (cell: (column: TableColumn) => Span): Span =>
    columns.flatMap((column, n): Span => [
      ['  ', 'plain'],
      ...align(cell(column), widths[n] ?? 0, column.side),
    ]);
  const rows = columns[0]?.cells ?? [];
  return [
    line(({ title }) => [[title, 'faint']]),
    ...rows.map((_, row) => line(({ cells }) => cells[row] ?? [])),
  ];
}

/** Lines of a text under a name: the name once, the text wrapped beside it. */
export function named(name: string, text: string, width: number, nameCells = 12): readonly Span[] {
  const lines = wrapWords(text, Math.max(20, width - nameCells - 2));
  return lines.map((line, n): Span => [
    [`  ${(n === 0 ? name : '').padEnd(nameCells)}`, 'faint'],
    [line, 'plain'],
  ]);
}

/** A text as an item of a list, behind a mark of one cell. */
export function item(text: string, width: number, mark = '-'): readonly Span[] {
  return wrapWords(text, Math.max(20, width - 4)).map((line, n): Span => [
    [n === 0 ? `  ${mark} ` : '    ', 'faint'],
    [line, 'plain'],
  ]);
}

/** Writes lines; ends with a newline. */
export function write(lines: readonly Span[], { width, color }: Layout): string {
  return `${lines.map((line) => paint(line, width, color)).join('\n')}\n`;
}
