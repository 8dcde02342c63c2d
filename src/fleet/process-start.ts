/** Below it a figure is a count of restarts, above it a Unix time in seconds (September 2001). */
const LEAST_TIME_SECONDS = 1e9;

/** What is remembered of a series' counter of restarts. */
export interface StartMemory {
  restarts: number;
  startedAtMs: number;
}

/** A memory of nothing yet. */
export const freshStart = (): StartMemory => ({ restarts: Number.NaN, startedAtMs: Number.NaN });

/**
 * When the process started that a sample is of: the figure itself where it is a time, else the last change of the
 * counter, at first the first sample. Undefined where the figure says nothing.
 */
export function processStartMs(figure: number, atMs: number, memory: StartMemory): number | undefined {
  if (!Number.isFinite(figure) || figure < 0) return undefined;
  if (figure >= LEAST_TIME_SECONDS) return figure * 1000;
  // A counter that fell is that of a new pod.
  if (figure !== memory.restarts) memory.startedAtMs = atMs;
  memory.restarts = figure;
  return memory.startedAtMs;
}
