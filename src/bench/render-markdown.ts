import type { Block, Piece } from './bench-document.ts';
import { reportBlocks, type BenchFindings } from './report-blocks.ts';

/** Text of others so that it is shown and not obeyed: no markup, no mention, no table cell. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[\\`*_[\]<>|~#]/g, (mark) => `\\${mark}`)
    .replaceAll('&', '&amp;')
    .replaceAll('@', '@\u200B');

function pieceText({ text, tone }: Piece): string {
  const shown = escaped(text);
  return tone === 'bad' && shown !== '' ? `**${shown}**` : shown;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `### ${escaped(block.text)}`;
    case 'lines':
      return block.lines.map((piece) => `- ${pieceText(piece)}`).join('\n');
    case 'table':
      return [
        line(block.columns.map(({ title }) => escaped(title) || ' ')),
        line(block.columns.map(({ align }) => (align === 'right' ? '---:' : ':---'))),
        ...block.rows.map((cells) => line(cells.map(pieceText))),
      ].join('\n');
    default:
      return block satisfies never;
  }
}

/** The first line says what a reader of a pull request wants to know: whether it holds. */
function headline({ report, comparisons, change, breaches }: BenchFindings): string {
  const profiles = comparisons.map(({ profile }) => escaped(profile)).join(', ');
  const isPartial = report.runs.some(({ end }) => end.how !== 'complete');
  const changed = (change?.found.profiles ?? []).flatMap(({ figures }) => figures);
  const worse = changed.filter(({ verdict }) => verdict.kind === 'worse').length;
  const better = changed.filter(({ verdict }) => verdict.kind === 'better').length;
  const news = [
    ...(isPartial ? ['partial'] : []),
    ...(breaches.length === 0
      ? []
      : [`${breaches.length} ${breaches.length === 1 ? 'threshold does' : 'thresholds do'} not hold`]),
    ...(worse === 0 ? [] : [`${worse} of ${changed.length} figures worse`]),
    ...(better === 0 ? [] : [`${better} of ${changed.length} figures better`]),
    ...(change !== undefined && worse + better === 0 ? ['no difference shown'] : []),
  ];
  return `## Load test ${profiles}${news.length === 0 ? '' : `: ${news.join(', ')}`}`;
}

/** A report as Markdown for a pull request. */
export function renderBenchMarkdown(findings: BenchFindings): string {
  return `${[headline(findings), ...reportBlocks(findings).map(blockText)].join('\n\n')}\n`;
}
