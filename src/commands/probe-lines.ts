import type { ProbeSummary } from '../model/probe-history.ts';
import type { ProbeState } from '../model/probe-result.ts';
import { figure, tame, type Accent, type Span } from './terminal-table.ts';

const STATE_ACCENTS: Readonly<Record<ProbeState, Accent>> = {
  up: 'plain',
  degraded: 'over',
  down: 'bad',
  unknown: 'faint',
};

const STATE_WIDTH = 'degraded'.length;

/** Phases that there is room for. */
const SHOWN_PHASES = 2;

/** The phases of the last run that took the longest, in their order: `handshake 12  first byte 4.1  answer 3.0`. */
function phaseText(probe: ProbeSummary): string {
  const { close: _close, ...phases } = probe.lastRun?.phases ?? {};
  const longest = Object.values(phases).toSorted((a, b) => b - a);
  const leastMs = Math.max(longest[SHOWN_PHASES - 1] ?? 0, 0.05);
  return Object.entries(phases)
    .flatMap(([phase, ms]) => (ms < leastMs ? [] : [`${phase.replaceAll('_', ' ')} ${figure(ms)}`]))
    .join('  ');
}

function probeLine(probe: ProbeSummary, nameWidth: number): Span {
  const { name, state, enabled, lastRun } = probe;
  const { reason, message, durationMs } = lastRun ?? {};
  return [
    [`  ${tame(name).padEnd(nameWidth)}  `, 'plain'],
    [state.padEnd(STATE_WIDTH), STATE_ACCENTS[state]],
    [`  ${figure(durationMs).padStart(6)} ms  `, 'plain'],
    reason === undefined
      ? [enabled ? phaseText(probe) : 'disabled', 'faint']
      : [`${reason}: ${tame(message ?? '')}`, 'bad'],
  ];
}

/** Draws the probes: a line each with its state, how long its last run took, and its phases or why it failed. */
export function probeLines(probes: readonly ProbeSummary[]): Span[] {
  if (probes.length === 0) return [];
  const nameWidth = Math.max('PROBE'.length, ...probes.map(({ name }) => tame(name).length));
  const head: Span = [
    [
      `  ${'PROBE'.padEnd(nameWidth)}  ${'STATE'.padEnd(STATE_WIDTH)}  ${'TOOK'.padStart(9)}  PHASES ms`,
      'faint',
    ],
  ];
  return [head, ...probes.map((probe) => probeLine(probe, nameWidth))];
}
