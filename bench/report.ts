import type { Criterion } from './bar.ts';
import type { TargetFigures } from './figures.ts';
import type { Spread } from './statistics.ts';
import { table } from './table.ts';

const NONE = '–';

function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? NONE : value.toFixed(digits);
}

function spread(value: Spread | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value.median)) return NONE;
  return `${number(value.median, digits)} [${number(value.min, digits)}–${number(value.max, digits)}]`;
}

// Value as a multiple of what two of the targets have.
function ratios(figures: readonly TargetFigures[], pick: (one: TargetFigures) => number | undefined) {
  const nginx = figures.find(({ name }) => name === 'nginx');
  const httpProxy = figures.find(({ name }) => name === 'http-proxy-3');
  return (one: TargetFigures): [string, string] => {
    const value = pick(one) ?? Number.NaN;
    return [
      number(value / ((nginx && pick(nginx)) ?? Number.NaN), 2),
      number(value / ((httpProxy && pick(httpProxy)) ?? Number.NaN), 2),
    ];
  };
}

function cpuTable(figures: readonly TargetFigures[]): string {
  const rows = figures.filter((one) => one.cpuSeconds !== undefined);
  const times = ratios(figures, (one) => one.cpuSeconds?.median);
  return table(
    ['full load', 'CPU s per 1,000', '× nginx', '× http-proxy-3', 'rate per core /s', 'share of a core used'],
    rows.map((one) => [
      one.name,
      spread(one.cpuSeconds, 4),
      ...times(one),
      number(one.ratePerCore, 0),
      number(one.busyRatio?.median, 2),
    ]),
  );
}

function latencyTable(figures: readonly TargetFigures[], ratePerSecond: number): string {
  const at = (one: TargetFigures) => one.latency.find((latency) => latency.ratePerSecond === ratePerSecond);
  const p50 = ratios(figures, (one) => at(one)?.addedP50Ms.median);
  const p99 = ratios(figures, (one) => at(one)?.addedP99Ms.median);
  const head = ['P50 ms', 'added P50', '× nginx', '× hp3', 'P99 ms', 'added P99', '× nginx', '× hp3'];
  return table(
    [`${ratePerSecond} requests/s`, ...head],
    figures
      .filter((one) => at(one) !== undefined)
      .map((one) => [
        one.name,
        number(at(one)?.p50Ms.median, 3),
        ...(one.name === 'direct' ? [NONE, NONE, NONE] : [spread(at(one)?.addedP50Ms, 3), ...p50(one)]),
        number(at(one)?.p99Ms.median, 2),
        ...(one.name === 'direct' ? [NONE, NONE, NONE] : [spread(at(one)?.addedP99Ms, 2), ...p99(one)]),
      ]),
  );
}

function eventsTable(figures: readonly TargetFigures[]): string {
  const times = ratios(figures, (one) => one.addedEventP50Ms?.median);
  return table(
    ['SSE', 'event delay P50 ms', 'added', '× nginx', '× http-proxy-3', 'head of a quiet stream'],
    figures
      .filter((one) => one.eventP50Ms !== undefined)
      .map((one) => [
        one.name,
        spread(one.eventP50Ms, 3),
        ...(one.name === 'direct' ? [NONE, NONE, NONE] : [spread(one.addedEventP50Ms, 3), ...times(one)]),
        one.quietHeadMs === null ? 'no, not within 1 s' : `yes, ${number(one.quietHeadMs, 1)} ms`,
      ]),
  );
}

function holding(one: TargetFigures, count: number) {
  return one.memory.find(({ streams }) => streams === count);
}

function memoryTable(figures: readonly TargetFigures[]): string {
  const counts = [...new Set(figures.flatMap((one) => one.memory.map(({ streams }) => streams)))];
  const last = counts.at(-1) ?? 0;
  const times = ratios(figures, (one) => holding(one, last)?.kibPerStream);
  return table(
    [
      'idle streams',
      ...counts.map((count) => `MB at ${count}`),
      ...counts.filter((count) => count > 0).map((count) => `KB each at ${count}`),
      '× nginx',
      '× http-proxy-3',
    ],
    figures
      .filter((one) => one.memory.length > 0)
      .map((one) => [
        one.name,
        ...counts.map((count) => number((holding(one, count)?.rssBytes ?? Number.NaN) / 2 ** 20, 1)),
        ...counts.filter((count) => count > 0).map((count) => number(holding(one, count)?.kibPerStream, 1)),
        ...times(one),
      ]),
  );
}

function barTable(bar: readonly Criterion[]): string {
  return table(
    ['bar', 'got', 'limit', ''],
    bar.map((one) => [one.title, number(one.value, 2), number(one.limit, 2), one.outcome]),
  );
}

/** The run as text: one table per part, medians of the rounds with [least–greatest], then the bar. */
export function report(
  figures: readonly TargetFigures[],
  bar: readonly Criterion[],
  notes: readonly string[],
): string {
  const rates = [...new Set(figures.flatMap((one) => one.latency.map(({ ratePerSecond }) => ratePerSecond)))];
  return [
    ...(figures.some((one) => one.cpuSeconds !== undefined) ? [cpuTable(figures)] : []),
    ...rates.map((rate) => latencyTable(figures, rate)),
    ...(figures.some((one) => one.eventP50Ms !== undefined) ? [eventsTable(figures)] : []),
    ...(figures.some((one) => one.memory.length > 0) ? [memoryTable(figures)] : []),
    barTable(bar),
    ...notes,
  ].join('\n\n');
}
