/** Waits for work, but no longer than the limit: whoever ends must come to an end. Rejects where the work does in time. */
export async function within(limitMs: number, work: Promise<unknown> | undefined): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  try {
    await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
