import { openSession } from './mcp-session.ts';
import { performStep } from './perform-step.ts';
import type { RunProbeKind } from './probe-run.ts';

/** Reads a resource and holds its contents against what is expected. */
export const resourceProbe: RunProbeKind = async (run) => {
  const { target, check } = run.definition;
  if (check.kind !== 'resource') return;
  const session = await openSession(run, target);
  await performStep(run, session, { resource: check.uri }, check.expect);
};
