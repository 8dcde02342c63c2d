import type { BenchMeasure } from '../model/bench-figure.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** Three digits that say something, with separators: `0.42`, `4.2`, `42`, `1,234`. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const shown = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return shown.toLocaleString('en-US', { maximumSignificantDigits: 21 });
}

/** A share as percent, e.g. `0.02 %`. */
export const percentText = (ratio: number): string => {
  const value = ratio * 100;
  return `${value === 0 || value === 100 ? value : Number(value.toPrecision(value < 1 ? 2 : 3))} %`;
};

/** Bytes in KiB, MiB or GiB. */
export function bytesText(bytes: number): string {
  if (bytes >= GIB) return `${digits(bytes / GIB)} GiB`;
  return bytes >= MIB ? `${digits(bytes / MIB)} MiB` : `${digits(bytes / 1024)} KiB`;
}

/** Milliseconds, long ones in seconds. */
const msText = (ms: number): string => (ms >= 10_000 ? `${digits(ms / 1000)} s` : `${digits(ms)} ms`);

/** A figure with its unit. */
export function figureText(measure: BenchMeasure, value: number): string {
  switch (measure) {
    case 'throughput':
      return `${digits(value)}/s`;
    case 'min':
    case 'p50':
    case 'p75':
    case 'p90':
    case 'p95':
    case 'p99':
    case 'p99.9':
    case 'max':
    case 'mean':
      return msText(value);
    case 'errors':
    case 'cpu':
    case 'efficiency':
      return percentText(value);
    case 'memory':
      return bytesText(value);
    case 'recovery':
      return `${digits(value)} s`;
    case 'connections':
    case 'instances':
      return digits(value);
    default:
      return measure satisfies never;
  }
}

const NAMES: Readonly<Record<BenchMeasure, string>> = {
  throughput: 'throughput',
  min: 'fastest',
  p50: 'P50',
  p75: 'P75',
  p90: 'P90',
  p95: 'P95',
  p99: 'P99',
  'p99.9': 'P99.9',
  max: 'slowest',
  mean: 'mean',
  errors: 'errors',
  cpu: 'CPU',
  memory: 'memory',
  connections: 'connections',
  instances: 'instances',
  efficiency: 'efficiency',
  recovery: 'recovery',
};

/** A measure as a reader knows it, e.g. `P99.9`. */
export const measureName = (measure: BenchMeasure): string => NAMES[measure];

/** A ratio as a multiple, e.g. `1.23×`. */
export const ratioText = (ratio: number): string =>
  `${ratio >= 100 ? Math.round(ratio).toLocaleString('en-US') : Number(ratio.toPrecision(3))}×`;

/** Seconds as a reader says them: `850 ms`, `12 s`, `5 min`, `24 h`. */
export function secondsText(seconds: number): string {
  if (seconds < 1) return `${digits(seconds * 1000)} ms`;
  if (seconds < 120) return `${digits(seconds)} s`;
  return seconds < 7200 ? `${digits(seconds / 60)} min` : `${digits(seconds / 3600)} h`;
}
