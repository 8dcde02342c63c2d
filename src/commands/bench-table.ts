import type { Block, Piece } from '../bench/bench-document.ts';
import { reportBlocks, type BenchFindings } from '../bench/report-blocks.ts';
import { visibleText } from '../model/visible-text.ts';
import { align, paint, type Accent, type Span } from './terminal-table.ts';
import { wrapWords } from './wrap-words.ts';

const GAP = 2;
const INDENT = '  ';

function accentOf(tone: Piece['tone']): Accent {
  switch (tone) {
    case 'strong':
      return 'strong';
    case 'faint':
    case 'unsure':
      return 'faint';
    case 'bad':
      return 'bad';
    case 'good':
    case 'same':
    case undefined:
      return 'plain';
    default:
      return tone satisfies never;
  }
}

const spanOf = ({ text, tone }: Piece): Span => [[visibleText(text), accentOf(tone)]];

/** Columns of a table that fit, and how wide each is. */
function fit({ columns, rows }: Extract<Block, { kind: 'table' }>, width: number) {
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at]?.text ?? '').length)),
  );
  let kept = columns.map((column, at) => ({ ...column, at, width: widths[at] ?? 0 }));
  const total = () => INDENT.length + kept.reduce((sum, each) => sum + each.width + GAP, -GAP);
  while (total() > width) {
    const next = kept
      .filter(({ leave }) => leave !== undefined)
      .toSorted((a, b) => (b.leave ?? 0) - (a.leave ?? 0))[0];
    if (next === undefined) break;
    kept = kept.filter(({ at }) => at !== next.at);
  }
  return kept;
}

function tableLines(block: Extract<Block, { kind: 'table' }>, width: number): Span[] {
  const kept = fit(block, width);
  const line = (cell: (at: number) => Span): Span => [
    [INDENT, 'plain'],
    ...kept.flatMap((column, n): Span => [
      ...(n === 0 ? [] : ([[' '.repeat(GAP), 'plain']] as const)),
      ...align(cell(column.at), column.width, column.align),
    ]),
  ];
  return [
    line((at) => [[(block.columns[at]?.title ?? '').toUpperCase(), 'faint']]),
    ...block.rows.map((row) => line((at) => spanOf(row[at] ?? { text: '' }))),
  ];
}

/** A line that is longer than the terminal goes on below, further in. */
function wrapped({ text, tone }: Piece, width: number): Span[] {
  return wrapWords(visibleText(text), width - INDENT.length - 2).map((part, i) => [
    [`${INDENT}${i === 0 ? '' : '  '}${part}`, accentOf(tone)],
  ]);
}

function blockLines(block: Block, width: number): Span[] {
  switch (block.kind) {
    case 'heading':
      return [[[visibleText(block.text), 'strong']]];
    case 'lines':
      return block.lines.flatMap((piece) => wrapped(piece, width));
    case 'table':
      return tableLines(block, width);
    default:
      return block satisfies never;
  }
}

/** A report for a terminal: lines of at most `width` cells; ends with a newline. */
export function renderBenchTable(findings: BenchFindings, width: number, color: boolean): string {
  const blocks = reportBlocks(findings).map((block) =>
    blockLines(block, width)
      .map((span) => `${paint(span, width, color)}\n`)
      .join(''),
  );
  return blocks.filter((text) => text !== '').join('\n');
}
