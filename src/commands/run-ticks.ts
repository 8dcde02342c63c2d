/** Work that is done again and again. */
export interface Ticks {
  /** Does it now, or waits for the round under way. */
  readonly tick: () => Promise<void>;
  /** Ends the rounds; waits for the one under way. */
  readonly stop: () => Promise<void>;
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
  const tick = (): Promise<void> => {
    if (isStopped) return Promise.resolve();
    round ??= doWork();
    return round;
  };
  const timer = setInterval(() => void tick(), everyMs).unref();
  return {
    tick,
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await round;
    },
  };
}
