import type { BaselineTables } from '../baselines/baseline-schema.ts';
import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import { contradictionsOf, type ContradictionTopic } from '../baselines/document-contradictions.ts';
import { documentTables } from '../baselines/document-tables.ts';
import { hpaManifest, type HpaTarget } from '../baselines/hpa-manifest.ts';
import type { PlanHpa } from '../baselines/plan-hpa.ts';
import type { MeasuredTraffic } from './measured-traffic.ts';
import type { ToldSimulation } from './simulation-text.ts';

/** Version of the JSON that `plan --json` writes: raised when a field changes its meaning or goes. */
export const PLAN_SCHEMA_VERSION = 1;

/** Seconds between the moments of a run that are written. */
const MOMENT_SECONDS = 60;

/** Everything that `plan` found out. */
export interface PlanFacts {
  readonly tables: BaselineTables;
  readonly plan: CapacityPlan | undefined;
  readonly measured: MeasuredTraffic | undefined;
  readonly hpa: PlanHpa | undefined;
  readonly simulated: ToldSimulation | undefined;
  readonly target: HpaTarget;
  readonly notes: readonly string[];
}

/** Six digits: more are noise of the arithmetic. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

function simulationJson({ title, run, simulation, comparison }: ToldSimulation) {
  const { spec, durationSeconds, cpuSource, podStartSeconds, metricLagSeconds, p99TargetMs } = run;
  const { moments, ...result } = simulation;
  return {
    title,
    assumptions: { spec, durationSeconds, cpuSource, podStartSeconds, metricLagSeconds, p99TargetMs },
    ...result,
    moments: moments.filter(({ second }) => second % MOMENT_SECONDS === 0 || second === durationSeconds),
    ...(comparison !== undefined && { comparison }),
  };
}

/** Writes all of it as JSON; ends with a newline. Latencies in milliseconds, shares from 0 to 1, sizes in bytes, money in dollars. */
export function planJson({ tables, plan, measured, hpa, simulated, target, notes }: PlanFacts): string {
  const topics: readonly ContradictionTopic[] = [
    ...(plan === undefined ? [] : (['cost', 'network', 'tiers', 'database'] as const)),
    ...(hpa === undefined && simulated === undefined ? [] : (['autoscaling'] as const)),
  ];
  const facts = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    ...plan,
    ...(measured !== undefined && { measured }),
    notes,
    ...(hpa !== undefined && { hpa: { manifest: hpaManifest(target, hpa.spec), why: hpa.why } }),
    ...(simulated !== undefined && { simulation: simulationJson(simulated) }),
    contradictions: tables === documentTables ? contradictionsOf(...topics) : [],
  };
  return `${JSON.stringify(facts, rounded, 2)}\n`;
}
