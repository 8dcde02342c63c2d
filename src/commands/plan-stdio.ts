import { surveyServer } from '../probes/survey-server.ts';
import { definitionOf, optionsOf } from './find-endpoint.ts';
import type { InitOptions } from './init-options.ts';
import type { InitPlan, SeenEras } from './init-plan.ts';
import { planSetUp } from './init-set-up.ts';
import type { Planned, PlanParts } from './plan-http.ts';
import { planProbes } from './plan-probes.ts';

/** A package runner may have to download the server first. */
const START_MS = 60_000;

/**
 * Plans the configuration around a server over pipes: starts it, lists its tools and tries probes. With `--offline`
 * nothing is started.
 */
export async function planStdio(
  command: readonly string[],
  options: InitOptions,
  { env, questions, say }: PlanParts,
): Promise<Planned> {
  const base = definitionOf({ over: 'stdio', command, env: {} }, undefined, START_MS);
  let planned: Pick<InitPlan, 'probes' | 'suggestions' | 'untouched'> = {
    probes: [],
    suggestions: [],
    untouched: [],
  };
  let name: string | undefined;
  if (!options.offline) {
    const [program = ''] = command;
    say(`Starting ${program} …`);
    const { result, tools, capabilities } = await surveyServer(base, optionsOf(env));
    if (result.failure !== undefined) {
      const { reason, message } = result.failure;
      return {
        ok: false,
        problems: [
          `${program}: want an MCP server over stdio, got ${reason}: ${message}`,
          'see what it writes with `mcp-vitals stdio -- COMMAND`, or write a configuration without starting it with --offline',
        ],
      };
    }
    name = result.server;
    say(`  it is ${name ?? 'a server'} with ${tools.length} tools`);
    const callTools =
      options.callTools ??
      (tools.length > 0
        ? await questions?.confirm('Probe tools that only read (each is called once now)', true)
        : undefined) ??
      true;
    // Agreed on anew at each start: which era it was is nothing to hold on to.
    const eras: SeenEras = ['legacy'];
    const hasTools = capabilities.includes('tools');
    planned = await planProbes(
      base,
      { eras, tools, hasTools, callTools, onTry: (probe) => say(`  trying the probe ${probe}`) },
      env,
    );
  }
  // It serves one client: what a machine carries is of no interest unless it was told.
  const setUp = await planSetUp(options, { isHere: false, pid: undefined }, undefined);
  const plan: InitPlan = {
    ...(name !== undefined && { name }),
    server: { over: 'stdio', command },
    compose: false,
    ...setUp,
    ...(options.tier !== undefined && { tier: options.tier }),
    ...(options.postgres && { postgres: options.postgres }),
    ...(options.redis !== undefined && { redis: options.redis }),
    ...planned,
  };
  return { ok: true, plan, notes: [] };
}
