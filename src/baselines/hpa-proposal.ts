import type { HpaMetric } from './hpa-spec.ts';

/** What the autoscaler sees of a metric: in thousandths, as Kubernetes counts (millicores, thousandths of a request). */
export interface PodReadings {
  /** Of each pod that is measured. */
  readonly millis: readonly number[];
  /** Pods that do not serve yet. */
  readonly unready: number;
  /** Pods that serve, but have not been measured yet. */
  readonly missing: number;
  /** What a pod requests of the resource, for a metric of utilization. */
  readonly requestMillis?: number;
}

/** How far a metric may be off its target before anything is done. */
export const TOLERANCE = 0.1;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Usage by target; whole percent and whole thousandths, cut off as the controller does. */
function usageRatio(metric: HpaMetric, millis: readonly number[], requestMillis: number): number {
  if (metric.type === 'Resource') {
    const percent = Math.trunc((sum(millis) * 100) / (requestMillis * millis.length));
    return percent / metric.averageUtilization;
  }
  return Math.trunc(sum(millis) / millis.length) / Math.trunc(metric.averageValue * 1000);
}

/** What a pod without a reading is taken to use where fewer replicas would do: all of it, to be on the safe side. */
function fullUse(metric: HpaMetric, requestMillis: number): number {
  if (metric.type === 'Pods') return Math.trunc(metric.averageValue * 1000);
  return Math.trunc((requestMillis * Math.max(100, metric.averageUtilization)) / 100);
}

/**
 * How many replicas one metric asks for; undefined if no pod was measured. Pods that do not serve yet count as idle where
 * more would be needed, and not at all where fewer; pods without a reading as idle, or as fully used.
 * Source: Kubernetes 1.37, pkg/controller/podautoscaler/replica_calculator.go.
 */
export function proposeReplicas(
  metric: HpaMetric,
  replicas: number,
  { millis, unready, missing, requestMillis = 1000 }: PodReadings,
): number | undefined {
  if (millis.length === 0) return undefined;
  const isWithin = (ratio: number) => 1 - TOLERANCE <= ratio && ratio <= 1 + TOLERANCE;
  const ratio = usageRatio(metric, millis, requestMillis);
  const countsUnready = unready > 0 && ratio > 1;
  if (!countsUnready && missing === 0) {
    return isWithin(ratio) ? replicas : Math.ceil(ratio * millis.length);
  }
  const stand = ratio < 1 ? fullUse(metric, requestMillis) : 0;
  // At exactly the target nothing stands in for what is missing.
  const added = ratio === 1 ? 0 : missing;
  const all = [
    ...millis,
    ...Array.from({ length: added }, () => stand),
    ...Array.from({ length: countsUnready ? unready : 0 }, () => 0),
  ];
  const cautious = usageRatio(metric, all, requestMillis);
  const turns = (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1);
  if (isWithin(cautious) || turns) return replicas;
  const proposed = Math.ceil(cautious * all.length);
  const goesBack = (cautious < 1 && proposed > replicas) || (cautious > 1 && proposed < replicas);
  return goesBack ? replicas : proposed;
}
