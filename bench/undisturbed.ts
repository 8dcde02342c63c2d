import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-text.ts';
import { machineCpuSeconds, processTree } from './process-cost.ts';

/** Share of a CPU that other processes may use before a window counts as disturbed. */
const TOLERATED_CPU = 0.15;

/** Pause before a disturbed window is measured again. */
const PAUSE_MS = 500;

// Linux: USER_HZ is 100 on every architecture that Node runs on.
const TICKS_PER_SECOND = 100;

/** Watches what other processes take from the machine while the benchmark measures. */
export interface Disturbance {
  /** Measures one window, and again while other processes disturb it and patience lasts. */
  readonly undisturbed: <T>(measure: () => Promise<T>) => Promise<T>;
  /** CPUs that other processes used on average during the windows that were kept. */
  readonly othersCpus: () => number;
  /** Time that went into repeats. */
  readonly repeatedMs: () => number;
}

// What a process of ours used that has ended counts with the one that waited for it (proc(5): utime, stime, cutime, cstime).
function ownCpuSeconds(): number {
  let ticks = 0;
  for (const pid of processTree(process.pid)) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      for (const field of [11, 12, 13, 14]) ticks += Number(fields[field]);
    } catch (error) {
      // One that ended between the listing and the reading.
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    }
  }
  return ticks / TICKS_PER_SECOND;
}

const othersCpuSeconds = (): number => machineCpuSeconds() - ownCpuSeconds();

/**
 * Has disturbed windows repeated until `patienceMs` have gone into repeats over the whole run.
 * Only what other processes do decides, not the result, and every target is treated alike.
 */
export function watchDisturbance(patienceMs: number): Disturbance {
  let repeatedMs = 0;
  let keptMs = 0;
  let othersSeconds = 0;
  return {
    undisturbed: async (measure) => {
      for (;;) {
        const startMs = performance.now();
        const before = othersCpuSeconds();
        const result = await measure();
        const windowMs = performance.now() - startMs;
        const others = othersCpuSeconds() - before;
        if (others / windowMs <= TOLERATED_CPU / 1000 || repeatedMs >= patienceMs) {
          keptMs += windowMs;
          othersSeconds += others;
          return result;
        }
        await sleep(PAUSE_MS);
        repeatedMs += performance.now() - startMs;
      }
    },
    othersCpus: () => Math.max(0, (othersSeconds / keptMs) * 1000),
    repeatedMs: () => repeatedMs,
  };
}
