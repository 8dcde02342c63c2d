/** Work that is done again and again. */
export interface Ticks {
  /** Does it now, or waits for the round under way. */
  readonly tick: () => Promise<void>;
  /** Ends the rounds; waits for the one under way. */
  readonly stop: () => Promise<void>;
}

/**
 * Work of which at most one round is under way: a tick that finds one waits for it. After `stop` a tick does nothing.
 * @param onError gets what the work threw; must not throw itself.
 */
export function singleRound(work: () => Promise<void>, onError: (error: unknown) => void): Ticks {
  let round: Promise<void> | undefined;
  let isStopped = false;
  const doWork = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onError(error);
    } finally {
      round = undefined;
    }
  };
  return {
    tick: () => {
      if (isStopped) return Promise.resolve();
      round ??= doWork();
      return round;
    },
    stop: async () => {
      isStopped = true;
      await round;
    },
  };
}

/**
 * Does work every `everyMs`, never twice at a time: a tick that finds a round under way is skipped. The timer keeps no
 * process alive.
 * @param onError gets what the work threw; must not throw itself.
 */
export function runTicks(
  work: () => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): Ticks {
  const { tick, stop } = singleRound(work, onError);
  const timer = setInterval(() => void tick(), everyMs).unref();
  return {
    tick,
    stop: async () => {
      clearInterval(timer);
      await stop();
    },
  };
}
