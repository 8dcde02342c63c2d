import { openSession } from './mcp-session.ts';
import { performStep } from './perform-step.ts';
import type { RunProbeKind } from './probe-run.ts';

/** Calls a tool and holds its result against what is expected. */
export const toolProbe: RunProbeKind = async (run) => {
  const { target, check } = run.definition;
  if (check.kind !== 'tool') return;
  const session = await openSession(run, target);
  await performStep(run, session, { tool: check.tool, arguments: check.arguments }, check.expect);
};
