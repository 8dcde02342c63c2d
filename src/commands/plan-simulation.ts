import { compareWithDocument, documentRun, METRIC_LAG_SECONDS } from '../baselines/autoscaling-comparison.ts';
import type { BaselineTables } from '../baselines/baseline-schema.ts';
import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import { machineOptions } from '../baselines/capacity-option.ts';
import { simulateHpa, type SimulatedRun } from '../baselines/hpa-simulation.ts';
import { documentRamp, loadAtOf } from '../baselines/load-ramp.ts';
import { planHpa } from '../baselines/plan-hpa.ts';
import { machineName } from '../baselines/plan-reasons.ts';
import { clockTime, rate } from './plan-figures.ts';
import type { PlanOptions } from './plan-options.ts';
import type { ToldSimulation } from './simulation-text.ts';

type Options = Pick<Extract<PlanOptions, { ok: true }>, 'rampSeconds' | 'cpuSource'>;

/** After its ramp a load stays for as long, so that what comes late can be seen. */
const HOLD_SECONDS = 300;

/** The document's test; its time line is laid beside it unless the ramp or the CPU is another one. */
export function documentSimulation(
  tables: BaselineTables,
  { rampSeconds, cpuSource }: Options,
): ToldSimulation {
  const ramp = { ...documentRamp(tables), ...(rampSeconds !== undefined && { rampSeconds }) };
  const document = documentRun(tables);
  const run: SimulatedRun = {
    ...document,
    loadAt: loadAtOf(ramp),
    durationSeconds: ramp.rampSeconds,
    ...(cpuSource !== undefined && { cpuSource }),
  };
  const simulation = simulateHpa(tables, run);
  const isDocument = ramp.rampSeconds === document.durationSeconds;
  return {
    title: `${rate(ramp.fromPerSecond)} to ${rate(ramp.toPerSecond)} requests/s in ${clockTime(ramp.rampSeconds)}, with the autoscaler of the document`,
    run,
    simulation,
    ...(isDocument && { comparison: compareWithDocument(tables, simulation) }),
  };
}

/**
 * A plan's autoscaler while its demand comes up; undefined for a demand without a plan.
 * @param quietPerSecond where the ramp begins; else at the share of the demand at which the document's begins.
 */
export function planSimulation(
  tables: BaselineTables,
  plan: CapacityPlan,
  { rampSeconds, cpuSource }: Options,
  quietPerSecond?: number,
): ToldSimulation | undefined {
  if (!plan.possible) return undefined;
  const { recommended, demand } = plan;
  const document = documentRamp(tables);
  const ramp = {
    fromPerSecond:
      quietPerSecond ?? (demand.requestsPerSecond * document.fromPerSecond) / document.toPerSecond,
    toPerSecond: demand.requestsPerSecond,
    rampSeconds: rampSeconds ?? document.rampSeconds,
  };
  const machine = tables.vertical.rows.find(({ vcpus }) => vcpus === recommended.vcpus);
  const alone = machine === undefined ? recommended : machineOptions(tables, machine, demand)(1);
  const run: SimulatedRun = {
    spec: planHpa(tables, recommended, demand, quietPerSecond).spec,
    loadAt: loadAtOf(ramp),
    durationSeconds: ramp.rampSeconds + HOLD_SECONDS,
    cpuSource: cpuSource ?? 'baseline',
    podStartSeconds: tables.autoscaling.scaleUpSeconds,
    metricLagSeconds: METRIC_LAG_SECONDS,
    p99TargetMs: demand.p99Ms ?? recommended.p99Ms.value,
    machine: {
      throughputRatio: alone.capacityPerSecond.value / tables.results.throughputPerSecond,
      p99Ratio: alone.p99Ms.value / tables.results.p99Ms,
    },
  };
  return {
    title: `${rate(Math.round(ramp.fromPerSecond))} to ${rate(Math.round(ramp.toPerSecond))} requests/s in ${clockTime(ramp.rampSeconds)}, with the autoscaler for ${machineName(recommended)}`,
    run,
    simulation: simulateHpa(tables, run),
  };
}
