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

/** Machines for the requests alone: neither users nor bytes are anything that the autoscaler measures. */
function forRequests(
  tables: BaselineTables,
  option: CapacityOption,
  demand: CapacityDemand,
  requestsPerSecond: number,
): number {
  const machine = tables.vertical.rows.find(({ vcpus }) => vcpus === option.vcpus);
  if (machine === undefined) return option.instances;
  const { headroomRatio, setUp } = demand;
  const plain = { headroomRatio, setUp, requestBytes: 0, responseBytes: 0 };
  return chooseInstances(tables, machine, { ...plain, requestsPerSecond: Math.max(1e-9, requestsPerSecond) })
    .instances;
}

interface Limit {
  readonly replicas: number;
  readonly why: string;
}

/** As few as the document has, or as the quietest time needs, or what is not measured by the autoscaler. */
function least(
  tables: BaselineTables,
  option: CapacityOption,
  demand: CapacityDemand,
  quietPerSecond: number | undefined,
): Limit {
  const { minReplicas, source = 'autoscaling' } = tables.autoscaling;
  const limits: readonly Limit[] = [
    {
      replicas: minReplicas,
      why: `${shortHeading(source)}: at least ${minReplicas}, so that the loss of one is no outage`,
    },
    ...(quietPerSecond === undefined
      ? []
      : [
          {
            replicas: forRequests(tables, option, demand, quietPerSecond),
            why: `for ${whole(quietPerSecond)} requests/s, the rate at quiet times`,
          },
        ]),
    ...(option.instances > forRequests(tables, option, demand, demand.requestsPerSecond)
      ? [
          {
            replicas: option.instances,
            why: `all of the plan: they are for its users or its bandwidth or its tier, which no metric here counts`,
          },
        ]
      : []),
  ];
  return limits.reduce((one, other) => (other.replicas > one.replicas ? other : one));
}

/** Room above the plan as the document has it: 20 where its test took 7. */
function most(tables: BaselineTables, option: CapacityOption, minReplicas: number): Limit {
  const { maxReplicas, rows, source = 'autoscaling' } = tables.autoscaling;
  const used = rows.at(-1)?.instances ?? maxReplicas;
  const wanted = Math.ceil((option.instances * maxReplicas) / used);
  const replicas = Math.min(maxReplicas, Math.max(wanted, option.instances, minReplicas + 1));
  return {
    replicas,
    why: `${option.instances} by the plan, with the room that the document leaves (${shortHeading(source)}: ${maxReplicas} where its test took ${used})`,
  };
}

interface Target {
  readonly perSecond: number;
  readonly why: string;
}

/** The least of what the head-room leaves, what the fullest deployment carries, and what keeps the plan's instances at its demand. */
function targetOf(
  tables: BaselineTables,
  option: CapacityOption,
  demand: CapacityDemand,
  alonePerSecond: number,
  maxReplicas: number,
): Target {
  const { requestsPerSecond, headroomRatio } = demand;
  const acts = `Kubernetes acts ${TOLERANCE * 100} % above the target`;
  const fullest = alonePerSecond * instanceShare(tables, maxReplicas).value;
  const planned = forRequests(tables, option, demand, requestsPerSecond);
  const targets: readonly Target[] = [
    {
      perSecond: Math.floor(alonePerSecond * (1 - headroomRatio) + 1e-9),
      why: `${whole(alonePerSecond)} requests/s of one instance with ${Math.round(headroomRatio * 1000) / 10} % kept free`,
    },
    {
      perSecond: Math.floor(fullest / (1 + TOLERANCE)),
      why: `${whole(fullest)} requests/s are what each of ${maxReplicas} instances carries, and ${acts}`,
    },
    {
      // Exactly at the tolerance it would not act yet.
      perSecond:
        planned < 2 ? Infinity : Math.ceil(requestsPerSecond / ((planned - 1) * (1 + TOLERANCE))) - 1,
      why: `so that ${whole(requestsPerSecond)} requests/s keep all ${planned} of the plan: ${acts}`,
    },
  ];
  const lowest = targets.reduce((one, other) => (other.perSecond < one.perSecond ? other : one));
  return { ...lowest, perSecond: Math.max(1, lowest.perSecond) };
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
  const alone = machine === undefined ? option : machineOptions(tables, machine, demand)(1);
  const alonePerSecond = alone.capacityPerSecond.value;
  const target = targetOf(tables, option, demand, alonePerSecond, max.replicas);
  return {
    alonePerSecond,
    spec: {
      ...document,
      minReplicas: min.replicas,
      maxReplicas: max.replicas,
      metrics: document.metrics.map((metric) =>
        metric.type === 'Pods' ? { ...metric, averageValue: target.perSecond } : metric,
      ),
    },
    why: { minReplicas: min.why, maxReplicas: max.why, requests: target.why },
  };
}
