import type { ConditionReadings } from '../model/condition-readings.ts';
import type { ConditionRow, PageConditions } from '../model/page-conditions.ts';
import { judgedHere, notJudgedHere } from '../rules/local-conditions.ts';
import {
  bySeverity,
  conditionRows,
  trackConditions,
  type TrackedConditions,
} from '../rules/track-conditions.ts';

/** What a Prometheus says of its alerts. */
export interface AskedAlerts {
  readonly checkedAtMs: number | undefined;
  readonly problem: string | undefined;
  readonly rows: readonly ConditionRow[];
}

/** The conditions of one server, followed over time. */
export interface Conditions {
  /** Evaluates all of them once more; says whether one began to fire, ended, or went away. */
  readonly evaluate: (readings: ConditionReadings) => boolean;
  /** @param asked what a Prometheus says; undefined: none is configured. */
  readonly section: (readings: ConditionReadings, asked: AskedAlerts | undefined) => PageConditions;
}

const count = (rows: readonly ConditionRow[], severity: ConditionRow['severity']): number =>
  rows.filter((row) => row.state === 'firing' && row.severity === severity).length;

/** Alerts of the Prometheus that the sidecar judges itself are shown once, as it sees them. */
function joined(own: readonly ConditionRow[], asked: readonly ConditionRow[]): readonly ConditionRow[] {
  const known = new Set(own.map(({ name }) => name));
  return [...own, ...asked.filter(({ name }) => !known.has(name))].toSorted(bySeverity);
}

/** Follows the conditions that the sidecar judges by itself. */
export function createConditions(): Conditions {
  let tracked: TrackedConditions = new Map();
  let judgedAtMs: number | undefined;
  return {
    evaluate: (readings) => {
      const before = tracked;
      tracked = trackConditions(before, readings);
      judgedAtMs = readings.atMs;
      const keys = new Set([...before.keys(), ...tracked.keys()]);
      return [...keys].some((key) => before.get(key)?.state !== tracked.get(key)?.state);
    },
    section: (readings, asked) => {
      const own = conditionRows(tracked);
      const rows = joined(own, asked?.rows ?? []);
      return {
        rows,
        firing: {
          critical: count(rows, 'critical'),
          warning: count(rows, 'warning'),
          info: count(rows, 'info'),
          other: count(rows, 'other'),
        },
        judgedHere: judgedHere(readings),
        notJudgedHere,
        judgedAtMs: judgedAtMs ?? null,
        prometheus:
          asked === undefined
            ? null
            : {
                checkedAtMs: asked.checkedAtMs ?? null,
                problem: asked.problem ?? null,
                rows: rows.filter(({ judgedBy }) => judgedBy === 'prometheus').length,
              },
      };
    },
  };
}
