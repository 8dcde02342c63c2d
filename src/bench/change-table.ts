import { scopeText } from '../model/bench-figure.ts';
import type { Block, Piece } from './bench-document.ts';
import { SIGNIFICANCE, type ChangedFigure, type ReportChange } from './compare-reports.ts';
import { figureText, measureName, percentText, ratioText } from './figure-text.ts';

function verdictPiece({ verdict, before, after, pValue }: ChangedFigure): Piece {
  const p = pValue === undefined ? '' : ` (p ${pValue < 0.001 ? '< 0.001' : pValue.toFixed(3)})`;
  switch (verdict.kind) {
    case 'better':
      return { text: `${verdict.word}${p}`, tone: 'good' };
    case 'worse':
      return { text: `${verdict.word}${p}`, tone: 'bad' };
    case 'changed':
      return { text: `${verdict.word}${p}` };
    case 'none':
      return { text: `no difference shown${p}`, tone: 'same' };
    case 'unsure':
      return {
        text: `cannot tell with ${before.runs} and ${after.runs} runs: needs ${verdict.runsNeeded} and ${verdict.runsNeeded}`,
        tone: 'unsure',
      };
    default:
      return verdict satisfies never;
  }
}

function row(figure: ChangedFigure): Piece[] {
  const { scope, measure, before, after, shift } = figure;
  const part = scope.of === 'run' ? '' : `${scopeText(scope)} `;
  return [
    { text: `${part}${measureName(measure)}` },
    { text: figureText(measure, before.median), tone: 'faint' },
    { text: figureText(measure, after.median), tone: 'strong' },
    shift === undefined ? { text: '–', tone: 'faint' } : { text: ratioText(shift.ratio) },
    verdictPiece(figure),
    shift === undefined
      ? { text: '–', tone: 'faint' }
      : {
          text: `${ratioText(shift.low)} – ${ratioText(shift.high)} (${percentText(Math.round(shift.confidence * 100) / 100)})`,
          tone: 'faint',
        },
  ];
}

/** The later report beside an earlier one: a table for each profile, and how far it can be believed. */
export function changeBlocks(change: ReportChange, name: string): readonly Block[] {
  const tables = change.profiles.flatMap(({ profile, figures }): Block[] => [
    { kind: 'heading', text: `${profile} compared with ${name}` },
    {
      kind: 'table',
      columns: [
        { title: '', align: 'left' },
        { title: 'before', align: 'right' },
        { title: 'now', align: 'right' },
        { title: 'ratio', align: 'right' },
        { title: 'verdict', align: 'left' },
        { title: 'interval of the ratio', align: 'left', leave: 1 },
      ],
      rows: figures.map(row),
    },
  ]);
  const isTested = change.profiles.some(({ figures }) => figures.some(({ pValue }) => pValue !== undefined));
  const lines: Piece[] = [
    ...(isTested
      ? [
          {
            text: `Exact Mann–Whitney test on the runs, adjusted by Holm for ${change.tested} figures; at most ${percentText(SIGNIFICANCE)} of comparisons of equal servers say faster or slower.`,
            tone: 'faint',
          } as const,
        ]
      : []),
    ...change.warnings.map((text): Piece => ({ text, tone: 'bad' })),
  ];
  const heading: Block[] = tables.length === 0 ? [{ kind: 'heading', text: `Compared with ${name}` }] : [];
  return [...heading, ...tables, ...(lines.length === 0 ? [] : [{ kind: 'lines', lines } as const])];
}
