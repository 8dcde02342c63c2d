import type { PageUnit } from '../model/page-verdict.ts';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const DECIMAL = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'] as const;

/** Three digits that count, below 1 two, grouped by thousands: `0.042`, `4.21`, `42.1`, `1,230`. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && size < 0.001) return value.toExponential(1);
  const rounded = size >= 100 ? Math.round(value) : Number(value.toPrecision(size < 1 ? 2 : 3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function scaled(value: number, base: number, names: readonly string[]): string {
  const power = Math.floor(Math.log(Math.abs(value) || 1) / Math.log(base) + 1e-9);
  const at = Math.min(names.length - 1, Math.max(0, power));
  return `${digits(value / base ** at)} ${names[at]}`;
}

/** A value as people read it: `62 MiB`, `43 ms`, `12`, `8.8 %`, `380/s`; `–` where there is none. */
export function quantity(value: number | null | undefined, unit: PageUnit): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return '–';
  switch (unit) {
    case 'bytes':
      return scaled(value, 1024, BINARY);
    case 'bits_per_second':
      return scaled(value, 1000, DECIMAL);
    case 'ms':
      return quantity(value / 1000, 'seconds');
    case 'seconds':
      if (Math.abs(value) < 1) return `${digits(value * 1000)} ms`;
      return Math.abs(value) < 600 ? `${digits(value)} s` : spanText(value);
    case 'ratio':
      return `${digits(value * 100)} %`;
    case 'per_second':
      return `${digits(value)}/s`;
    case 'cores':
      return digits(value);
    case 'count':
      return digits(value);
    default:
      return unit satisfies never;
  }
}

const SPANS = [
  { seconds: 86_400, name: 'd' },
  { seconds: 3600, name: 'h' },
  { seconds: 60, name: 'min' },
] as const;

/** A span of seconds in two parts at most: `4 s`, `3 min 20 s`, `5 h`, `2 d 4 h`. */
export function spanText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const at = SPANS.findIndex((span) => whole >= span.seconds);
  const span = SPANS[at];
  if (span === undefined) return `${whole} s`;
  const next = SPANS[at + 1] ?? { seconds: 1, name: 's' };
  const rest = Math.floor((whole % span.seconds) / next.seconds);
  const first = `${Math.floor(whole / span.seconds)} ${span.name}`;
  return rest === 0 ? first : `${first} ${rest} ${next.name}`;
}

/** How many times as much: `0.42×`, `3.1×`, `120×`. */
export function timesText(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio)) return '–';
  if (ratio > 0 && ratio < 0.005) return '< 0.01×';
  if (ratio >= 9.95) return `${Math.round(ratio).toLocaleString('en-US')}×`;
  return `${ratio.toFixed(ratio < 0.995 ? 2 : 1)}×`;
}
