import { openSession } from './mcp-session.ts';
import { performStep } from './perform-step.ts';
import type { RunProbeKind } from './probe-run.ts';

/** Gets a prompt and holds its messages against what is expected. */
export const promptProbe: RunProbeKind = async (run) => {
  const { target, check } = run.definition;
  if (check.kind !== 'prompt') return;
  const session = await openSession(run, target);
  await performStep(run, session, { prompt: check.prompt, arguments: check.arguments }, check.expect);
};
