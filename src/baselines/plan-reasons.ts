import type { CapacityDemand } from './capacity-demand.ts';
import type { CapacityOption } from './capacity-option.ts';

const dollars = (value: number) => `$${value.toFixed(2)}`;
/** `2 × 4 vCPUs`. */
export const machineName = ({ instances, vcpus }: CapacityOption) => `${instances} × ${vcpus} vCPUs`;

/** Why an option is the one to take, beside the others that meet the demand, the cheapest first; in sentences. */
export function reasonsFor(
  best: CapacityOption,
  others: readonly CapacityOption[],
  demand: CapacityDemand,
): string[] {
  const [next] = others;
  const faster =
    demand.p99Ms === undefined ? others.find((each) => each.p99Ms.value < best.p99Ms.value) : undefined;
  const cheapest =
    next === undefined
      ? `the only size that meets the demand, at ${dollars(best.costPerHour.value)} an hour`
      : `the cheapest of ${others.length + 1} that meet the demand, at ${dollars(best.costPerHour.value)} an hour; next is ${machineName(next)} at ${dollars(next.costPerHour.value)}`;
  return [
    cheapest,
    ...(next !== undefined && next.costPerHour.value === best.costPerHour.value
      ? [
          `of the same price, the lower P99: ${Math.round(best.p99Ms.value)} ms, not ${Math.round(next.p99Ms.value)}`,
        ]
      : []),
    ...(best.instances === 1
      ? ['one instance: each restart of it is an outage; a second one costs as much again']
      : []),
    ...(faster === undefined
      ? []
      : [
          `slower than ${machineName(faster)} (${dollars(faster.costPerHour.value)}): P99 ${Math.round(best.p99Ms.value)} ms, not ${Math.round(faster.p99Ms.value)}; state --p99 if that matters`,
        ]),
    ...(demand.p99Ms === undefined
      ? []
      : [`P99 ${Math.round(best.p99Ms.value)} ms at full load, ${Math.round(demand.p99Ms)} ms are allowed`]),
  ];
}
