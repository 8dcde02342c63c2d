import type { Clock } from '../model/clock.ts';
import { singleRound, type Ticks } from './run-ticks.ts';

/** A tick is late, not early, when a timer runs a moment before its time. */
const EARLY_MS = 5;

/**
 * Does work at each whole multiple of `everyMs` on the wall clock, never twice at a time. The next one is looked up
 * anew each time, so that ticks neither drift off their grid nor pile up after a pause. The timer keeps no process alive.
 * @param onError gets what the work threw; must not throw itself.
 */
export function alignedTicks(
  work: () => Promise<void>,
  everyMs: number,
  clock: Clock,
  onError: (error: unknown) => void,
): Ticks {
  const { tick, stop } = singleRound(work, onError);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const schedule = (): void => {
    if (isStopped) return;
    const now = clock.wallMs() + EARLY_MS;
    const next = (Math.floor(now / everyMs) + 1) * everyMs;
    timer = setTimeout(() => void tick().then(schedule), next - clock.wallMs()).unref();
  };
  schedule();
  return {
    tick,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await stop();
    },
  };
}
