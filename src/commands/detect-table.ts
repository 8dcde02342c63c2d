import { formatSpan, formatSpanRange } from '../detectors/format-span.ts';
import { formatValue } from '../detectors/format-value.ts';
import { queryName } from '../fleet/watched-query.ts';
import { labelsText, type Labels } from '../model/labels.ts';
import { VERDICT_STATES } from '../model/verdict.ts';
import { dayText, momentText } from './time-ticks.ts';
import type { Finding } from './detect-offline.ts';
import { hasEnded, worstFirst, type ReportLayout } from './detect-report.ts';
import { STATE_ACCENTS } from './render-evidence.ts';
import { align, count, paint, tame, type Span } from './terminal-table.ts';
import { wrapWords } from './wrap-words.ts';

const NAME = '__name__';

/** Labels that all series have with the same value: said once, not in each row. */
function commonLabels(findings: readonly Finding[]): Labels {
  const [first, ...others] = findings.map(({ labels }) => labels);
  if (first === undefined || others.length === 0) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}

function seriesText({ labels, query }: Finding, common: Labels, sayDetector: boolean): string {
  const own = Object.entries(labels)
    .filter(([name]) => !(name in common) && name !== NAME)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const metric = labels[NAME] !== undefined && !(NAME in common) ? [labels[NAME]] : [];
  const parts = [...(sayDetector ? [queryName(query)] : []), ...metric, ...own];
  return tame(parts.length === 0 ? queryName(query) : parts.join(' '));
}

const FIGURES = ['NOW', 'LIMIT', 'GROWTH/H', 'LIMIT IN', 'WATCHED'] as const;
type Figure = (typeof FIGURES)[number];

/** What the table leaves out, in this order, until the names of the series fit. */
const SAVINGS: readonly Figure[] = ['WATCHED', 'LIMIT', 'NOW'];
/** Cells that names of series are given before figures are left out. */
const WANTED_SERIES = 28;
const STATE_CELLS = 6;

function figuresOf(finding: Finding, toMs: number): Readonly<Record<Figure, string>> {
  const { verdict, query, lastMs } = finding;
  const { unit, direction } = query.settings;
  const { level, limit, isLimitKnown, slopePerHour, secondsToLimit, state, watchedMs } = verdict;
  const value = (number: number | undefined): string =>
    number === undefined ? '–' : formatValue(number, unit);
  const grows = state !== 'none' && slopePerHour !== undefined;
  const left =
    grows && secondsToLimit !== undefined ? formatSpanRange(secondsToLimit.low, secondsToLimit.high) : '–';
  return {
    NOW: value(level),
    LIMIT: `${limit !== undefined && !isLimitKnown ? '~' : ''}${value(limit)}`,
    'GROWTH/H': grows ? `${direction === 'up' ? '' : '−'}${value(slopePerHour.best)}` : '–',
    'LIMIT IN': hasEnded(finding, toMs) ? `ended ${dayText(lastMs)}` : left,
    WATCHED: formatSpan(watchedMs / 1000),
  };
}

function summary(findings: readonly Finding[]): string {
  const states = VERDICT_STATES.toReversed().flatMap((state): string[] => {
    const n = findings.filter(({ verdict }) => verdict.state === state).length;
    return n === 0 ? [] : [`${count(n)} ${state}`];
  });
  return `${count(findings.length)} series: ${states.join(', ')}`;
}

/** Writes the table of verdicts, the worst first; ends with a newline. */
export function renderFindings(
  findings: readonly Finding[],
  range: { readonly fromMs: number; readonly toMs: number },
  { width, color }: ReportLayout,
): string {
  const common = commonLabels(findings);
  const sayDetector = new Set(findings.map(({ query }) => queryName(query))).size > 1;
  const rows = worstFirst(findings).map((finding) => ({
    state: finding.verdict.state,
    series: seriesText(finding, common, sayDetector),
    figures: figuresOf(finding, range.toMs),
  }));
  const widthOf = (figure: Figure): number =>
    Math.max(figure.length, ...rows.map(({ figures }) => figures[figure].length));
  const widest = Math.max('SERIES'.length, ...rows.map(({ series }) => series.length));
  const roomWithout = (left: readonly Figure[]): number =>
    FIGURES.filter((figure) => !left.includes(figure)).reduce(
      (room, figure) => room - widthOf(figure) - 2,
      width - STATE_CELLS - 4,
    );
  const saved = SAVINGS.findIndex(
    (_, n) => roomWithout(SAVINGS.slice(0, n)) >= Math.min(widest, WANTED_SERIES),
  );
  const left = SAVINGS.slice(0, saved === -1 ? SAVINGS.length : saved);
  const seriesCells = Math.max(4, Math.min(widest, roomWithout(left)));
  const shown = FIGURES.filter((figure) => !left.includes(figure));

  const line = (state: Span, series: Span, cell: (figure: Figure) => Span): Span => [
    ['  ', 'plain'],
    ...align(state, STATE_CELLS, 'left'),
    ['  ', 'plain'],
    ...align(series, seriesCells, 'left'),
    ...shown.flatMap((figure): Span => [['  ', 'plain'], ...align(cell(figure), widthOf(figure), 'right')]),
  ];
  const body = rows.map(({ state, series, figures }) => {
    const name = series.length > seriesCells ? `${series.slice(0, seriesCells - 1)}…` : series;
    return line([[state, STATE_ACCENTS[state]]], [[name, 'plain']], (figure) => [[figures[figure], 'plain']]);
  });
  const period = `${momentText(range.fromMs)} to ${momentText(range.toMs)} UTC`;
  const shared = Object.keys(common).length === 0 ? '' : `, all of ${tame(labelsText(common))}`;
  const lines: readonly Span[] = [
    [[summary(findings), 'strong']],
    ...wrapWords(`${period}${shared}`, width).map((text): Span => [[text, 'faint']]),
    [],
    line([['STATE', 'faint']], [['SERIES', 'faint']], (figure) => [[figure, 'faint']]),
    ...body,
  ];
  return `${lines.map((each) => paint(each, width, color)).join('\n')}\n`;
}
