/**
 * Runs `sweep` every `everyMs`, on a timer that keeps no process alive; what it throws goes to `onError`, so that
 * a sweep that fails ends neither the timer nor the process.
 * @returns ends the sweeps.
 */
export function startSweeper(
  sweep: () => void,
  everyMs: number,
  onError: (error: unknown) => void,
): () => void {
  const timer = setInterval(() => {
    try {
      sweep();
    } catch (error) {
      onError(error);
    }
  }, everyMs).unref();
  return () => clearInterval(timer);
}
