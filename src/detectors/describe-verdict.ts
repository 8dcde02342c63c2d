import type { Estimate, SeriesUnit, Verdict } from '../model/verdict.ts';
import type { DetectorSettings } from './detector-settings.ts';
import { formatSpan, formatSpanRange } from './format-span.ts';
import { formatValue } from './format-value.ts';

/** What has to be known of a series to word its verdict. */
export type WordedSeries = Pick<DetectorSettings, 'unit' | 'direction'>;

/** Growth an hour: `62 MiB/h`. */
const formatRate = (perHour: number, unit: SeriesUnit): string =>
  `${formatValue(perHour, unit)}${unit === 'per_second' ? ' an hour' : '/h'}`;

/** How long the series was watched: `watched 14 h`. */
const watched = ({ watchedMs }: Verdict): string => `watched ${formatSpan(watchedMs / 1000)}`;

function limitText({ limit, isLimitKnown }: Verdict, unit: SeriesUnit): string | undefined {
  if (limit === undefined) return undefined;
  return `the ${isLimitKnown ? '' : 'assumed '}limit ${formatValue(limit, unit)}`;
}

/** `limit in 18–31 h`. */
function timeText({ low, best, high }: Estimate, limit = ''): string {
  return best <= 0 ? `limit${limit} reached` : `limit${limit} in ${formatSpanRange(low, high)}`;
}

/** `1.5 % of the limit 4 GiB an hour`. */
function shareText(verdict: Verdict, unit: SeriesUnit): string | undefined {
  const { limit, slopePerHour } = verdict;
  const text = limitText(verdict, unit);
  if (text === undefined || limit === undefined || slopePerHour === undefined || limit === 0)
    return undefined;
  return `${formatValue(slopePerHour.best / limit, 'ratio')} of ${text} an hour`;
}

function levelText(verdict: Verdict, unit: SeriesUnit): string {
  const { level } = verdict;
  if (level === undefined) return watched(verdict);
  const limit = limitText(verdict, unit);
  return `${formatValue(level, unit)}${limit === undefined ? '' : ` of ${limit}`}, ${watched(verdict)}`;
}

/**
 * Says a verdict in one line, for a log, a terminal and an alert:
 * `grows 62 MiB/h (1.5 % of the limit 4 GiB an hour), limit in 18–31 h`; of a series that does not grow where it is.
 */
export function describeVerdict(verdict: Verdict, { unit, direction }: WordedSeries): string {
  const { slopePerHour, secondsToLimit, loadExplained, state } = verdict;
  if (slopePerHour === undefined || (state === 'none' && slopePerHour.best <= 0)) {
    return `${direction === 'up' ? 'does not grow' : 'does not fall'}, ${levelText(verdict, unit)}`;
  }
  const share = shareText(verdict, unit);
  const parts = [
    `${direction === 'up' ? 'grows' : 'falls'} ${formatRate(slopePerHour.best, unit)}${share === undefined ? '' : ` (${share})`}`,
    ...(secondsToLimit === undefined ? [watched(verdict)] : [timeText(secondsToLimit)]),
    ...(loadExplained !== undefined && loadExplained >= 0.1
      ? [`load explains ${formatValue(loadExplained, 'ratio')} of it`]
      : []),
  ];
  return parts.join(', ');
}

/** The same in fewer words, for a narrow terminal: `limit 4 GiB in 18–31 h, grows 62 MiB/h`. */
export function describeBriefly(verdict: Verdict, series: WordedSeries): string {
  const { slopePerHour, secondsToLimit, limit } = verdict;
  if (slopePerHour === undefined || secondsToLimit === undefined || limit === undefined) {
    return describeVerdict(verdict, series);
  }
  const verb = series.direction === 'up' ? 'grows' : 'falls';
  const time = timeText(secondsToLimit, ` ${formatValue(limit, series.unit)}`);
  return `${time}, ${verb} ${formatRate(slopePerHour.best, series.unit)}`;
}
