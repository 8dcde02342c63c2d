import type { Log } from '../model/log.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import type { HistoryRefill } from './refill-history.ts';
import type { WatchedSeries } from './watched-series.ts';

/** Asks for the past of series while their samples wait, one series after the other. */
export interface PastRequests {
  /**
   * Asks for the past of a series, unless it knows enough of it.
   * @param nowMs Unix time in milliseconds.
   */
  readonly ask: (one: WatchedSeries, limit: number | undefined, nowMs: number) => void;
  /** Ends what is under way; no series waits then. */
  readonly stop: () => Promise<void>;
}

const WEEK_MS = 7 * 24 * 3_600_000;
/** What a past must reach back farther by to be of use. */
const GAIN_MS = 6 * 3_600_000;
/** A gap up to now that is not worth a question. */
const GAP_MS = 30 * 60_000;

/**
 * Puts a refill to work; after a failure nothing is asked any more, and the log says why.
 * @param refill undefined: there is nobody to ask.
 */
export function createPastRequests(refill: HistoryRefill | undefined, log: Log): PastRequests {
  let requests = Promise.resolve();
  let isOver = refill === undefined;

  const fill = async (one: WatchedSeries, limit: number | undefined): Promise<void> => {
    try {
      if (refill !== undefined && !isOver) one.refill(await refill.pastOf(one.watch, limit), GAIN_MS);
    } catch (error) {
      if (!isOver) log('warn', `detectors: go on without the past: ${errorMessage(error)}`);
      isOver = true;
    } finally {
      one.goOn();
    }
  };

  return {
    ask: (one, limit, nowMs) => {
      const { sinceMs = nowMs, lastMs = 0 } = one;
      const isKnown = sinceMs < nowMs - WEEK_MS + GAIN_MS && lastMs > nowMs - GAP_MS;
      if (isOver || isKnown) return;
      one.wait();
      requests = requests
        .then(() => fill(one, limit))
        .catch((error: unknown) => log('error', `detectors: ${errorDetail(error)}`));
    },
    stop: async () => {
      isOver = true;
      await refill?.stop();
      await requests;
    },
  };
}
