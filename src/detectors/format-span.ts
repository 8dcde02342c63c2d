const HOUR_MS = 3_600_000;

/** The unit in which a span is told, and its milliseconds. */
function spanUnit(seconds: number): readonly [unit: string, ms: number] {
  const ms = seconds * 1000;
  if (ms < 90_000) return ['s', 1000];
  if (ms < 1.5 * HOUR_MS) return ['min', 60_000];
  return ms < 96 * HOUR_MS ? ['h', HOUR_MS] : ['days', 24 * HOUR_MS];
}

const inUnit = (seconds: number, ms: number): string =>
  Number(((seconds * 1000) / ms).toPrecision(2)).toLocaleString('en-US');

/** A span of time: `40 s`, `12 min`, `31 h`, `9.5 days`; without an end `never`. */
export function formatSpan(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  const [unit, ms] = spanUnit(seconds);
  return `${inUnit(seconds, ms)} ${unit}`;
}

/** A span by its likely range: `18–31 h`, `18 h–4.2 days`, `18 h or more`. */
export function formatSpanRange(low: number, high: number): string {
  if (!Number.isFinite(high)) return Number.isFinite(low) ? `${formatSpan(low)} or more` : 'never';
  const [unit, ms] = spanUnit(high);
  // In one unit where that can be read: 1.3–1.5 h, but 18 h–4.2 days.
  if (low * 1000 < ms && low > 0) return `${formatSpan(low)}–${formatSpan(high)}`;
  const [from, to] = [inUnit(low, ms), inUnit(high, ms)];
  return from === to ? `${to} ${unit}` : `${from}–${to} ${unit}`;
}
