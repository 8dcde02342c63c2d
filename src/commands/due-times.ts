/**
 * Says when something is due that is to happen at intervals, by a clock that does not go back.
 * @param firstMs when it is due first.
 * @returns whether it is due; it then counts as done. An interval that was made shorter counts at once.
 */
export function createDueTimes(firstMs: number): (nowMs: number, everyMs: number) => boolean {
  let dueMs = firstMs;
  return (nowMs, everyMs) => {
    if (nowMs < dueMs) {
      dueMs = Math.min(dueMs, nowMs + everyMs);
      return false;
    }
    dueMs = nowMs + everyMs;
    return true;
  };
}
