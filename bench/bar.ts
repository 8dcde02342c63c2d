import type { LatencyFigures, TargetFigures } from './figures.ts';
import { GATEWAYS, type TargetName } from './targets.ts';

/** One criterion that the sidecar has to meet in the same run. */
export interface Criterion {
  readonly title: string;
  readonly outcome: 'pass' | 'FAIL' | 'not measured';
  /** The figure that was compared, in the criterion's unit; undefined if it was not measured. */
  readonly value: number | undefined;
  readonly limit: number;
}

/** How many tool calls the generator counted and how many the sidecar reports on `/metrics`. */
export interface TapCount {
  readonly made: number;
  readonly observed: number;
}

function atMost(title: string, limit: number, value: number | undefined): Criterion {
  if (value === undefined || Number.isNaN(value))
    return { title, limit, value: undefined, outcome: 'not measured' };
  return { title, limit, value, outcome: value <= limit ? 'pass' : 'FAIL' };
}

function atLeast(title: string, limit: number, value: number | undefined): Criterion {
  if (value === undefined || Number.isNaN(value))
    return { title, limit, value: undefined, outcome: 'not measured' };
  return { title, limit, value, outcome: value >= limit ? 'pass' : 'FAIL' };
}

function ratio(value: number | undefined, to: number | undefined): number | undefined {
  return value === undefined || to === undefined ? undefined : value / to;
}

function at(one: TargetFigures | undefined, rate: number): LatencyFigures | undefined {
  return one?.latency.find(({ ratePerSecond }) => ratePerSecond === rate);
}

/** Holds the sidecar's figures against the limits that the project sets itself. */
export function checkBar(figures: readonly TargetFigures[], tap: TapCount | undefined): Criterion[] {
  const find = (name: TargetName): TargetFigures | undefined => figures.find((one) => one.name === name);
  const sidecar = find('sidecar');
  const nginx = find('nginx');
  const httpProxy = find('http-proxy-3');
  const quiet = sidecar?.quietHeadMs;
  return [
    atMost(
      'CPU per request, × http-proxy-3',
      0.7,
      ratio(sidecar?.cpuSeconds?.median, httpProxy?.cpuSeconds?.median),
    ),
    atMost(
      'added P50 at 850/s, × nginx',
      1.8,
      ratio(at(sidecar, 850)?.addedP50Ms.median, at(nginx, 850)?.addedP50Ms.median),
    ),
    ...[850, 1890].map((rate) =>
      atMost(
        `added P99 at ${rate}/s, ms (limit: http-proxy-3's)`,
        at(httpProxy, rate)?.addedP99Ms.median ?? Number.NaN,
        at(httpProxy, rate) && at(sidecar, rate)?.addedP99Ms.median,
      ),
    ),
    atMost(
      'added delay per SSE event, × nginx',
      1.5,
      ratio(sidecar?.addedEventP50Ms?.median, nginx?.addedEventP50Ms?.median),
    ),
    atMost('head of a quiet stream, ms', 100, quiet === null ? Number.POSITIVE_INFINITY : quiet),
    atMost(
      'KB per idle stream at 5,000',
      40,
      sidecar?.memory.find(({ streams }) => streams === 5000)?.kibPerStream,
    ),
    ...GATEWAYS.map((name) =>
      atLeast(`rate per core, × ${name}`, 10, ratio(sidecar?.ratePerCore, find(name)?.ratePerCore)),
    ),
    atLeast('share of calls that the tap measured', 1, tap && Math.min(1, tap.observed / tap.made)),
  ];
}
