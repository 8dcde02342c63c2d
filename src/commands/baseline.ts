import type { Figure } from '../baselines/expectation.ts';
import { GIB } from '../baselines/gib.ts';
import { renderBaseline } from '../baselines/render-baseline.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCode, printProblems } from './command.ts';
import type { CommandIo } from './command.ts';
import { readBaseline, type ReadBaseline } from './read-baseline.ts';

const figure = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 });

function lines(name: string, { value, standard, steps }: Figure, unit: (value: number) => string): string[] {
  const factors = steps.map(({ table, row, factor, counts, beyond }) => {
    const remarks = [
      ...(counts ? [] : ['not counted beside a greater gain']),
      ...(beyond ? ['beyond the table, its last row'] : []),
    ];
    const remark = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
    return `  × ${figure(factor)}  ${row}: ${table}${remark}`;
  });
  return [
    `${name}: ${unit(value)}`,
    ...(factors.length === 0 ? [] : [`  ${unit(standard)}  standard configuration`, ...factors]),
  ];
}

function expectationText({ expectation }: Extract<ReadBaseline, { ok: true }>): string {
  const percent = (value: number) => `${figure(value * 100)} %`;
  return [
    'An estimate from the tables of the baseline; how they are combined stands in docs/baselines.md.',
    '',
    ...lines('throughput', expectation.throughputPerSecond, (value) => `${figure(value)} requests/s`),
    `  of all instances: ${figure(expectation.totalPerSecond)} requests/s`,
    ...lines('P99 latency', expectation.p99Ms, (value) => `${figure(value)} ms`),
    ...lines('CPU', expectation.cpuRatio, percent),
    ...lines('memory', expectation.memoryBytes, (value) => `${figure(value / GIB)} GiB`),
    ...lines('cache hits', expectation.cacheHitRatio, percent),
    `requests that wait for a connection: ${percent(expectation.waitRatio)}`,
    '',
  ].join('\n');
}

/**
 * `mcp-vitals baseline print` writes the tables in force as YAML, `baseline expect` what they let expect of the
 * set-up that the settings state.
 */
export async function baseline(argv: readonly string[], io: CommandIo): Promise<number> {
  const [verb, ...flags] = argv;
  if (verb !== 'print' && verb !== 'expect') {
    printProblems(io, [`baseline: want print or expect, got ${verb ?? 'nothing'}`]);
    return exitCode.misused;
  }
  const loaded = loadConfig({ env: io.env, flags });
  const read = loaded.ok ? readBaseline(loaded.config) : loaded;
  if (!read.ok) {
    printProblems(io, read.problems);
    return exitCode.misused;
  }
  io.stdout.write(verb === 'print' ? renderBaseline(read.tables) : expectationText(read));
  return exitCode.ok;
}
