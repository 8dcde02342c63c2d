import { RecentHistory, type RecentHistoryOptions } from '../../src/history/recent-history.ts';

export const STEP_MS = 15_000;
export const MINUTE_MS = 60_000;
/** A whole step. */
export const START_MS = Date.UTC(2026, 0, 5);

/** A history with values of some series, the first of each at {@link START_MS}. */
export function historyWith(
  series: Readonly<Record<string, readonly number[]>>,
  options: Partial<RecentHistoryOptions> = {},
): RecentHistory {
  const history = new RecentHistory({ stepMs: STEP_MS, spanMs: 10 * MINUTE_MS, mostSeries: 10, ...options });
  const length = Math.max(...Object.values(series).map((values) => values.length));
  for (let step = 0; step < length; step++) {
    const figures = Object.entries(series).map(([name, values]) => [name, values[step] ?? NaN] as const);
    history.put(START_MS + step * STEP_MS, figures);
  }
  return history;
}

/** Names of the series that a history has, sorted. */
export const decodeNames = (history: RecentHistory): readonly string[] => history.names().toSorted();
