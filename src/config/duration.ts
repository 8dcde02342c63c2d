const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest duration a timer of Node can wait, in milliseconds (2^31 - 1, about 24.8 days). */
export const longestDurationMs = 2_147_483_647;

/** Reads a duration such as `500ms`, `1.5s`, `5m` or `1h` into milliseconds; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const ms = Math.round(Number(match?.[1]) * (unitMs[match?.[2] ?? ''] ?? Number.NaN));
  return ms <= longestDurationMs ? ms : undefined;
}
