import { createDetector } from '../src/detectors/detector.ts';
import { PROFILES } from '../src/detectors/profiles.ts';
import type { Verdict } from '../src/model/verdict.ts';
import { generateSeries } from './generate.ts';
import { judgeSeries, replay } from './judge.ts';
import type { LabelledSeries } from './labelled-series.ts';
import { competitorGroup } from './method.ts';
import { formatSeriesId, type SeriesId } from './series-id.ts';

const COLUMNS = 96;
const ROWS = 14;

/** The series as a drawing: `·` from the least to the greatest of each stretch, 0 to the limit. */
function draw({ values, limits, missing, count, hours }: LabelledSeries): string {
  const grid = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => ' '));
  for (let column = 0; column < COLUMNS; column++) {
    const [from, to] = [column, column + 1].map((at) => Math.floor((at * count) / COLUMNS));
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let step = from ?? 0; step < (to ?? 0); step++) {
      const share = (values[step] ?? Number.NaN) / (limits[step] ?? 1);
      if (missing[step] === 1 || Number.isNaN(share)) continue;
      low = Math.min(low, share);
      high = Math.max(high, share);
    }
    if (low > high) continue;
    const row = (share: number): number => Math.min(ROWS - 1, Math.max(0, Math.floor(share * ROWS)));
    for (let at = row(low); at <= row(high); at++) grid[ROWS - 1 - at]![column] = at === row(low) ? '#' : '·';
  }
  const label = (index: number): string => `${Math.round((100 * (ROWS - index)) / ROWS)} %`.padStart(6);
  return [
    ...grid.map((cells, index) => `${label(index)} |${cells.join('')}`),
    `       0 h${`${hours.toFixed(1)} h`.padStart(COLUMNS - 3)}`,
  ].join('\n');
}

function verdictLine(verdict: Verdict, hour: number): string {
  const { level, limit, slopePerHour, secondsToLimit, path, spanMs, loadExplained } = verdict;
  const share = (value: number | undefined): string =>
    value === undefined || limit === undefined ? '–' : `${((100 * value) / limit).toFixed(2)} %`;
  const hoursLeft = secondsToLimit === undefined ? '–' : `${(secondsToLimit.best / 3600).toFixed(1)} h`;
  return (
    `${hour.toFixed(2).padStart(7)} h  ${verdict.state.padEnd(7)} ${path ?? '–'}  level ${share(level)}, ` +
    `slope ${share(slopePerHour?.best)}/h over ${((spanMs ?? 0) / 3_600_000).toFixed(1)} h, to the limit ${hoursLeft}` +
    (loadExplained === undefined ? '' : `, load explains ${(100 * loadExplained).toFixed(0)} %`)
  );
}

function ruleLines({ rules }: Verdict): readonly string[] {
  return rules.map(({ rule, outcome, text }) => `              ${outcome.padEnd(6)} ${rule}: ${text}`);
}

/** Replays one series: what it is, a drawing, every change of the verdict with its rules, and when the usual methods raised an alarm. */
export function explain(id: SeriesId, stepMs: number): string {
  const series = generateSeries(id, stepMs);
  const { truth, parameters } = series;
  const lines: string[] = [];
  const detector = createDetector(PROFILES[id.kind]);
  let last: Verdict | undefined;
  let [nextHour, hour] = [0, 0];
  replay(series, detector.add.bind(detector), (nowMs) => {
    const verdict = detector.evaluate(nowMs);
    hour = (nowMs - series.startMs) / 3_600_000;
    if (verdict.state !== last?.state) lines.push(verdictLine(verdict, hour), ...ruleLines(verdict));
    else if (hour >= nextHour) lines.push(verdictLine(verdict, hour));
    if (hour >= nextHour) nextHour = hour + series.hours / 12;
    last = verdict;
  });
  if (last !== undefined) lines.push('At the end:', verdictLine(last, hour), ...ruleLines(last));
  const { episodes } = judgeSeries(series, [competitorGroup()]);
  const leak =
    truth.leakStartHour === undefined
      ? 'no leak'
      : `leak from ${truth.leakStartHour.toFixed(2)} h, limit reached at ${truth.exhaustionHour.toFixed(1)} h, alarm owed until ${truth.deadlineHour.toFixed(1)} h`;
  return [
    `${formatSeriesId(id)}: ${truth.label} (${truth.why}); ${leak}; lost ${(100 * truth.leaked).toFixed(1)} % of the limit, swing of the rest ${(100 * truth.swing).toFixed(1)} %`,
    JSON.stringify(parameters),
    draw(series),
    ...lines,
    ...Object.entries(episodes).map(
      ([name, alarms]) =>
        `${name}: ${alarms.map(({ fromHour, toHour }) => `${fromHour.toFixed(1)}–${toHour.toFixed(1)} h`).join(', ') || 'no alarm'}`,
    ),
  ].join('\n');
}
