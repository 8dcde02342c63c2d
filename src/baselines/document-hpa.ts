import type { BaselineTables } from './baseline-schema.ts';
import type { HpaRules, HpaSpec } from './hpa-spec.ts';

/** Windows and policies of the benchmark document's autoscaler (Auto-Scaling Configuration). */
export const documentBehavior: { readonly scaleUp: HpaRules; readonly scaleDown: HpaRules } = {
  scaleUp: {
    stabilizationWindowSeconds: 60,
    policies: [
      { type: 'Percent', value: 50, periodSeconds: 60 },
      { type: 'Pods', value: 2, periodSeconds: 60 },
    ],
    selectPolicy: 'Max',
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Percent', value: 25, periodSeconds: 120 }],
    selectPolicy: 'Min',
  },
};

/** The metric of requests that it scales by, as the sidecar exports it. */
export const REQUEST_METRIC = 'requests_per_second';

/** The autoscaler of the benchmark document, with the limits and targets of the tables in force. */
export function documentHpa({ autoscaling }: BaselineTables): HpaSpec {
  return {
    minReplicas: autoscaling.minReplicas,
    maxReplicas: autoscaling.maxReplicas,
    metrics: [
      { type: 'Resource', name: 'cpu', averageUtilization: Math.round(autoscaling.cpuTargetRatio * 100) },
      {
        type: 'Resource',
        name: 'memory',
        averageUtilization: Math.round(autoscaling.memoryTargetRatio * 100),
      },
      { type: 'Pods', name: REQUEST_METRIC, averageValue: autoscaling.requestsPerSecondTarget },
    ],
    ...documentBehavior,
  };
}
