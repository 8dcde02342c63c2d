/**
 * Resolves with the first of some signals; a second one has its usual effect and ends the process at once.
 * @param until aborted when nobody waits any more: the signals then have their usual effect again.
 */
export function untilSignal(
  signals: readonly NodeJS.Signals[],
  until?: AbortSignal,
): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const leave = (): void => {
      for (const each of signals) process.off(each, onSignal);
    };
    const onSignal = (signal: NodeJS.Signals): void => {
      leave();
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, onSignal);
    until?.addEventListener('abort', leave, { once: true });
  });
}
