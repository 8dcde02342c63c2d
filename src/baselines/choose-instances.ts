import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import { machineOptions, type CapacityOption } from './capacity-option.ts';
import { shortHeading } from './sourced.ts';

const figure = (value: number) =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
const percent = (ratio: number) => `${figure(ratio * 100)} %`;

/** Bits per second of a demand: requests a second, times the bytes of a request and its answer, times 8. */
export function bandwidthBits({ requestsPerSecond, requestBytes, responseBytes }: CapacityDemand): number {
  return requestsPerSecond * (requestBytes + responseBytes) * 8;
}

/** What more instances would cure. */
function shortfalls(option: CapacityOption, demand: CapacityDemand): readonly string[] {
  const free = 1 - demand.headroomRatio;
  const capacity = option.capacityPerSecond.value * free;
  const network = option.networkBits.value * free;
  const bits = bandwidthBits(demand);
  const { requestsPerSecond, users = 0 } = demand;
  const kept = demand.headroomRatio > 0 ? ` with ${percent(demand.headroomRatio)} kept free` : '';
  return [
    ...(capacity < requestsPerSecond
      ? [`want ${figure(requestsPerSecond)} requests/s, got ${figure(capacity)}${kept}`]
      : []),
    ...(option.users.value < users ? [`want ${figure(users)} users, got ${figure(option.users.value)}`] : []),
    ...(network < bits ? [`want ${figure(bits / 1e6)} Mbit/s, got ${figure(network / 1e6)}${kept}`] : []),
  ];
}

/** As few machines of one size as the demand needs, at most as many as the autoscaler may make; with what stands against them. */
export function chooseInstances(
  tables: BaselineTables,
  machine: BaselineTables['vertical']['rows'][number],
  demand: CapacityDemand,
): CapacityOption {
  const most = tables.autoscaling.maxReplicas;
  const asked = tables.tiers.rows.find(({ tier }) => tier === demand.tier);
  const optionOf = machineOptions(tables, machine, demand);
  let option = optionOf(Math.min(most, asked?.instances.from ?? 1));
  while (option.instances < most && shortfalls(option, demand).length > 0) {
    option = optionOf(option.instances + 1);
  }
  const short = shortfalls(option, demand);
  const limit =
    short.length === 0 ? '' : ` (the most by ${shortHeading(tables.autoscaling.source ?? 'autoscaling')})`;
  const { p99Ms } = demand;
  const tooSlow = p99Ms !== undefined && option.p99Ms.value > p99Ms;
  const count = option.instances === 1 ? '1 instance' : `${option.instances} instances`;
  const problems = [
    ...short,
    ...(tooSlow ? [`want P99 of at most ${figure(p99Ms)} ms, got ${figure(option.p99Ms.value)} ms`] : []),
  ];
  return { ...option, problems: problems.length === 0 ? [] : [`${count}${limit}: ${problems.join('; ')}`] };
}
