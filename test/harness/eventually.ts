import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats an assertion until it holds, because an answer reaches its client
 * before the sidecar has counted it.
 * @throws what the assertion threw last, after `timeoutMs` (default 15 s).
 */
export async function eventually(assertion: () => Promise<void> | void, timeoutMs = 15_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
    await sleep(50);
  }
}
