import type { BaselineTables } from './baseline-schema.ts';
import { decideReplicas, noHistory } from './hpa-decision.ts';
import { proposeReplicas, type PodReadings } from './hpa-proposal.ts';
import type { HpaMetric, HpaSpec } from './hpa-spec.ts';
import { cpuCurve, instanceShare, instanceSlowdown, p99Curve, type CpuSource } from './load-curves.ts';
import { pooledP99 } from './pooled-percentile.ts';
import { toBaseline } from './to-baseline.ts';

/** How the controller synchronises by default, in seconds. Source: kube-controller-manager, horizontal-pod-autoscaler-sync-period. */
export const SYNC_SECONDS = 15;

/** What an autoscaler is shown, and how its pods behave. */
export interface SimulatedRun {
  readonly spec: HpaSpec;
  /** Requests per second of all pods together, at a second of the run. */
  readonly loadAt: (second: number) => number;
  readonly durationSeconds: number;
  readonly cpuSource: CpuSource;
  /** From the decision to the first request that a new pod serves. */
  readonly podStartSeconds: number;
  /** Age of what the autoscaler reads. */
  readonly metricLagSeconds: number;
  /** P99 that must not be exceeded, in milliseconds. */
  readonly p99TargetMs: number;
  /** A pod's machine beside the standard one: its throughput and its P99 by those of the standard; both 1 if absent. */
  readonly machine?: { readonly throughputRatio: number; readonly p99Ratio: number };
}

/** One change of the number of replicas. */
export interface ScaleStep {
  readonly atSeconds: number;
  readonly from: number;
  readonly to: number;
  /** The metric that asked for most; undefined where none was read. */
  readonly metric: string | undefined;
  /** First second at which a metric asked for more than there were, without a pause until the step; for a step up only. */
  readonly wantedAtSeconds?: number;
  /** When the last pod of a step up serves. */
  readonly readyAtSeconds: number;
}

/** The run at one second. */
export interface SimulatedMoment {
  readonly second: number;
  readonly requestsPerSecond: number;
  /** Replicas that are asked for, and those of them that serve. */
  readonly replicas: number;
  readonly ready: number;
  readonly cpuRatio: number;
  readonly p99Ms: number;
}

/** What came of a run. */
export interface Simulation {
  /** Each second of the run, the last one included. */
  readonly moments: readonly SimulatedMoment[];
  readonly steps: readonly ScaleStep[];
  /** P99 of all requests of the run together. */
  readonly p99Ms: number;
  /** The greatest P99 of a second. */
  readonly worstP99Ms: number;
  readonly secondsOverP99: number;
  /** Seconds with more load than the pods that serve can carry by the table of horizontal scaling. */
  readonly secondsOverCapacity: number;
  readonly replicaSeconds: number;
  readonly mostReplicas: number;
}

const STANDARD = { throughputRatio: 1, p99Ratio: 1 } as const;

/** A pod; it serves from a second on. */
type Pod = number;

const nameOf = (metric: HpaMetric) => metric.name;

/** One metric's readings of the pods: taken some time ago, when some of them did not serve yet. */
function readingsOf(
  metric: HpaMetric,
  pods: readonly Pod[],
  now: number,
  seen: SimulatedMoment,
  { environment, results }: BaselineTables,
): PodReadings {
  const measured = pods.filter((readyAt) => readyAt <= seen.second).length;
  const unready = pods.filter((readyAt) => readyAt > now).length;
  const perPod = seen.requestsPerSecond / seen.ready;
  const requestMillis = Math.round(environment.vcpus * 1000);
  const value = {
    cpu: Math.round(seen.cpuRatio * requestMillis),
    memory: Math.round((results.memoryGib / environment.memoryGib) * requestMillis),
  };
  const millis = metric.type === 'Pods' ? Math.round(perPod * 1000) : value[metric.name];
  return {
    millis: Array.from({ length: measured }, () => millis),
    unready,
    missing: pods.length - measured - unready,
    requestMillis,
  };
}

