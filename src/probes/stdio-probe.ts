import { openSession } from './mcp-session.ts';
import type { RunProbeKind } from './probe-run.ts';
import { runSteps } from './run-steps.ts';

/**
 * Starts the server's command, shakes hands with it and runs the steps, if there
 * are any; that it ends and leaves no process behind is looked at by the run's
 * clean-up, as for every probe over pipes.
 */
export const stdioProbe: RunProbeKind = async (run) => {
  const { target, check } = run.definition;
  if (check.kind !== 'stdio') return;
  await runSteps(run, await openSession(run, target), check.steps);
};
