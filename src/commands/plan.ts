import type { BaselineTables } from '../baselines/baseline-schema.ts';
import { documentHeadroom, documentSizes, type CapacityDemand } from '../baselines/capacity-demand.ts';
import { capacityPlan, type CapacityPlan } from '../baselines/capacity-plan.ts';
import { documentTables } from '../baselines/document-tables.ts';
import { planHpa } from '../baselines/plan-hpa.ts';
import { systemClock } from '../model/clock.ts';
import { createPrometheusApi } from '../sources/prometheus-api.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { errorMessage } from './error-text.ts';
import type { Layout } from './layout.ts';
import { wantsColor, type ViewStream } from './live-view.ts';
import { measureTraffic, type MeasuredTraffic } from './measured-traffic.ts';
import { planHpaYaml } from './plan-hpa-text.ts';
import { planJson } from './plan-json.ts';
import { readPlanOptions, type PlanOptions } from './plan-options.ts';
import { documentSimulation, planSimulation } from './plan-simulation.ts';
import { renderPlan } from './plan-text.ts';
import { prometheusOptions } from './prometheus-options.ts';
import { readBaseline } from './read-baseline.ts';
import { untilSignal } from './signals.ts';
import { renderSimulation, type ToldSimulation } from './simulation-text.ts';
import { simulationNotes } from './simulation-notes.ts';
import { trafficNotes } from './traffic-notes.ts';

type ReadOptions = Extract<PlanOptions, { ok: true }>;

/** A wider line is harder to follow than a shorter one. */
const WIDEST = 120;

/** Asks the configured Prometheus for the traffic; a signal ends it. */
async function askTraffic({ config, traffic }: ReadOptions): Promise<MeasuredTraffic | undefined> {
  const { url, timeoutMs, ...access } = config.detect;
  if (traffic === undefined || url === undefined) return undefined;
  const api = createPrometheusApi(prometheusOptions({ ...access, url }));
  const stopped = new AbortController();
  const done = new AbortController();
  void untilSignal(['SIGINT', 'SIGTERM'], done.signal).then((signal) =>
    stopped.abort(new Error(`stopped by ${signal} before all was asked for`)),
  );
  try {
    return await measureTraffic(api, traffic, systemClock.wallMs(), timeoutMs, stopped.signal);
  } finally {
    done.abort();
    await api.close();
  }
}

/** What was stated, else what was measured, else what the tables have. */
function demandOf(
  tables: BaselineTables,
  { stated, traffic, config }: ReadOptions,
  measured: MeasuredTraffic | undefined,
): CapacityDemand | undefined {
  const taken = traffic?.take === 'p99' ? measured?.p99 : measured?.peak.value;
  const requestsPerSecond = stated.requestsPerSecond ?? taken;
  if (requestsPerSecond === undefined) return undefined;
  const { poolSize, cacheStrategy, cacheTtlSeconds, serialization } = config.server;
  const setUp = { poolSize, cacheStrategy, cacheTtlSeconds, serialization };
  const known = Object.fromEntries(Object.entries(setUp).filter(([, value]) => value !== undefined));
  const { sessions, requestBytes, responseBytes } = measured ?? {};
  return {
    headroomRatio: documentHeadroom(tables),
    ...documentSizes(tables),
    ...(requestBytes !== undefined && { requestBytes }),
    ...(responseBytes !== undefined && { responseBytes }),
    ...(sessions !== undefined && { users: Math.ceil(sessions) }),
    ...stated,
    requestsPerSecond,
    setUp: known,
  };
}

interface Outcome {
  readonly sizing: CapacityPlan | undefined;
  readonly measured: MeasuredTraffic | undefined;
  readonly notes: readonly string[];
  readonly simulated: ToldSimulation | undefined;
}

function tell(tables: BaselineTables, options: ReadOptions, outcome: Outcome, io: CommandIo): number {
  const { sizing, measured, notes, simulated } = outcome;
  const stdout: ViewStream = io.stdout;
  const layout: Layout = { width: Math.min(stdout.columns ?? 80, WIDEST), color: wantsColor(stdout, io.env) };
  const code = sizing?.possible === false ? exitCode.failed : exitCode.ok;
  const hpa =
    sizing?.possible === true
      ? planHpa(tables, sizing.recommended, sizing.demand, measured?.quiet)
      : undefined;
  if (options.json) {
    stdout.write(
      planJson({
        tables,
        plan: sizing,
        measured,
        hpa: options.hpa ? hpa : undefined,
        simulated,
        target: options.target,
        notes,
      }),
    );
    return code;
  }
  if (options.hpa && sizing?.possible === true && hpa !== undefined) {
    stdout.write(planHpaYaml(tables, sizing, hpa, options.target, notes));
    return code;
  }
  if (sizing !== undefined && (options.hpa || !options.simulate || !sizing.possible)) {
    // Nothing that is no manifest may get into a pipe that expects one.
    const out = options.hpa ? io.stderr : stdout;
    out.write(renderPlan(sizing, tables === documentTables, notes, layout));
    return code;
  }
  if (simulated !== undefined) {
    stdout.write(renderSimulation(simulated, [...notes, ...simulationNotes(tables, simulated)], layout));
  }
  return code;
}

/**
 * `mcp-vitals plan`: what a demand needs by the tables of the baseline, its autoscaler (`--hpa`), or an autoscaler over a
 * ramp (`--simulate`). Exit code 1 if the tables have no plan for the demand, or Prometheus no traffic to plan by.
 */
export async function plan(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = readPlanOptions(argv, io.env);
  if (!options.ok) {
    printProblems(io, options.problems);
    return exitCode.misused;
  }
  const read = readBaseline(options.config);
  if (!read.ok) {
    printProblems(io, read.problems);
    return exitCode.misused;
  }
  const { tables } = read;
  const tiers = tables.tiers.rows.map(({ tier }) => tier);
  const { tier } = options.stated;
  if (tier !== undefined && !tiers.includes(tier)) {
    printProblems(io, [`--tier: want one of ${tiers.join(', ')}, got ${tier}`]);
    return exitCode.misused;
  }
  let measured: MeasuredTraffic | undefined;
  try {
    measured = await askTraffic(options);
  } catch (error) {
    printProblems(io, [errorMessage(error)]);
    return exitCode.failed;
  }
  const demand = demandOf(tables, options, measured);
  const found = demand === undefined ? undefined : capacityPlan(tables, demand);
  const notes = measured === undefined ? [] : trafficNotes(measured, options, found);
  const simulated = !options.simulate
    ? undefined
    : found === undefined
      ? documentSimulation(tables, options)
      : planSimulation(tables, found, options, measured?.quiet);
  return tell(tables, options, { sizing: found, measured, notes, simulated }, io);
}
