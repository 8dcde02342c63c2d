import type { Criterion } from './bar.ts';
import type { DatabaseFigures } from './database-figures.ts';
import { loadOf } from './database-loads.ts';
import type { DatabaseMemory } from './database-memory.ts';
import type { Spread } from './statistics.ts';
import { table } from './table.ts';

function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
}

function spread({ median, min, max }: Spread, digits: number): string {
  if (Number.isNaN(median)) return '–';
  return `${number(median, digits)} [${number(min, digits)}–${number(max, digits)}]`;
}

function loadTable(name: string, figures: readonly DatabaseFigures[]): string {
  const { rate, work } = loadOf(name);
  return table(
    [name, rate.title, '× direct', '× plain', 'latency ms', work.title, '× plain', 'share of a core used'],
    figures.map((one) => [
      one.target,
      spread(one.rate, rate.digits),
      number(one.rateToDirect.median, 2),
      spread(one.rateToPlain, 2),
      number(one.latencyMs.median, 3),
      spread(one.cpuSeconds, work.digits),
      spread(one.cpuToPlain, 2),
      one.target === 'direct' ? '–' : number(one.busyRatio.median, 2),
    ]),
  );
}

function memoryTable(memory: readonly DatabaseMemory[]): string {
  const count = memory[0]?.connections ?? 0;
  return table(
    ['idle connections', 'MB at 0', `MB at ${count}`, 'KB each'],
    memory.map((one) => [
      one.name,
      number(one.bareBytes / 2 ** 20, 1),
      number(one.holdingBytes / 2 ** 20, 1),
      number((one.holdingBytes - one.bareBytes) / one.connections / 1024, 1),
    ]),
  );
}

function barTable(bar: readonly Criterion[]): string {
  return table(
    ['bar', 'got', 'limit', ''],
    bar.map((one) => [one.title, number(one.value, 2), number(one.limit, 2), one.outcome]),
  );
}

/** The run as text: a table per load, medians of the rounds with [least–greatest], then memory and the bar. */
export function databaseReport(
  figures: readonly DatabaseFigures[],
  memory: readonly DatabaseMemory[],
  bar: readonly Criterion[],
  notes: readonly string[],
): string {
  const loads = [...new Set(figures.map(({ load }) => load))];
  return [
    ...loads.map((load) =>
      loadTable(
        load,
        figures.filter((one) => one.load === load),
      ),
    ),
    ...(memory.length > 0 ? [memoryTable(memory)] : []),
    barTable(bar),
    ...notes,
  ].join('\n\n');
}
