import type { Evidence } from '../detectors/evidence.ts';
import { describeBriefly } from '../detectors/describe-verdict.ts';
import type { LeakRow, PageEvidence, PageEstimate, PageLeaks } from '../model/page-leaks.ts';
import type { PageVerdict } from '../model/page-verdict.ts';
import { VERDICT_STATES, type Estimate, type VerdictState } from '../model/verdict.ts';
import { describeWatched, type Remark } from './detector-report.ts';
import type { WatchedSeries } from './watched-series.ts';

const MOST_ROWS = 40;
/** Rows with their evidence: it is what makes the section long. */
const MOST_WITH_EVIDENCE = 12;
/** Points that a chart of a page's width can show. */
const MOST_POINTS = 160;

const VERDICT: Readonly<Record<VerdictState, PageVerdict>> = {
  none: 'ok',
  watch: 'watch',
  ticket: 'watch',
  urgent: 'watch',
  page: 'bad',
};

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;

const estimate = (given: Estimate | undefined): PageEstimate | null =>
  given === undefined || !Number.isFinite(given.low)
    ? null
    : { low: given.low, best: finite(given.best), high: finite(given.high) };

type Point = PageEvidence['points'][number];

/** Joins neighbours until there are few enough: the lowest low and the highest high stay. */
function thinned(points: Evidence['points']): readonly Point[] {
  const stride = Math.ceil(points.length / MOST_POINTS) || 1;
  return Array.from({ length: Math.ceil(points.length / stride) }, (_, at): Point => {
    const group = points.slice(at * stride, (at + 1) * stride);
    const loads = group.flatMap(({ load }) => (load === undefined ? [] : [load]));
    return [
      Math.round(group.reduce((sum, { atMs }) => sum + atMs, 0) / group.length),
      Math.min(...group.map(({ low }) => low)),
      Math.max(...group.map(({ high }) => high)),
      loads.length === 0 ? null : loads.reduce((sum, each) => sum + each, 0) / loads.length,
    ];
  });
}

const toEvidence = ({ points, fit, limit, restartsMs }: Evidence): PageEvidence => ({
  points: thinned(points),
  fit: fit ?? null,
  limit: limit ?? null,
  restartsMs,
});

function toRow(one: WatchedSeries, withEvidence: boolean, remark: Remark): LeakRow | undefined {
  const { watch, verdict, capturePath } = one;
  if (verdict === undefined) return undefined;
  const { detector, series, settings } = watch;
  return {
    detector,
    series,
    state: verdict.state,
    verdict: VERDICT[verdict.state],
    text: describeWatched(one, remark),
    brief: describeBriefly(verdict, settings),
    unit: settings.unit,
    direction: settings.direction,
    sinceMs: verdict.sinceMs,
    watchedSeconds: verdict.watchedMs / 1000,
    level: finite(verdict.level),
    limit: finite(verdict.limit),
    isLimitKnown: verdict.isLimitKnown,
    slopePerHour: estimate(verdict.slopePerHour),
    secondsToLimit: estimate(verdict.secondsToLimit),
    loadExplained: finite(verdict.loadExplained),
    restarts: verdict.restarts,
    rules: verdict.rules,
    capture: capturePath ?? null,
    evidence: withEvidence ? toEvidence(one.evidence()) : null,
  };
}

/** The section of the detectors' verdicts. */
export function leaksSection(
  all: readonly WatchedSeries[],
  options: { readonly isEnabled: boolean; readonly rate: number; readonly remark: Remark },
): PageLeaks {
  const rank = ({ verdict }: WatchedSeries): number => VERDICT_STATES.indexOf(verdict?.state ?? 'none');
  const concluded = all
    .filter(({ verdict }) => verdict !== undefined)
    .toSorted((one, other) => rank(other) - rank(one));
  return {
    enabled: options.isEnabled,
    followed: all.length,
    watchedSeconds: concluded.reduce(
      (most, { verdict }) => Math.max(most, (verdict?.watchedMs ?? 0) / 1000),
      0,
    ),
    rate: options.rate,
    rows: concluded
      .slice(0, MOST_ROWS)
      .flatMap((one, at) => toRow(one, at < MOST_WITH_EVIDENCE, options.remark) ?? []),
    more: Math.max(0, concluded.length - MOST_ROWS),
  };
}
