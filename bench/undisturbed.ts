import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, machineCpuSeconds, processTree } from './process-cost.ts';

/** Share of a CPU that other processes may use before a window counts as disturbed. */
const TOLERATED_CPU = 0.15;

/** Pause before a disturbed window is measured again. */
const PAUSE_MS = 500;

/** Watches what other processes take from the machine while the benchmark measures. */
export interface Disturbance {
  /** Measures one window, and again while other processes disturb it and patience lasts. */
  readonly undisturbed: <T>(measure: () => Promise<T>) => Promise<T>;
  /** CPUs that other processes used on average during the windows that were kept. */
  readonly othersCpus: () => number;
}

// CPU seconds that processes other than the benchmark's have used so far.
function othersCpuSeconds(): number {
  return machineCpuSeconds() - cpuSecondsOf(processTree(process.pid));
}

/**
 * Has disturbed windows repeated until `patienceMs` have gone into repeats over the whole run.
 * Only what other processes do decides, not the result, and every target is treated alike.
 */
export function watchDisturbance(patienceMs: number): Disturbance {
  let leftMs = patienceMs;
  let keptMs = 0;
  let othersSeconds = 0;
  const undisturbed: Disturbance['undisturbed'] = async (measure) => {
    for (;;) {
      const startMs = performance.now();
      const before = othersCpuSeconds();
      const result = await measure();
      const windowMs = performance.now() - startMs;
      const others = othersCpuSeconds() - before;
      if (others / windowMs <= TOLERATED_CPU / 1000 || leftMs <= 0) {
        keptMs += windowMs;
        othersSeconds += others;
        return result;
      }
      await sleep(PAUSE_MS);
      leftMs -= performance.now() - startMs;
    }
  };
  return { undisturbed, othersCpus: () => Math.max(0, (othersSeconds / keptMs) * 1000) };
}
