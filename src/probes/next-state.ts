import type { ProbeState, RunOutcome } from '../model/probe-result.ts';

/** A probe's state with the runs that lead to the next. */
export interface StateCount {
  readonly state: ProbeState;
  readonly failuresInRow: number;
  /** Runs that succeeded, at once or after a retry. */
  readonly successesInRow: number;
  /** Of these the last ones that succeeded at once. */
  readonly cleanInRow: number;
}

/** How many runs of a kind change the state. */
export interface Thresholds {
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/** Before the first run. */
export const initialState: StateCount = {
  state: 'unknown',
  failuresInRow: 0,
  successesInRow: 0,
  cleanInRow: 0,
};

function stateAfter(
  before: ProbeState,
  count: Omit<StateCount, 'state'>,
  thresholds: Thresholds,
): ProbeState {
  const { failuresInRow, successesInRow, cleanInRow } = count;
  if (failuresInRow > 0) return failuresInRow >= thresholds.failureThreshold ? 'down' : before;
  if (before === 'down' && successesInRow < thresholds.successThreshold) return 'down';
  if (cleanInRow === 0) return 'degraded';
  return before === 'degraded' && cleanInRow < thresholds.successThreshold ? 'degraded' : 'up';
}

/**
 * The state after a run. Failures have to come `failureThreshold` times in a row
 * to make a probe `down`; from `down` and from `degraded` it takes
 * `successThreshold` successes in a row to be `up`. A success that took a retry
 * makes it `degraded`. From `unknown` the first success decides.
 */
export function nextState(before: StateCount, outcome: RunOutcome, thresholds: Thresholds): StateCount {
  const failed = outcome === 'failure';
  const count = {
    failuresInRow: failed ? before.failuresInRow + 1 : 0,
    successesInRow: failed ? 0 : before.successesInRow + 1,
    cleanInRow: outcome === 'success' ? before.cleanInRow + 1 : 0,
  };
  return { state: stateAfter(before.state, count, thresholds), ...count };
}
