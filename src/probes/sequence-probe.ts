import { openSession } from './mcp-session.ts';
import type { RunProbeKind } from './probe-run.ts';
import { runSteps } from './run-steps.ts';

/** Runs several steps in one session. */
export const sequenceProbe: RunProbeKind = async (run) => {
  const { target, check } = run.definition;
  if (check.kind !== 'sequence') return;
  await runSteps(run, await openSession(run, target), check.steps);
};
