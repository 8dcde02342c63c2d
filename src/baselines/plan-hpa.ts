import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import { machineOptions, type CapacityOption } from './capacity-option.ts';
import { chooseInstances } from './choose-instances.ts';
import { documentHpa } from './document-hpa.ts';
import { TOLERANCE } from './hpa-proposal.ts';
import type { HpaSpec } from './hpa-spec.ts';
import { instanceShare } from './load-curves.ts';
import { shortHeading } from './sourced.ts';

/** The autoscaler for a plan, and where its numbers are from. */
export interface PlanHpa {
  readonly spec: HpaSpec;
  /** Requests per second that one pod carries alone. */
  readonly alonePerSecond: number;
  readonly why: { readonly minReplicas: string; readonly maxReplicas: string; readonly requests: string };
}

const whole = (value: number) => Math.floor(value).toLocaleString('en-US');

/** As few as the document has, or as the quietest time needs. */
function least(
  tables: BaselineTables,
  option: CapacityOption,
  demand: CapacityDemand,
  quietPerSecond: number | undefined,
) {
  const { minReplicas, source = 'autoscaling' } = tables.autoscaling;
  const why = `${shortHeading(source)}: at least ${minReplicas}, so that the loss of one is no outage`;
  const machine = tables.vertical.rows.find(({ vcpus }) => vcpus === option.vcpus);
  if (quietPerSecond === undefined || machine === undefined) return { replicas: minReplicas, why };
  const { users: _, p99Ms: __, ...rest } = demand;
  const quiet = chooseInstances(tables, machine, {
    ...rest,
    requestsPerSecond: Math.max(1e-9, quietPerSecond),
  });
  if (quiet.instances <= minReplicas) return { replicas: minReplicas, why };
  return {
    replicas: quiet.instances,
    why: `for ${whole(quietPerSecond)} requests/s, the rate at quiet times`,
  };
}

/** Room above the plan as the document has it: 20 where its test took 7. */
function most(tables: BaselineTables, option: CapacityOption, minReplicas: number) {
  const { maxReplicas, rows, source = 'autoscaling' } = tables.autoscaling;
  const used = rows.at(-1)?.instances ?? maxReplicas;
  const wanted = Math.ceil((option.instances * maxReplicas) / used);
  const replicas = Math.min(maxReplicas, Math.max(wanted, option.instances, minReplicas + 1));
  return {
    replicas,
    why: `${option.instances} by the plan, with the room that the document leaves (${shortHeading(source)}: ${maxReplicas} where its test took ${used})`,
  };
}

/**
 * The document's autoscaler with the limits and the target of requests that a plan's instances need; pure.
 * @param quietPerSecond requests per second at quiet times, where they are known.
 */
export function planHpa(
  tables: BaselineTables,
  option: CapacityOption,
  demand: CapacityDemand,
  quietPerSecond?: number,
): PlanHpa {
  const document = documentHpa(tables);
  const min = least(tables, option, demand, quietPerSecond);
  const max = most(tables, option, min.replicas);
  const machine = tables.vertical.rows.find(({ vcpus }) => vcpus === option.vcpus);
  const alone =
    machine === undefined
      ? option.capacityPerSecond.value
      : machineOptions(tables, machine, demand)(1).capacityPerSecond.value;
  const withHeadroom = alone * (1 - demand.headroomRatio);
  // Kubernetes acts a tenth above the target; what the fullest deployment carries is the bound.
  const bound = (alone * instanceShare(tables, max.replicas).value) / (1 + TOLERANCE);
  const target = Math.max(1, Math.floor(Math.min(withHeadroom, bound) + 1e-9));
  const percent = Math.round(demand.headroomRatio * 1000) / 10;
  return {
    alonePerSecond: alone,
    spec: {
      ...document,
      minReplicas: min.replicas,
      maxReplicas: max.replicas,
      metrics: document.metrics.map((metric) =>
        metric.type === 'Pods' ? { ...metric, averageValue: target } : metric,
      ),
    },
    why: {
      minReplicas: min.why,
      maxReplicas: max.why,
      requests:
        withHeadroom <= bound
          ? `${whole(alone)} requests/s of one instance with ${percent} % kept free`
          : `${whole(alone * instanceShare(tables, max.replicas).value)} requests/s are what each of ${max.replicas} instances carries, and Kubernetes acts ${TOLERANCE * 100} % above the target`,
    },
  };
}
