import { queryName, type WatchedQuery } from '../fleet/watched-query.ts';
import { labelsKey, labelsText } from '../model/labels.ts';
import { VERDICT_STATES, type Verdict, type VerdictState } from '../model/verdict.ts';
import type { Finding } from './detect-offline.ts';
import { renderEvidence } from './render-evidence.ts';

/** How a report is written. */
export interface ReportLayout {
  readonly width: number;
  readonly color: boolean;
}

const NAME = '__name__';

const rank = (state: VerdictState): number => VERDICT_STATES.indexOf(state);

/** A series whose last sample is older than so long at the end of the range has ended. */
const ENDED_MS = 15 * 60_000;

/** Whether a series had ended before the end of a range. */
export const hasEnded = ({ lastMs }: Finding, toMs: number): boolean => toMs - lastMs > ENDED_MS;

/** Whether a state is as bad as another. */
export const isAsBadAs = (state: VerdictState, other: VerdictState): boolean => rank(state) >= rank(other);

/** Seconds that are left; of one that nothing is the matter with the figure means nothing. */
const urgency = ({ state, secondsToLimit }: Verdict): number =>
  state === 'none' ? Infinity : (secondsToLimit?.best ?? Infinity);

/** The worst first; of equal states the one that has the least time left. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  const keyed = findings.map((finding) => ({
    finding,
    key: `${queryName(finding.query)} ${labelsKey(finding.labels)}`,
  }));
  return keyed
    .toSorted(
      ({ finding: a, key: aKey }, { finding: b, key: bKey }) =>
        rank(b.verdict.state) - rank(a.verdict.state) ||
        compare(urgency(a.verdict), urgency(b.verdict)) ||
        (aKey < bKey ? -1 : 1),
    )
    .map(({ finding }) => finding);
}

/** Not by a difference: both may be infinite. */
const compare = (one: number, other: number): number => (one < other ? -1 : one > other ? 1 : 0);

/** What a series is called in full, with spaces at which a line may be broken. */
const seriesOf = ({ labels }: Finding): string =>
  Object.keys(labels).length === 0 ? '' : labelsText(labels).replaceAll('",', '", ');

/** Draws the evidence of the worst verdicts. */
export function renderExplanations(
  findings: readonly Finding[],
  toMs: number,
  most: number,
  layout: ReportLayout,
): readonly string[] {
  return worstFirst(findings)
    .slice(0, most)
    .map((finding) =>
      renderEvidence(
        {
          title: queryName(finding.query),
          series: seriesOf(finding),
          settings: finding.query.settings,
          verdict: finding.verdict,
          evidence: finding.evidence(),
          ...(hasEnded(finding, toMs) && { endedMs: finding.lastMs }),
        },
        layout,
      ),
    );
}

/** A verdict as others read it; JSON has no infinity, so a range without an end has `null` there. */
export function findingJson({ query, labels, verdict, lastMs }: Finding): object {
  const named: Pick<WatchedQuery, 'detector' | 'series'> = query;
  return {
    detector: named.detector,
    series: named.series ?? labels[NAME] ?? '',
    labels,
    unit: query.settings.unit,
    lastSampleMs: lastMs,
    ...verdict,
  };
}
