import type { PageUnit } from './page-verdict.ts';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const BITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'] as const;

/** Three digits that count, two below 1: what is beyond them is noise. */
const digits = (value: number): string => String(Number(value.toPrecision(Math.abs(value) < 1 ? 2 : 3)));

function scaled(value: number, base: number, units: readonly string[]): string {
  const steps = Math.floor(Math.log(Math.abs(value) || 1) / Math.log(base));
  const power = Math.min(units.length - 1, Math.max(0, steps));
  return `${digits(value / base ** power)} ${units[power] ?? ''}`;
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size < 1) return `${digits(value * 1000)} ms`;
  if (size < 120) return `${digits(value)} s`;
  if (size < 7200) return `${digits(value / 60)} min`;
  return size < 4 * 86_400 ? `${digits(value / 3600)} h` : `${digits(value / 86_400)} days`;
}

/** A figure as people read it: `62 MiB`, `43 ms`, `12`, `8.8 %`, `380/s`. */
export function formatFigure(value: number, unit: PageUnit): string {
  switch (unit) {
    case 'bytes':
      return scaled(value, 1024, BINARY);
    case 'bits_per_second':
      return scaled(value, 1000, BITS);
    case 'ms':
      return Math.abs(value) < 10_000 ? `${digits(value)} ms` : seconds(value / 1000);
    case 'seconds':
      return seconds(value);
    case 'ratio':
      return `${digits(value * 100)} %`;
    case 'per_second':
      return `${digits(value)}/s`;
    case 'count':
    case 'cores':
      return digits(value);
    default:
      return unit satisfies never;
  }
}
