import { describeVerdict } from '../detectors/describe-verdict.ts';
import type { Evidence } from '../detectors/evidence.ts';
import type { DetectorSettings } from '../detectors/detector-settings.ts';
import { formatSpan, formatSpanRange } from '../detectors/format-span.ts';
import { formatValue } from '../detectors/format-value.ts';
import { timesToLimitLines } from '../detectors/times-to-limit.ts';
import type { Estimate, Verdict, VerdictState } from '../model/verdict.ts';
import { momentText } from './time-ticks.ts';
import { evidenceChart, isLimitDrawn } from './evidence-chart.ts';
import { label, paint, tame, type Accent, type Span } from './terminal-table.ts';
import { wrapWords } from './wrap-words.ts';

/** A verdict with all that it rests on. */
export interface ShownEvidence {
  /** What is followed, e.g. `memory`. */
  readonly title: string;
  /** Which series of it, e.g. `{instance="a:9464"}`; may be empty. */
  readonly series: string;
  readonly settings: Pick<DetectorSettings, 'unit' | 'direction'>;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  /** Time of the last sample, where none came any more. */
  readonly endedMs?: number;
}

/** How evidence is written. */
export interface EvidenceOptions {
  /** Cells across. */
  readonly width: number;
  /** With colour codes (default: without). */
  readonly color?: boolean;
  /** Rows of the chart (default: 12). */
  readonly rows?: number;
}

/** How each state stands out. */
export const STATE_ACCENTS: Readonly<Record<VerdictState, Accent>> = {
  none: 'faint',
  watch: 'strong',
  ticket: 'over',
  urgent: 'bad',
  page: 'bad',
};

const LABEL_CELLS = 12;
/** Slopes of earlier lives that are told. */
const MOST_LIVES = 4;

/** A fact under its name, on as many lines as it takes. */
function fact(name: string, text: string, width: number, accent: Accent = 'plain'): readonly Span[] {
  return wrapWords(text, Math.max(20, width - LABEL_CELLS)).map((line, n): Span => [
    label(n === 0 ? name : ''),
    [line, accent],
  ]);
}

function estimateText({ low, best, high }: Estimate, write: (value: number) => string): string {
  return `${write(best)} (${write(low)} to ${write(high)})`;
}

function growthText({ slopePerHour, limit }: Verdict, unit: DetectorSettings['unit']): string | undefined {
  if (slopePerHour === undefined) return undefined;
  const text = `${estimateText(slopePerHour, (value) => formatValue(value, unit))} an hour`;
  if (limit === undefined || limit === 0) return text;
  const share = (value: number): string => formatValue(value / limit, 'ratio');
  return `${text}; ${estimateText(slopePerHour, share)} of the limit an hour`;
}

function spanText(verdict: Verdict, { unit, direction }: ShownEvidence['settings']): string {
  const { growth, spanMs, watchedMs } = verdict;
  const watched = `the process was watched for ${formatSpan(watchedMs / 1000)}`;
  if (growth === undefined || spanMs === undefined) return watched;
  const verb = direction === 'up' ? 'growth' : 'fall';
  return `${verb} of ${formatValue(growth, unit)} in the last ${formatSpan(spanMs / 1000)}; ${watched}`;
}

function levelText(
  { level, limit, isLimitKnown }: Verdict,
  { unit, direction }: ShownEvidence['settings'],
): string | undefined {
  if (level === undefined) return undefined;
  const now = `now at ${formatValue(level, unit)}`;
  if (limit === undefined) return `${now}; no limit is known`;
  const limitIs = `${formatValue(limit, unit)}${isLimitKnown ? '' : ' (assumed from where it began)'}`;
  if (direction === 'down') return `${now}; the least is ${limitIs}`;
  return `${now}, ${formatValue(level / limit, 'ratio')} of the limit of ${limitIs}`;
}

/** When the limit is reached, by the clock. */
function limitText({ secondsToLimit, atMs }: Verdict): string | undefined {
  if (secondsToLimit === undefined) return undefined;
  const { low, best, high } = secondsToLimit;
  if (!Number.isFinite(best)) return 'is not reached at this rate';
  const moment = (seconds: number): string => momentText(atMs + seconds * 1000);
  const until = Number.isFinite(high) ? moment(high) : 'no end';
  return `reached in ${formatSpanRange(low, high)}: ${moment(best)} UTC (${moment(low)} to ${until})`;
}

function loadText({ points }: Evidence, { loadExplained }: Verdict): string {
  const loads = points.flatMap(({ load }) => (load === undefined ? [] : [load]));
  if (loads.length === 0) return 'not known; growth that goes with the load cannot be told from a leak';
  const write = (value: number): string => formatValue(value, 'count');
  const range = `from ${write(Math.min(...loads))} to ${write(Math.max(...loads))}`;
  if (loadExplained === undefined) return range;
  return `${range}; explains ${formatValue(loadExplained, 'ratio')} of the raw growth`;
}

