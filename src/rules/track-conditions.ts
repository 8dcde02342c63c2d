import type { ConditionReadings } from '../model/condition-readings.ts';
import type { ConditionRow, ConditionState } from '../model/page-conditions.ts';
import { declarationOf, localJudges, pageSeverity, runbookOf } from './local-conditions.ts';
import { windowMs, type Held } from './local-judge.ts';

/** A condition as it is followed from one evaluation to the next. */
export interface TrackedCondition {
  readonly alert: string;
  readonly held: Held;
  /** Unix time since when it has held without a break, in milliseconds. */
  readonly sinceMs: number;
  /** Unix time at which it last held. */
  readonly heldAtMs: number;
  readonly state: ConditionState;
}

/** By alert and labels. */
export type TrackedConditions = ReadonlyMap<string, TrackedCondition>;

/** Conditions of one alert at most: one for each tool of a server of very many would drown the others. */
const MOST_OF_ONE_ALERT = 50;

const keyOf = (alert: string, { labels }: Held): string =>
  JSON.stringify([alert, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

/** What a condition that held before and does not now goes on as; undefined: it is over. */
function fading(tracked: TrackedCondition, atMs: number): TrackedCondition | undefined {
  const { state, heldAtMs, alert } = tracked;
  if (state === 'pending') return undefined;
  const keepMs = windowMs(declarationOf(alert)?.keepFiringFor ?? '0s');
  return atMs - heldAtMs < keepMs ? { ...tracked, state: 'ending' } : undefined;
}

/**
 * Evaluates every condition once more: one that holds is pending until it has held for as long as its alert wants, then
 * it fires, and when it holds no longer it is shown as ending for as long as the alert would go on.
 */
export function trackConditions(before: TrackedConditions, readings: ConditionReadings): TrackedConditions {
  const { atMs } = readings;
  const after = new Map<string, TrackedCondition>();
  for (const { alert, held: judge } of localJudges) {
    const forMs = windowMs(declarationOf(alert)?.for ?? '0s');
    for (const held of judge(readings).slice(0, MOST_OF_ONE_ALERT)) {
      const key = keyOf(alert, held);
      const known = before.get(key);
      const sinceMs = known?.sinceMs ?? atMs;
      // One that was firing a moment ago goes on firing, as keep_firing_for has it.
      const fires = atMs - sinceMs >= forMs || (known !== undefined && known.state !== 'pending');
      after.set(key, { alert, held, sinceMs, heldAtMs: atMs, state: fires ? 'firing' : 'pending' });
    }
  }
  for (const [key, tracked] of before) {
    const left = after.has(key) ? undefined : fading(tracked, atMs);
    if (left !== undefined) after.set(key, left);
  }
  return after;
}

const RANK: Readonly<Record<ConditionRow['severity'], number>> = {
  critical: 0,
  warning: 1,
  info: 2,
  other: 3,
};
const STATE_RANK: Readonly<Record<ConditionState, number>> = { firing: 0, ending: 1, pending: 2 };

/** Orders rows: firing ones first, the most severe first, the oldest first. */
export const bySeverity = (one: ConditionRow, other: ConditionRow): number =>
  STATE_RANK[one.state] - STATE_RANK[other.state] ||
  RANK[one.severity] - RANK[other.severity] ||
  one.sinceMs - other.sinceMs ||
  (one.name < other.name ? -1 : 1);

/** The conditions as rows of the page. */
export function conditionRows(tracked: TrackedConditions): readonly ConditionRow[] {
  const all = [...tracked.values()];
  const fires = all.filter(({ state }) => state !== 'pending').map(({ alert }) => alert);
  const units = new Map(localJudges.map(({ alert, unit }) => [alert, unit]));
  return all
    .map(({ alert, held, sinceMs, state }): ConditionRow => ({
      judgedBy: 'sidecar',
      name: alert,
      severity: pageSeverity(declarationOf(alert)?.severity ?? 'other'),
      state,
      sinceMs,
      labels: held.labels,
      live: held.live,
      unit: units.get(alert) ?? 'count',
      expected: held.expected,
      words: held.words,
      runbook: runbookOf(alert) ?? null,
      inhibitedBy: fires.find((each) => declarationOf(each)?.inhibits.includes(alert) === true) ?? null,
    }))
    .toSorted(bySeverity);
}
