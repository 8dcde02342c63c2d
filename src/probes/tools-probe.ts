import { openSession } from './mcp-session.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { RunProbeKind } from './probe-run.ts';
import { driftOf, driftText, recordTools } from './tool-drift.ts';

/** Lists the server's tools and holds the list against the recorded one. */
export const toolsProbe: RunProbeKind = async (run) => {
  const { definition, findings, recordedTools, recorder } = run;
  if (definition.check.kind !== 'tools') return;
  const { failOn, require } = definition.check;
  const session = await openSession(run, definition.target);
  const { tools } = await session.call((limits) =>
    session.client.listTools({}, { ...limits, cacheMode: 'bypass' }),
  );
  const seen = recordTools(tools);
  findings.tools = seen;
  const missing = require.filter((name) => !Object.hasOwn(seen, name));
  if (missing.length > 0) {
    throw new ProbeFailure('assertion', `tools: want ${missing.join(', ')}, got ${tools.length} others`);
  }
  if (recordedTools === undefined) {
    recorder.note(`no list was recorded yet: these ${tools.length} tools are`);
    return;
  }
  const drift = driftOf(recordedTools, seen);
  findings.drift = drift;
  const found = driftText(drift);
  if (found !== '') recorder.note(`tools differ from the recorded list: ${found}`);
  const counts = driftText(drift, failOn);
  if (counts !== '') throw new ProbeFailure('schema_drift', `tools: want the recorded list, got ${counts}`);
};
