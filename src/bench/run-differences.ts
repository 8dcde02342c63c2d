import { isDeepStrictEqual } from 'node:util';
import type { BenchRun } from './bench-report.ts';
import { bytesText, digits } from './figure-text.ts';

/** On this machine a port says nothing: test servers take whichever is free. */
const targetText = ({ target: { address, server } }: BenchRun): string => {
  const place = address.replaceAll(/(\/\/(?:localhost|127\.[\d.]+|\[::1\])):\d+/g, '$1');
  return server === undefined ? place : `${place} (${server})`;
};

/** What must be the same in two runs before a change of their figures is one of the server. */
const CONDITIONS: readonly (readonly [name: string, of: (run: BenchRun) => string])[] = [
  [
    'machine',
    ({ machine: { cpus, cpuModel, memoryBytes } }) => `${cpus} × ${cpuModel} with ${bytesText(memoryBytes)}`,
  ],
  ['platform', ({ machine }) => machine.platform],
  ['Node', ({ machine }) => machine.node],
  ['target', targetText],
  ['transport', ({ transport }) => transport],
  ['protocol era', ({ era }) => era],
  ['loop', ({ plan }) => plan.loop],
  ['users', ({ plan }) => String(plan.users)],
  ['requests', ({ plan }) => (plan.totalRequests === undefined ? 'by time' : digits(plan.totalRequests))],
  [
    'duration',
    ({ plan }) => (plan.durationSeconds === undefined ? 'by requests' : `${plan.durationSeconds} s`),
  ],
  ['warm-up', ({ plan }) => `${plan.warmUpSeconds} s`],
  ['rate', ({ intendedPerSecond: rate }) => (rate === undefined ? 'none' : `${digits(rate)}/s`)],
  ['time scale', ({ plan }) => String(plan.timeScale)],
  ['sessions', ({ plan }) => plan.sessions.replace('_', ' ')],
  ['think time', ({ plan }) => `${plan.thinkTimeSeconds} s`],
];

const mixText = ({ plan: { mix } }: BenchRun): string =>
  mix.map(({ tool, shareRatio }) => `${tool} ${digits(shareRatio * 100)} %`).join(', ') || 'none';

/** In what two sets of runs of one profile differ beside their figures, one line each. */
export function runDifferences(before: readonly BenchRun[], after: readonly BenchRun[]): readonly string[] {
  const differs = (of: (run: BenchRun) => string): readonly [string, string] | undefined => {
    const [old, now] = [before, after].map((runs) => [...new Set(runs.map(of))].toSorted());
    return isDeepStrictEqual(old, now) ? undefined : [(old ?? []).join(' and '), (now ?? []).join(' and ')];
  };
  return [...CONDITIONS, ['mix', mixText] as const].flatMap(([name, of]) => {
    const found = differs(of);
    return found === undefined ? [] : [`another ${name}: ${found[0]}, now ${found[1]}`];
  });
}
