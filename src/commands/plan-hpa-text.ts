import type { BaselineTables } from '../baselines/baseline-schema.ts';
import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import { cpuCurve, type CpuSource } from '../baselines/load-curves.ts';
import { renderHpa, type HpaComments, type HpaTarget } from '../baselines/hpa-manifest.ts';
import type { PlanHpa } from '../baselines/plan-hpa.ts';
import { machineName } from '../baselines/plan-reasons.ts';
import { shortHeading } from '../baselines/sourced.ts';
import { demandText } from './plan-text.ts';
import { percent, rate } from './plan-figures.ts';

/** The plan's autoscaler as YAML, each number with where it is from; what the demand is based on stands in its head. */
export function planHpaYaml(
  tables: BaselineTables,
  plan: Extract<CapacityPlan, { possible: true }>,
  { spec, why, alonePerSecond }: PlanHpa,
  target: HpaTarget,
  notes: readonly string[],
): string {
  const { autoscaling, results } = tables;
  const { recommended, pool, demand } = plan;
  const document = shortHeading(autoscaling.source ?? 'autoscaling');
  const requests = spec.metrics.find((metric) => metric.type === 'Pods');
  const perPod = requests?.averageValue ?? 0;
  // Of a standard instance: that of another machine uses as much of it at as much more.
  const like = (perPod * results.throughputPerSecond) / alonePerSecond;
  const cpu = (source: CpuSource) => percent(cpuCurve(tables, source)(like).value);
  const most = spec.maxReplicas * pool.connectionsPerInstance;
  const comments: HpaComments = {
    head: [
      `By mcp-vitals plan, for ${demandText(demand)}.`,
      `The plan: ${machineName(recommended)} with ${recommended.memoryGib} GiB each; ${rate(recommended.capacityPerSecond.value)} requests/s in all.`,
      ...notes,
    ],
    at: [
      [['spec', 'minReplicas'], why.minReplicas],
      [
        ['spec', 'maxReplicas'],
        `${why.maxReplicas}.\nThe database must take ${rate(most)} connections then, ${rate(pool.connectionsPerInstance)} of each instance.`,
      ],
      [
        ['spec', 'metrics', 0],
        `${document}. Percent of the CPU that the pods request: request ${recommended.vcpus} for each,\nthat of the sidecar included. At ${rate(perPod)} requests/s a pod uses ${cpu('baseline')} by ${shortHeading(results.source ?? 'results')},\n${cpu('timeline')} by the time line of the auto-scaling test: the second would scale by CPU, long before by requests.`,
      ],
      [
        ['spec', 'metrics', 1],
        `${document}. Memory hardly follows the load (${results.memoryGib} GiB at full load): this acts on a leak.`,
      ],
      [
        ['spec', 'metrics', 2],
        `${document}: ${autoscaling.requestsPerSecondTarget} of ${results.throughputPerSecond}. Here: ${why.requests}.\nThe sidecar exports it; an adapter for custom metrics must serve it by pod.`,
      ],
      [['spec', 'behavior'], `${document}, as it stands.`],
    ],
  };
  return renderHpa(target, spec, comments);
}
