/** How far a scaling may go within a period. */
export interface HpaPolicy {
  readonly type: 'Percent' | 'Pods';
  /** Percent of the replicas at the start of the period, or pods. */
  readonly value: number;
  readonly periodSeconds: number;
}

/** The rules of one direction. */
export interface HpaRules {
  /** Scaling goes by the safest proposal within this window. */
  readonly stabilizationWindowSeconds: number;
  readonly policies: readonly HpaPolicy[];
  /** Which policy counts where several would allow something: the one with the greatest or the least change. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
}

/** What is scaled by: a share of what the pods request, in percent, or a metric of each pod. */
export type HpaMetric =
  | { readonly type: 'Resource'; readonly name: 'cpu' | 'memory'; readonly averageUtilization: number }
  | { readonly type: 'Pods'; readonly name: string; readonly averageValue: number };

/** A HorizontalPodAutoscaler as far as it decides on a number of replicas. Source: Kubernetes, API autoscaling/v2. */
export interface HpaSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly HpaMetric[];
  readonly scaleUp: HpaRules;
  readonly scaleDown: HpaRules;
}
