import type { BaselineTables } from './baseline-schema.ts';
import { documentHpa } from './document-hpa.ts';
import { simulateHpa, type SimulatedMoment, type SimulatedRun, type Simulation } from './hpa-simulation.ts';
import { documentRamp, loadAtOf } from './load-ramp.ts';

/** Age of what an autoscaler reads: a window of 15 s that is read every 15 s. */
export const METRIC_LAG_SECONDS = 30;

/** A row of the document's time line beside the simulated moment. */
export interface ComparedMoment {
  readonly minute: number;
  readonly document: {
    readonly requestsPerSecond: number;
    readonly instances: number;
    readonly cpuRatio: number;
  };
  readonly simulated: SimulatedMoment;
}

/** How far a simulation is from the document's auto-scaling test. */
export interface AutoscalingComparison {
  readonly rows: readonly ComparedMoment[];
  /** The greatest differences of a row: instances, and points of CPU as a share. */
  readonly instancesOff: number;
  readonly cpuOff: number;
  readonly scaleUps: { readonly document: number; readonly simulated: number };
  /** Of all requests, in milliseconds. */
  readonly p99Ms: { readonly document: number; readonly simulated: number };
  /** Hours of instances by those of as many as there were at most. */
  readonly costRatio: number;
}

/** The run of the document's own test: its ramp, its autoscaler, the CPU of its time line. */
export function documentRun(tables: BaselineTables): SimulatedRun {
  const ramp = documentRamp(tables);
  return {
    spec: documentHpa(tables),
    loadAt: loadAtOf(ramp),
    durationSeconds: ramp.rampSeconds,
    cpuSource: 'timeline',
    podStartSeconds: tables.autoscaling.scaleUpSeconds,
    metricLagSeconds: METRIC_LAG_SECONDS,
    p99TargetMs: tables.autoscaling.p99Ms,
  };
}

/** Replays the document's test. */
export function replayDocument(tables: BaselineTables): Simulation {
  return simulateHpa(tables, documentRun(tables));
}

/** Hours of instances by those of as many as there were at most, all the time. */
export function costRatioOf({ moments, replicaSeconds, mostReplicas }: Simulation): number {
  return replicaSeconds / (mostReplicas * moments.length);
}

/** Lays a simulation beside the document's time line; rows that lie behind its end are left out. */
export function compareWithDocument(
  { autoscaling }: BaselineTables,
  simulation: Simulation,
): AutoscalingComparison {
  const start = autoscaling.rows[0]?.minute ?? 0;
  const rows = autoscaling.rows.flatMap(
    ({ minute, requestsPerSecond, instances, cpuRatio }): ComparedMoment[] => {
      const simulated = simulation.moments[Math.round((minute - start) * 60)];
      return simulated === undefined
        ? []
        : [{ minute, document: { requestsPerSecond, instances, cpuRatio }, simulated }];
    },
  );
  const most = (differences: readonly number[]) => Math.max(0, ...differences.map(Math.abs));
  return {
    rows,
    instancesOff: most(rows.map(({ document, simulated }) => simulated.replicas - document.instances)),
    cpuOff: most(rows.map(({ document, simulated }) => simulated.cpuRatio - document.cpuRatio)),
    scaleUps: {
      document: autoscaling.scaleUpEvents,
      simulated: simulation.steps.filter(({ from, to }) => to > from).length,
    },
    p99Ms: { document: autoscaling.p99Ms, simulated: simulation.p99Ms },
    costRatio: costRatioOf(simulation),
  };
}
