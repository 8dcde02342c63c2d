import type { SeriesUnit } from '../model/verdict.ts';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

const digits = (value: number): string => String(Number(value.toPrecision(3)));

function bytes(value: number): string {
  const power = Math.min(BINARY.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${digits(value / 1024 ** power)} ${BINARY[power]}`;
}

/** A value as people read it: `62 MiB`, `43 ms`, `12`, `8.8 %`, `380/s`. */
export function formatValue(value: number, unit: SeriesUnit): string {
  switch (unit) {
    case 'bytes':
      return bytes(value);
    case 'seconds':
      return Math.abs(value) < 1 ? `${digits(value * 1000)} ms` : `${digits(value)} s`;
    case 'ratio':
      return `${digits(value * 100)} %`;
    case 'per_second':
      return `${digits(value)}/s`;
    case 'count':
      return digits(value);
    default:
      return unit satisfies never;
  }
}
