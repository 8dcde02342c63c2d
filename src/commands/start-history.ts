import { encodeRecent, restoreRecent } from '../history/recent-archive.ts';
import { RecentHistory } from '../history/recent-history.ts';
import type { Config } from '../config/config.ts';
import { exportHistory } from '../metrics/history-metrics.ts';
import type { Clock } from '../model/clock.ts';
import type { FigureReadings } from '../model/condition-readings.ts';
import type { Log } from '../model/log.ts';
import { alignedTicks } from './aligned-ticks.ts';
import { createDueTimes } from './due-times.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import { historyReadings } from './history-readings.ts';
import type { FigureReader } from './history-figures.ts';
import type { Observation } from './observation.ts';

/** Between two values of a series. */
export const HISTORY_STEP_MS = 15_000;
/** At most this much is lost when the process is killed. */
const SAVE_MS = 5 * 60_000;
/** Name of the history in the state directory. */
const STATE_NAME = 'recent';

/** What the history is given from outside. */
export interface HistoryParts {
  readonly observation: Pick<Observation, 'registry' | 'state'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly figures: FigureReader;
  /** Told when new values are there. */
  readonly onStep: () => void;
}

/** The recent past at hand. */
export interface History {
  readonly recent: RecentHistory;
  readonly readings: FigureReadings;
  /** Takes what the running interval came to, or waits for that under way. */
  readonly tick: () => Promise<void>;
  /** Saves what is remembered and ends. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts remembering: at every 15 seconds of the wall clock one value for each series, in memory that is bounded by the
 * settings; with a state directory it is written every 5 minutes and outlives the process.
 */
export async function startHistory({ page }: Config, parts: HistoryParts): Promise<History> {
  const { observation, clock, log, figures, onStep } = parts;
  const recent = new RecentHistory({
    stepMs: HISTORY_STEP_MS,
    spanMs: page.historyMs,
    mostSeries: page.historySeries,
  });
  exportHistory(observation.registry, recent);
  const { state } = observation;
  const packed = await state?.readState(STATE_NAME);
  if (packed !== undefined) {
    try {
      restoreRecent(recent, packed, clock.wallMs());
    } catch (error) {
      await state?.setAside(STATE_NAME, errorMessage(error));
    }
  }

  const save = async (): Promise<void> => {
    await state?.writeState(STATE_NAME, encodeRecent(recent));
  };
  let lastMs = clock.nowMs();
  const isSaveDue = createDueTimes(lastMs + SAVE_MS);
  const told = new Set<string>();
  const tellOnce = (error: unknown): void => {
    const text = errorDetail(error);
    if (!told.has(text)) log('error', `history: ${text}`);
    told.add(text);
  };

  const step = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    const seconds = (nowMs - lastMs) / 1000;
    // Two ticks in a row leave nothing to count.
    if (seconds <= 0) return;
    lastMs = nowMs;
    recent.put(clock.wallMs(), await figures.read(seconds));
    onStep();
    if (state !== undefined && isSaveDue(nowMs, SAVE_MS)) await save();
  };
  const ticks = alignedTicks(step, HISTORY_STEP_MS, clock, tellOnce);

  return {
    recent,
    readings: historyReadings(recent),
    tick: ticks.tick,
    stop: async () => {
      await ticks.stop();
      if (state !== undefined) await save();
    },
  };
}
