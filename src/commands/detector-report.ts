import { given } from '../config/given.ts';
import { describeBriefly, describeVerdict } from '../detectors/describe-verdict.ts';
import { timesToLimit } from '../detectors/times-to-limit.ts';
import type { LiveDetectors, LiveVerdict } from '../model/live-detectors.ts';
import { VERDICT_STATES, type Verdict } from '../model/verdict.ts';
import type { WatchedSeries } from './watched-series.ts';

/** Series that are told with their evidence: it is what makes the answer long. */
const MOST_WITH_EVIDENCE = 100;

/** What else is known of what a detector watches. */
export type Remark = ((detector: string) => string | undefined) | undefined;

interface Concluded {
  readonly series: WatchedSeries;
  readonly verdict: Verdict;
}

/** Series that were concluded of, the worst first. */
function concluded(all: readonly WatchedSeries[]): readonly Concluded[] {
  const rank = ({ verdict: { state } }: Concluded): number => VERDICT_STATES.indexOf(state);
  return all
    .flatMap((series) => (series.verdict === undefined ? [] : [{ series, verdict: series.verdict }]))
    .toSorted((one, other) => rank(other) - rank(one));
}

/** The last verdict of a series in one line, with the remark if it says something. */
export function describeWatched({ watch, verdict }: WatchedSeries, remark: Remark): string {
  if (verdict === undefined) return 'nothing concluded yet';
  const more = verdict.state === 'none' ? undefined : remark?.(watch.detector);
  return `${describeVerdict(verdict, watch.settings)}${more === undefined ? '' : `; ${more}`}`;
}

function toLive({ series: one, verdict }: Concluded, remark: Remark): LiveVerdict {
  const { detector, series, settings } = one.watch;
  return {
    detector,
    series,
    state: verdict.state,
    text: describeWatched(one, remark),
    brief: describeBriefly(verdict, settings),
  };
}

/** What the live view shows of the detectors. */
export function liveDetectors(all: readonly WatchedSeries[], rate: number, remark?: Remark): LiveDetectors {
  const verdicts = concluded(all);
  return {
    series: all.length,
    watchedSeconds: verdicts.reduce((most, { verdict }) => Math.max(most, verdict.watchedMs / 1000), 0),
    rate,
    verdicts: verdicts.filter(({ verdict }) => verdict.state !== 'none').map((each) => toLive(each, remark)),
  };
}

/**
 * What `/api/v1/detectors` answers: every verdict with its rules, its evidence and the times to exhaustion by limit. In
 * JSON what has no end (`Infinity`) is null; points of evidence are `[atMs, low, high, load]`, to be short.
 */
export function detectorReport(all: readonly WatchedSeries[], remark?: Remark): object {
  return {
    series: concluded(all).map((each, index) => {
      const { watch } = each.series;
      const { points, ...evidence } = each.series.evidence();
      return {
        ...toLive(each, remark),
        ...given({ capture: each.series.capturePath }),
        unit: watch.settings.unit,
        direction: watch.settings.direction,
        verdict: each.verdict,
        timesToLimit: timesToLimit(each.verdict, watch.settings),
        ...(index < MOST_WITH_EVIDENCE && {
          evidence: {
            ...evidence,
            points: points.map(({ atMs, low, high, load }) => [atMs, low, high, load ?? null]),
          },
        }),
      };
    }),
  };
}
