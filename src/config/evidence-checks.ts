import type { Conflict } from './conflict.ts';
import type { Settings } from './schema.ts';

const nameOf = (setting: string): string => `detectors.evidence.${setting}`;

const missing = (setting: string): Conflict => ({
  names: [nameOf('kind'), nameOf(setting)],
  problem: `want ${nameOf(setting)} beside it, got none`,
});

function tooLong(setting: string, ms: number, timeoutMs: number): Conflict[] {
  if (ms < timeoutMs) return [];
  return [
    {
      names: [nameOf('timeout'), nameOf(setting)],
      problem: `want ${nameOf('timeout')} above ${nameOf(setting)}, got ${timeoutMs} and ${ms} ms`,
    },
  ];
}

/** Evidence that is wanted but could not be captured. */
export function evidenceConflicts({ detectors: { evidence } }: Settings): Conflict[] {
  const { kind, directory, command, inspector, pySpy, timeout } = evidence;
  if (kind === 'off') return [];
  return [
    ...(directory === undefined ? [missing('directory')] : []),
    ...(kind === 'command' && command.length === 0 ? [missing('command')] : []),
    ...(kind === 'inspector' ? tooLong('inspector.sampling', inspector.sampling, timeout) : []),
    ...(kind === 'py-spy' ? tooLong('pySpy.record', pySpy.record, timeout) : []),
  ];
}
