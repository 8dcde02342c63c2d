import { scopeText, type BenchMeasure, type BenchScope } from '../model/bench-figure.ts';
import type { Block, Piece, TableColumn } from './bench-document.ts';
import type { ComparedFigure, ProfileComparison } from './compare-with-baseline.ts';
import { digits, figureText, measureName, percentText, ratioText } from './figure-text.ts';
import { requestsNeeded } from './judge-figure.ts';

const NONE: Piece = { text: '–', tone: 'faint' };

/** Lowest, highest and coefficient of variation of the runs. */
function spreadText({ measure, spread }: ComparedFigure): string {
  const { min, max, variationRatio } = spread;
  const range = `${figureText(measure, min)} – ${figureText(measure, max)}`;
  return variationRatio === undefined ? range : `${range}, CV ${percentText(variationRatio)}`;
}

function verdictPiece({ measure, expected }: ComparedFigure): Piece {
  if (expected === undefined) return NONE;
  const { word, tone } = expected.verdict;
  if (tone !== 'unsure') return { text: word, tone };
  return { text: `needs ${digits(requestsNeeded(measure))} requests`, tone };
}

/** Figures of the run as a whole: live, baseline, ratio, verdict, spread of repeated runs, source. */
export function runTable({ figures, runs }: ProfileComparison): Block {
  const ofRun = figures.filter(({ scope }) => scope.of === 'run');
  const isRepeated = runs.length > 1;
  const columns: TableColumn[] = [
    { title: '', align: 'left' },
    { title: isRepeated ? `median of ${runs.length}` : 'live', align: 'right' },
    { title: 'baseline', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'verdict', align: 'left' },
    ...(isRepeated ? [{ title: 'spread of the runs', align: 'left', leave: 1 } as const] : []),
  ];
  const rows = ofRun.map((figure): Piece[] => {
    const { measure, live, expected } = figure;
    const tone = expected?.verdict.tone;
    return [
      { text: measureName(measure) },
      { text: figureText(measure, live), tone: tone === 'bad' ? 'bad' : 'strong' },
      expected === undefined ? NONE : { text: figureText(measure, expected.value), tone: 'faint' },
      expected?.ratio === undefined ? NONE : { text: ratioText(expected.ratio) },
      verdictPiece(figure),
      ...(isRepeated ? [{ text: spreadText(figure), tone: 'faint' } as const] : []),
    ];
  });
  return { kind: 'table', columns, rows };
}

const PARTS: readonly { readonly of: BenchScope['of']; readonly title: string }[] = [
  { of: 'phase', title: 'phase' },
  { of: 'hour', title: 'hour' },
  { of: 'minute', title: 'minute' },
  { of: 'instances', title: 'instances' },
  { of: 'tool', title: 'tool' },
];

/** Measures that are shown of a part beside those that the baseline states; the others are in the JSON. */
const ALWAYS: ReadonlySet<BenchMeasure> = new Set(['throughput', 'p50', 'p99', 'errors']);

/** What goes first where the width does not suffice; what is not here never goes. */
const LEAVE: Partial<Record<BenchMeasure, number>> = {
  'p99.9': 9,
  p50: 8,
  p95: 7,
  connections: 6,
  memory: 5,
  cpu: 4,
};

function partName(scope: BenchScope): string {
  switch (scope.of) {
    case 'phase':
      return scope.phase;
    case 'hour':
      return String(scope.hour);
    case 'minute':
      return String(scope.minute);
    case 'instances':
      return String(scope.instances);
    case 'run':
    case 'tool':
      return scopeText(scope).replace(/^tool /, '');
    default:
      return scope satisfies never;
  }
}

function partCell(figure: ComparedFigure | undefined): Piece {
  if (figure === undefined) return NONE;
  const { measure, live, expected } = figure;
  const text = figureText(measure, live);
  if (expected === undefined) return { text };
  const ratio = expected.ratio === undefined ? '' : ` (${ratioText(expected.ratio)})`;
  return { text: `${text} / ${figureText(measure, expected.value)}${ratio}`, tone: expected.verdict.tone };
}

function partTable(figures: readonly ComparedFigure[], title: string): Block {
  const isExpected = new Set(
    figures.flatMap(({ measure, expected }) => (expected === undefined ? [] : [measure])),
  );
  const present = new Set(figures.map(({ measure }) => measure));
  const measures = [...present].filter((measure) => ALWAYS.has(measure) || isExpected.has(measure));
  const parts = Map.groupBy(figures, ({ scope }) => partName(scope));
  return {
    kind: 'table',
    columns: [
      { title, align: 'left' },
      ...measures.map((measure): TableColumn => {
        const leave = LEAVE[measure];
        const name = measureName(measure);
        return {
          title: isExpected.has(measure) ? `${name} / baseline` : name,
          align: 'right',
          ...(leave !== undefined && { leave }),
        };
      }),
    ],
    rows: [...parts].map(([name, ofPart]) => [
      { text: name },
      ...measures.map((measure) => partCell(ofPart.find((figure) => figure.measure === measure))),
    ]),
  };
}

/** A table for each kind of part that the runs have: phases, hours, minutes, numbers of instances, tools. */
export function partTables({ figures }: ProfileComparison): readonly Block[] {
  return PARTS.flatMap(({ of, title }) => {
    const ofKind = figures.filter(({ scope }) => scope.of === of);
    // A run of one phase is that phase.
    const isWhole = of === 'phase' && new Set(ofKind.map(({ scope }) => partName(scope))).size === 1;
    return ofKind.length === 0 || isWhole ? [] : [partTable(ofKind, title)];
  });
}

/** Where the expected figures stand: one line where all stand in one place, else one for each with what it states. */
export function sourceLines({ figures }: ProfileComparison): readonly Piece[] {
  const bySource = Map.groupBy(
    figures.flatMap(({ scope, measure, expected }) =>
      expected === undefined ? [] : [{ scope, measure, source: expected.source }],
    ),
    ({ source }) => source,
  );
  return [...bySource].map(([source, stated]): Piece => {
    const parts = new Set(
      stated.map(({ scope, measure }) => (scope.of === 'tool' ? `tool ${scope.tool}` : measureName(measure))),
    );
    const what = bySource.size === 1 ? '' : ` of ${[...parts].join(', ')}`;
    return { text: `baseline${what}: ${source}`, tone: 'faint' };
  });
}
