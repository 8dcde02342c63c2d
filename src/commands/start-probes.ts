import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { createProbeRecorder } from '../metrics/probe-recorder.ts';
import { codeOf } from '../model/error-facts.ts';
import { latencyBaseline, type Baseline } from '../model/baseline.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { ProbeDefinition } from '../model/probe.ts';
import type { ProbeDetail, ProbeSummary } from '../model/probe-history.ts';
import type { ToolSnapshot } from '../model/probe-result.ts';
import type { ProbeEngine, ProbeEngineOptions } from '../probes/probe-engine.ts';
import type { AdminRoutes } from '../status/admin-server.ts';
import { probeRoutes } from '../status/probe-routes.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import type { Observation } from './observation.ts';
import { createTargetProber } from './probe-target.ts';

/** What the probes are given from outside. */
export interface ProbeParts {
  readonly observation: Observation;
  readonly clock: Clock;
  readonly log: Log;
  /** Where secrets that are named by a variable come from; the process's own environment if absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Probes that run by themselves, and those that are asked for. */
export interface Probes {
  /** For the admin server. */
  readonly routes: AdminRoutes;
  readonly snapshot: () => readonly ProbeSummary[];
  readonly detail: (name: string) => ProbeDetail | undefined;
  /** Takes the configuration in force now. */
  readonly reload: () => void;
  readonly stop: () => Promise<void>;
}

/** The P99 that the calls of a probe are held against: of its tool, or of the server where the tool has none. */
export function probeBaselineMs(baseline: Baseline, { check }: ProbeDefinition): number | undefined {
  return check.kind === 'tool' ? latencyBaseline(baseline, check.tool).p99Ms : undefined;
}

/**
 * The list of tools in a file; undefined where there is no file yet.
 * @throws Error if it is something else.
 */
export async function readToolsFile(file: string): Promise<ToolSnapshot | undefined> {
  try {
    // Written by `mcp-vitals probe NAME --accept`.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return JSON.parse(await readFile(file, 'utf8')) as ToolSnapshot;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`${file}: want a list of tools, got: ${errorMessage(error)}`, { cause: error });
  }
}

/**
 * Starts the probes that are configured.
 * @param config asked each time, so that a reload takes effect.
 */
export async function startProbes(config: () => Config, parts: ProbeParts): Promise<Probes> {
  const { observation, clock, log, env = process.env } = parts;
  const recorder = createProbeRecorder(observation.registry);
  const baselineMs = (definition: ProbeDefinition) => probeBaselineMs(observation.baseline, definition);
  const onError = (error: unknown): void => log('error', `probes: ${errorDetail(error)}`);

  const on: ProbeEngineOptions['on'] = {
    result: (name, result, before, after) => {
      recorder.result(name, result);
      const { count, lastSuccessMs, certificateExpiryMs } = after;
      recorder.standing(name, { state: count.state, lastSuccessMs, certificateExpiryMs });
      if (count.state === before.count.state) return;
      // Once, not at each run: the metrics say how long it lasts.
      const why = result.failure === undefined ? '' : `: ${result.failure.reason}: ${result.failure.message}`;
      log(count.state === 'down' ? 'warn' : 'info', `probe ${name} is ${count.state}${why}`);
    },
    skip: recorder.skipped,
    lateness: recorder.late,
    known: ({ definition }, { count, lastSuccessMs, certificateExpiryMs }, intervalMs) => {
      recorder.standing(definition.name, { state: count.state, lastSuccessMs, certificateExpiryMs });
      recorder.terms(definition.name, { intervalMs, baselineMs: baselineMs(definition) });
    },
    gone: recorder.forget,
    error: onError,
  };

  let starting: Promise<ProbeEngine> | undefined;
  let engine: ProbeEngine | undefined;
  // Not before it is needed: the MCP client is a third of the sidecar's memory.
  const start = async (): Promise<ProbeEngine> => {
    const { createProbeEngine } = await import('../probes/probe-engine.ts');
    engine = createProbeEngine({
      clock,
      env,
      store: observation.state,
      baselineMs,
      readTools: readToolsFile,
      on,
    });
    return engine;
  };
  const started = (): Promise<ProbeEngine> => (starting ??= start());

  const apply = async (): Promise<void> => {
    const { list, maintenance } = config().probes;
    if (list.length === 0 && engine === undefined) return;
    await (await started()).apply(list, maintenance);
  };
  await apply();
  // One after the other: a reload must not overtake the one before it.
  let reloads = Promise.resolve();

  const probeTarget = createTargetProber(
    () => config().probes,
    async (definition) => (await started()).runOnce(definition),
  );
  const snapshot = (): readonly ProbeSummary[] => engine?.list() ?? [];
  const detail = (name: string): ProbeDetail | undefined => engine?.detail(name);
  return {
    routes: probeRoutes(
      {
        list: snapshot,
        detail,
        setEnabled: (name, enabled) => engine?.setEnabled(name, enabled) ?? false,
        acceptTools: (name) => engine?.acceptTools(name) ?? false,
        probeTarget,
      },
      () => config().admin.token,
    ),
    snapshot,
    detail,
    reload: () => {
      reloads = reloads.then(apply).catch(onError);
    },
    stop: async () => {
      await reloads;
      await engine?.stop();
    },
  };
}
