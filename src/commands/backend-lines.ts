import type { LiveBackends, LiveDatabase, LiveProcess, LiveRatio } from '../model/live-snapshot.ts';
import { count, figure, label, tame } from './terminal-table.ts';
import type { Span } from './terminal-table.ts';

const gap = ['   ', 'plain'] as const;

function databaseLine(database: LiveDatabase): Span {
  const { errors, connections, opaque, busy } = database;
  return [
    label('database'),
    [figure(database.queriesPerSecond), 'strong'],
    [` queries/s  P50 ${figure(database.p50Ms)} P99 ${figure(database.p99Ms)} ms  errors `, 'plain'],
    [count(errors), errors > 0 ? 'over' : 'plain'],
    [`  connections ${count(connections)}`, 'plain'],
    [` (${count(busy)} busy${opaque > 0 ? `, ${count(opaque)} encrypted` : ''})`, 'faint'],
  ];
}

const percent = (ratio: number): string => `${ratio === 0 ? '0' : figure(ratio * 100)} %`;

function ratioLine(title: string, ratios: readonly LiveRatio[], isHigh: (ratio: number) => boolean): Span[] {
  if (ratios.length === 0) return [];
  const cells = ratios.flatMap(({ type, ratio }, i): Span => [
    ...(i === 0 ? [] : [gap]),
    [`${tame(type)} `, 'faint'],
    [percent(ratio), isHigh(ratio) ? 'over' : 'plain'],
  ]);
  return [[label(title), ...cells]];
}

function processLine(process: LiveProcess): Span {
  const { cpuCores, memoryBytes, memoryLimitBytes, threads, openFiles, restarts } = process;
  const mebibytes = (bytes: number): string => count(bytes / 1024 ** 2);
  const limit = memoryLimitBytes === undefined ? '' : ` of ${mebibytes(memoryLimitBytes)}`;
  const parts = [
    ...(cpuCores === undefined ? [] : [`${figure(cpuCores)} CPU`]),
    ...(memoryBytes === undefined ? [] : [`${mebibytes(memoryBytes)}${limit} MiB`]),
    ...(threads === undefined ? [] : [`${count(threads)} threads`]),
    ...(openFiles === undefined ? [] : [`${count(openFiles)} open files`]),
  ];
  return [
    label('process'),
    [parts.join('   '), 'plain'],
    ...(restarts === undefined || restarts === 0
      ? []
      : ([gap, [`restarts ${count(restarts)}`, 'over']] as const)),
  ];
}

/** Draws what stands behind the server: a line each for what is observed of it. */
export function backendLines({ database, caches, pools, process, failing }: LiveBackends): Span[] {
  return [
    ...(database ? [databaseLine(database)] : []),
    ...ratioLine('pools', pools, (ratio) => ratio >= 0.9),
    ...ratioLine('caches', caches, () => false),
    ...(process ? [processLine(process)] : []),
    ...(failing.length > 0
      ? [[label('sources'), [`not readable: ${failing.join(', ')}`, 'bad']] as const]
      : []),
  ];
}
