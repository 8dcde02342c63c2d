import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time in milliseconds for which work may keep the proxy waiting. */
const SLICE_MS = 4;

/** Makes a break for long work to call often: when the slice is used up, it lets everything else have its turn. */
export function takeBreaks(): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < SLICE_MS) return;
    await nextTurn();
    sinceMs = performance.now();
  };
}
