import { longestDurationMs } from '../config/duration.ts';
import { untilSignal } from './signals.ts';

/** Aborts at Ctrl-C, at SIGTERM and at the cap, with the reason in words; a second signal ends the process at once. */
export function untilEnded(
  maxDurationMs: number,
  startedMs: number,
): { signal: AbortSignal; stop: () => void } {
  const ended = new AbortController();
  const waiting = new AbortController();
  const timer = setTimeout(
    () => ended.abort(new Error('--max-duration is over')),
    Math.min(maxDurationMs, longestDurationMs),
  );
  void (async () => {
    const signal = await untilSignal(['SIGINT', 'SIGTERM'], waiting.signal);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    ended.abort(new Error(`${signal === 'SIGINT' ? 'Ctrl-C' : signal} after ${seconds} s`));
  })();
  return {
    signal: ended.signal,
    stop: () => {
      clearTimeout(timer);
      waiting.abort();
    },
  };
}