function livesText({ restarts, lives }: Verdict, unit: DetectorSettings['unit']): string | undefined {
  if (restarts === 0) return undefined;
  const slopes = lives
    .slice(-MOST_LIVES)
    .map(
      ({ fromMs, toMs, slopePerHour }) =>
        `${formatValue(slopePerHour, unit)} an hour in ${formatSpan((toMs - fromMs) / 1000)}`,
    );
  const earlier = slopes.length === 0 ? '' : `; earlier lives: ${slopes.join(', ')}`;
  return `${restarts}${earlier}`;
}

/** Each rule that was asked, with what decided it: an alarm needs all of them. */
function ruleSpans({ rules }: Verdict, width: number): readonly Span[] {
  return rules.flatMap(({ rule, outcome, text }, n): readonly Span[] => {
    const [mark, accent]: readonly [string, Accent] =
      outcome === 'passed' ? ['passed', 'faint'] : ['HELD', 'over'];
    const lines = wrapWords(`${rule.replaceAll('_', ' ')}: ${text}`, Math.max(20, width - LABEL_CELLS - 8));
    return lines.map((line, at): Span => [
      label(n === 0 && at === 0 ? 'rules' : ''),
      [(at === 0 ? mark : '').padEnd(8), accent],
      [line, outcome === 'passed' ? 'faint' : 'plain'],
    ]);
  });
}

function factSpans(shown: ShownEvidence, width: number): readonly Span[] {
  const { verdict, evidence, settings } = shown;
  const { unit } = settings;
  const facts: readonly (readonly [name: string, text: string | undefined])[] = [
    ['slope', growthText(verdict, unit)],
    ['span', spanText(verdict, settings)],
    ['level', levelText(verdict, settings)],
    ['limit', verdict.state === 'none' ? undefined : limitText(verdict)],
    ['load', loadText(evidence, verdict)],
    ['restarts', livesText(verdict, unit)],
  ];
  return [
    ...facts.flatMap(([name, text]) => (text === undefined ? [] : fact(name, text, width))),
    ...ruleSpans(verdict, width),
    ...(verdict.state === 'none' ? [] : timesToLimitLines(verdict, settings)).map((line, n): Span => [
      label(n === 0 ? 'by limit' : ''),
      [line, line.includes('(in force)') ? 'strong' : 'plain'],
    ]),
  ];
}

/**
 * Draws what a verdict rests on, for a person who has to believe it: the series with its envelope, the fitted line, the limit,
 * restarts and load; then the figures, the rules, and when each limit would be reached. Lines of at most `width` cells;
 * the same for the same input; ends with a newline.
 */
export function renderEvidence(shown: ShownEvidence, options: EvidenceOptions): string {
  const { width, color = false, rows = 12 } = options;
  const { verdict, settings, evidence, title, series } = shown;
  const since = Number.isFinite(verdict.sinceMs) ? ` since ${momentText(verdict.sinceMs)} UTC` : '';
  const chart = evidenceChart(evidence, settings.unit, { width, rows });
  const lines: readonly Span[] = [
    [
      [verdict.state.toUpperCase(), STATE_ACCENTS[verdict.state]],
      [`${since}  `, 'faint'],
      [tame(title), 'strong'],
    ],
    ...(series === '' ? [] : wrapWords(tame(series), width)).map((line): Span => [[line, 'strong']]),
    ...(shown.endedMs === undefined
      ? []
      : [
          [
            [`no samples since ${momentText(shown.endedMs)} UTC; what follows was so then`, 'over'],
          ] satisfies Span,
        ]),
    ...wrapWords(describeVerdict(verdict, settings), width).map((line): Span => [[line, 'plain']]),
    [],
    ...chart,
    ...(chart.length === 0 ? [] : [legend(evidence, settings.unit)]),
    [],
    ...factSpans(shown, width),
  ];
  return `${lines.map((line) => paint(line, width, color)).join('\n')}\n`;
}

/** What the signs of the chart are. */
function legend(evidence: Evidence, unit: DetectorSettings['unit']): Span {
  const { fit, restartsMs, limit } = evidence;
  const isElsewhere = limit !== undefined && !isLimitDrawn(evidence);
  const signs = [
    '⣿ low to high',
    ...(fit === undefined ? [] : ['- fitted line, load removed']),
    ...(restartsMs.length === 0 ? [] : ['▲ restart']),
    ...(isElsewhere ? [`limit ${formatValue(limit, unit)} not drawn`] : []),
  ];
  return [label(''), [signs.join('   '), 'faint']];
}
