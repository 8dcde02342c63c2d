import { describeVerdict } from '../detectors/describe-verdict.ts';
import type { TrackedSeries } from '../fleet/tracked-series.ts';
import { queryName, type WatchedQuery } from '../fleet/watched-query.ts';
import { labelsText } from '../model/labels.ts';
import type { Log } from '../model/log.ts';
import type { VerdictState } from '../model/verdict.ts';
import { isAsBadAs } from './detect-report.ts';

/** Says in the log what an operator of `detect` has to know, once. */
export interface DetectLog {
  /** A problem of a query that does not make it fail. */
  readonly problem: (query: WatchedQuery, text: string) => void;
  /** What came of asking a query; undefined: it was answered. */
  readonly outcome: (query: WatchedQuery, failure: string | undefined) => void;
  /** What is concluded of a series now. */
  readonly state: (query: WatchedQuery, series: TrackedSeries) => void;
  /** Why a query fails at the moment. */
  readonly failureOf: (query: WatchedQuery) => string | undefined;
}

/** Problems that are remembered as told; they come from a configuration and a server, and are few. */
const MOST_TOLD = 1000;

/** Makes a log that tells changes only. */
export function createDetectLog(log: Log): DetectLog {
  const told = new Set<string>();
  const failures = new Map<WatchedQuery, string>();
  const states = new WeakMap<TrackedSeries, VerdictState>();
  return {
    problem: (query, problem) => {
      const text = `${queryName(query)}: ${problem}`;
      if (told.has(text) || told.size >= MOST_TOLD) return;
      told.add(text);
      log('warn', text);
    },
    outcome: (query, failure) => {
      const name = queryName(query);
      if (failure === undefined) {
        if (failures.delete(query)) log('info', `${name}: answered again`);
        return;
      }
      if (!failures.has(query)) log('warn', `${name}: ${failure}`);
      failures.set(query, failure);
    },
    state: (query, series) => {
      const { verdict, labels } = series;
      if (verdict === undefined) return;
      const before = states.get(series) ?? 'none';
      states.set(series, verdict.state);
      if (before === verdict.state) return;
      const level = isAsBadAs(verdict.state, 'ticket') ? 'warn' : 'info';
      const text = describeVerdict(verdict, query.settings);
      log(level, `${queryName(query)} ${labelsText(labels)}: ${before} -> ${verdict.state}: ${text}`);
    },
    failureOf: (query) => failures.get(query),
  };
}
