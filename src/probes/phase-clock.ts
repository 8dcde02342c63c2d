import type { PhaseDurations, ProbePhase } from '../model/probe-result.ts';
import { toMicroseconds } from './to-microseconds.ts';

/** Adds up how long the phases of a run took. */
export interface PhaseClock {
  readonly add: (phase: ProbePhase, ms: number) => void;
  /** Runs work and adds its time to a phase, also where it fails. */
  readonly time: <T>(phase: ProbePhase, work: () => Promise<T>) => Promise<T>;
  /**
   * Runs a request that is measured: its time is split at the first byte and at
   * the first message, as `byteCame` and `messageCame` tell them.
   */
  readonly call: <T>(work: () => Promise<T>) => Promise<T>;
  readonly byteCame: () => void;
  readonly messageCame: () => void;
  /** Time of all measured requests; undefined while there was none. */
  readonly callMs: () => number | undefined;
  /** Time of the measured request that ended last. */
  readonly lastCallMs: () => number | undefined;
  readonly phases: () => PhaseDurations;
}

/** Starts a clock of phases. */
export function createPhaseClock(nowMs: () => number): PhaseClock {
  const durations = new Map<ProbePhase, number>();
  let call: { firstByteMs?: number; firstMessageMs?: number } | undefined;
  let callMs: number | undefined;
  let lastCallMs: number | undefined;
  const add = (phase: ProbePhase, ms: number): void => {
    durations.set(phase, (durations.get(phase) ?? 0) + Math.max(0, ms));
  };
  return {
    add,
    time: async (phase, work) => {
      const startMs = nowMs();
      try {
        return await work();
      } finally {
        add(phase, nowMs() - startMs);
      }
    },
    call: async (work) => {
      const startMs = nowMs();
      const own: { firstByteMs?: number; firstMessageMs?: number } = {};
      call = own;
      try {
        return await work();
      } finally {
        const endMs = nowMs();
        call = undefined;
        lastCallMs = endMs - startMs;
        callMs = (callMs ?? 0) + lastCallMs;
        // Over pipes there are no bytes apart from messages.
        const { firstByteMs } = own;
        const { firstMessageMs } = own;
        if (firstByteMs !== undefined) add('first_byte', firstByteMs - startMs);
        if (firstMessageMs !== undefined) {
          add('first_message', firstMessageMs - (firstByteMs ?? startMs));
          add('answer', endMs - firstMessageMs);
        } else add('answer', endMs - (firstByteMs ?? startMs));
      }
    },
    byteCame: () => {
      if (call !== undefined) call.firstByteMs ??= nowMs();
    },
    messageCame: () => {
      if (call !== undefined) call.firstMessageMs ??= nowMs();
    },
    callMs: () => callMs,
    lastCallMs: () => lastCallMs,
    phases: () => Object.fromEntries([...durations].map(([phase, ms]) => [phase, toMicroseconds(ms)])),
  };
}
