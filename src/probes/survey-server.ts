import type { ProbeDefinition, ProbeCheck } from '../model/probe.ts';
import type { ProbeResult } from '../model/probe-result.ts';
import type { CallableTool } from './suggest-call.ts';
import { openSession } from './mcp-session.ts';
import type { RunProbeKind } from './probe-run.ts';
import { runProbe, type RunProbeOptions } from './run-probe.ts';

/** What a server said of itself, as far as it did. */
export interface ServerSurvey {
  readonly result: ProbeResult;
  /** Capabilities that it declares; empty where no session came about. */
  readonly capabilities: readonly string[];
  /** Its tools, all pages of the list; empty where it has none. */
  readonly tools: readonly CallableTool[];
}

const CHECK: ProbeCheck = { kind: 'tools', failOn: [], require: [] };

/** Looks at a server as a probe does: opens a session and lists the tools. Never rejects: the result says what failed. */
export async function surveyServer(
  definition: Omit<ProbeDefinition, 'check'>,
  options: RunProbeOptions,
): Promise<ServerSurvey> {
  let capabilities: readonly string[] = [];
  let tools: readonly CallableTool[] = [];
  const survey: RunProbeKind = async (run) => {
    const { client, call } = await openSession(run, definition.target);
    capabilities = Object.keys(client.getServerCapabilities() ?? {});
    if (!capabilities.includes('tools')) return;
    const listed = await call((limits) => client.listTools({}, { ...limits, cacheMode: 'bypass' }));
    tools = listed.tools;
  };
  const result = await runProbe({ ...definition, check: CHECK }, { ...options, kinds: { tools: survey } });
  return { result, capabilities, tools };
}
