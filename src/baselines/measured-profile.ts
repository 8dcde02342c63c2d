import { scopeText, type BenchFigure, type BenchMeasure, type BenchScope } from '../model/bench-figure.ts';
import { GIB } from './gib.ts';

/** What a load test measured: of repeated runs the medians. */
export interface MeasuredProfile {
  readonly profile: string;
  readonly loop: 'closed' | 'open';
  readonly users: number;
  readonly requests: number;
  readonly durationSeconds: number;
  readonly intendedPerSecond?: number;
  readonly figures: readonly BenchFigure[];
  /** Failed requests by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** Highest readings: CPU as a share, memory in bytes. */
  readonly cpuMaxRatio?: number;
  readonly memoryMaxBytes?: number;
  /** Rates of the phases, requests a second and seconds. */
  readonly phases: readonly {
    readonly phase: string;
    readonly targetPerSecond: number;
    readonly durationSeconds: number;
  }[];
}

/** A figure to four digits: more would only be noise. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

/** Looks up a figure, by default of the run as a whole, to four digits; undefined where it was not measured. */
export type ReadFigure = (measure: BenchMeasure, scope?: BenchScope) => number | undefined;

/** Gives the look-up of a test's figures. */
export function figureReader({ figures }: MeasuredProfile): ReadFigure {
  const byKey = new Map(
    figures.map(({ scope, measure, value }) => [`${scopeText(scope)} ${measure}`, value]),
  );
  return (measure, scope = { of: 'run' }) => {
    const value = byKey.get(`${scopeText(scope)} ${measure}`);
    return value === undefined ? undefined : rounded(value);
  };
}

/** A mapping without what is undefined. */
export const present = (entries: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

/** The latency percentiles of a baseline, milliseconds. */
export const percentiles = (read: ReadFigure, scope?: BenchScope) => ({
  p50Ms: read('p50', scope),
  p95Ms: read('p95', scope),
  p99Ms: read('p99', scope),
  p999Ms: read('p99.9', scope),
});

/** Bytes in GiB. */
export const gibOf = (bytes: number | undefined) => (bytes === undefined ? undefined : rounded(bytes / GIB));

/** A share of errors, if there were any: that none was seen does not make it 0, and rules compare with multiples of it. */
export const positive = (ratio: number | undefined) =>
  ratio === undefined || ratio === 0 ? undefined : ratio;

/** A share, which a reading of the CPU may exceed by a hair. */
export const shareOf = (ratio: number | undefined) => (ratio === undefined ? undefined : Math.min(1, ratio));
