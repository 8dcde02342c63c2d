import { formatSpan } from '../detectors/format-span.ts';
import type { LiveDetectors, LiveVerdict } from '../model/live-detectors.ts';
import { label, tame, type Accent, type Span } from './terminal-table.ts';

/** Verdicts that are shown; of tools there may be many. */
const MOST_LINES = 8;

const ACCENTS: Readonly<Record<LiveVerdict['state'], Accent>> = {
  none: 'plain',
  watch: 'plain',
  ticket: 'over',
  urgent: 'bad',
  page: 'bad',
};

function verdictLine({ detector, series, state, brief }: LiveVerdict): Span {
  return [
    label(''),
    [`${state} `, ACCENTS[state]],
    [tame(`${detector} ${series}`).trim(), 'strong'],
    [`  ${brief}`, 'plain'],
  ];
}

/** Draws what the detectors conclude: how much they watch, and a line for each series that grows. */
export function detectorLines(detectors: LiveDetectors | undefined): Span[] {
  if (detectors === undefined || detectors.series === 0) return [];
  const { series, watchedSeconds, rate, verdicts } = detectors;
  const left = verdicts.length - MOST_LINES;
  return [
    [
      label('detectors'),
      [`${series} series, watched ${formatSpan(watchedSeconds)}`, 'plain'],
      ...(verdicts.length === 0 ? ([[', none grows', 'faint']] as const) : []),
      ...(rate === 1 ? [] : ([[`   1 s counts as ${formatSpan(rate)}`, 'faint']] as const)),
    ],
    ...verdicts.slice(0, MOST_LINES).map(verdictLine),
    ...(left > 0 ? [[label(''), [`and ${left} more`, 'faint']] as const] : []),
  ];
}