/**
 * Runs an autoscaler over a load, second by second. Load spreads evenly over the pods that serve; new ones serve after
 * their start, removed ones are the youngest and go at once. The memory of a pod does not depend on its load.
 */
export function simulateHpa(tables: BaselineTables, run: SimulatedRun): Simulation {
  const { spec, loadAt, durationSeconds, podStartSeconds, metricLagSeconds } = run;
  const { throughputRatio, p99Ratio } = run.machine ?? STANDARD;
  let pods: Pod[] = Array.from({ length: spec.minReplicas }, () => -Infinity);
  let history = noHistory;
  let wantedAtSeconds: number | undefined;
  const moments: SimulatedMoment[] = [];
  const steps: ScaleStep[] = [];

  const [cpu, p99] = [cpuCurve(tables, run.cpuSource), p99Curve(tables)];

  const momentAt = (second: number): SimulatedMoment => {
    const ready = pods.filter((readyAt) => readyAt <= second).length;
    const requestsPerSecond = loadAt(second);
    const cpuRatio = cpu(requestsPerSecond / ready / throughputRatio).value;
    const p99Ms = p99(cpuRatio).value * p99Ratio * instanceSlowdown(tables, ready).value;
    return { second, requestsPerSecond, replicas: pods.length, ready, cpuRatio, p99Ms };
  };

  const synchronise = (now: number, seen: SimulatedMoment): void => {
    const asked = spec.metrics.flatMap((metric) => {
      const replicas = proposeReplicas(metric, pods.length, readingsOf(metric, pods, now, seen, tables));
      return replicas === undefined ? [] : [{ metric: nameOf(metric), replicas }];
    });
    const [most] = asked.toSorted((a, b) => b.replicas - a.replicas);
    if (most === undefined) return;
    wantedAtSeconds = most.replicas > pods.length ? (wantedAtSeconds ?? now) : undefined;
    const from = pods.length;
    const decision = decideReplicas(spec, history, now, from, most.replicas);
    ({ history } = decision);
    const to = decision.replicas;
    if (to === from) return;
    const isUp = to > from;
    const readyAtSeconds = isUp ? now + podStartSeconds : now;
    pods = isUp ? [...pods, ...Array.from({ length: to - from }, () => readyAtSeconds)] : pods.slice(0, to);
    const wanted = isUp && wantedAtSeconds !== undefined ? { wantedAtSeconds } : {};
    steps.push({ atSeconds: now, from, to, metric: most.metric, ...wanted, readyAtSeconds });
    wantedAtSeconds = undefined;
  };

  for (let second = 0; second <= durationSeconds; second += 1) {
    const before = moments[Math.max(0, second - metricLagSeconds)] ?? moments.at(-1) ?? momentAt(second);
    if (second % SYNC_SECONDS === 0) synchronise(second, before);
    moments.push(momentAt(second));
  }
  return { moments, steps, ...summary(tables, run, moments) };
}

function summary(tables: BaselineTables, run: SimulatedRun, moments: readonly SimulatedMoment[]) {
  const { results } = tables;
  const { throughputRatio } = run.machine ?? STANDARD;
  const shares = moments.map(({ requestsPerSecond, p99Ms }) => ({ requests: requestsPerSecond, p99Ms }));
  const capacity = (ready: number) =>
    ready * results.throughputPerSecond * throughputRatio * instanceShare(tables, ready).value;
  return {
    p99Ms: pooledP99(shares, toBaseline(tables).latency),
    worstP99Ms: Math.max(...moments.map(({ p99Ms }) => p99Ms)),
    secondsOverP99: moments.filter(({ p99Ms }) => p99Ms > run.p99TargetMs).length,
    secondsOverCapacity: moments.filter((each) => each.requestsPerSecond > capacity(each.ready)).length,
    replicaSeconds: moments.reduce((sum, { replicas }) => sum + replicas, 0),
    mostReplicas: Math.max(...moments.map(({ replicas }) => replicas)),
  };
}
