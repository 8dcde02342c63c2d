import type { SeriesUnit } from '../model/verdict.ts';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const HOUR_MS = 3_600_000;

/** A number with about three digits: `0.042`, `1.5`, `62`, `1,234`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '-∞' : '–';
  const size = Math.abs(value);
  if (size >= 99.5) return Math.round(value).toLocaleString('en-US');
  if (size >= 0.01) return String(Number(value.toPrecision(2)));
  return size === 0 ? '0' : value.toExponential(0);
}

function formatBytes(bytes: number): string {
  const power = Math.min(
    BYTE_UNITS.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.max(Math.abs(bytes), 1)) / 10)),
  );
  const inUnit = bytes / 1024 ** power;
  // 1023.9 MiB would be written as 1,024 MiB.
  if (Math.round(Math.abs(inUnit)) >= 1024 && power < BYTE_UNITS.length - 1) {
    return `${formatNumber(inUnit / 1024)} ${BYTE_UNITS[power + 1]}`;
  }
  return `${formatNumber(inUnit)} ${BYTE_UNITS[power]}`;
}

function formatSeconds(seconds: number): string {
  return Math.abs(seconds) < 1 ? `${formatNumber(seconds * 1000)} ms` : `${formatNumber(seconds)} s`;
}

/** A value of a series with its unit: `4 GiB`, `250 ms`, `64`, `12 %`, `35/s`. */
export function formatQuantity(value: number, unit: SeriesUnit): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return formatSeconds(value);
    case 'count':
      return formatNumber(value);
    case 'ratio':
      return `${formatNumber(value * 100)} %`;
    case 'per_second':
      return `${formatNumber(value)}/s`;
    default:
      return unit satisfies never;
  }
}

/** A value's growth an hour: `62 MiB/h`. */
export function formatRate(perHour: number, unit: SeriesUnit): string {
  return unit === 'per_second' ? `${formatNumber(perHour)}/s an hour` : `${formatQuantity(perHour, unit)}/h`;
}

/** The unit in which a span is told, and how many of it the span is. */
function spanUnit(seconds: number): readonly [unit: string, ms: number] {
  const ms = seconds * 1000;
  if (ms < 90_000) return ['s', 1000];
  if (ms < 1.5 * HOUR_MS) return ['min', 60_000];
  return ms < 96 * HOUR_MS ? ['h', HOUR_MS] : ['days', 24 * HOUR_MS];
}

const inUnit = (seconds: number, ms: number): string =>
  formatNumber(Number(((seconds * 1000) / ms).toPrecision(2)));

/** A span of time: `40 s`, `12 min`, `31 h`, `9.5 days`. */
export function formatSpan(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  const [unit, ms] = spanUnit(seconds);
  return `${inUnit(seconds, ms)} ${unit}`;
}

/** A span with its likely range: `18–31 h`, `18 h–4.2 days`, `18 h or more`. */
export function formatSpanRange(low: number, high: number): string {
  if (!Number.isFinite(high)) return Number.isFinite(low) ? `${formatSpan(low)} or more` : 'never';
  const [unit, ms] = spanUnit(high);
  const [lowUnit] = spanUnit(low);
  if (lowUnit !== unit) return `${formatSpan(low)}–${formatSpan(high)}`;
  const [from, to] = [inUnit(low, ms), inUnit(high, ms)];
  return from === to ? `${to} ${unit}` : `${from}–${to} ${unit}`;
}
