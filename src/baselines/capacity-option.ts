import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import { expectation, type Figure } from './expectation.ts';
import { interpolate } from './interpolate.ts';
import { instanceShare, instanceSlowdown } from './load-curves.ts';
import { derived, shortHeading, sourced, type Sourced } from './sourced.ts';
import type { TierRow } from './tier-of.ts';

/** Months are compared by their mean: 365 days by 12. */
export const HOURS_PER_MONTH = 730;

/** Machines of one size: as many as the demand needs, or why it cannot be met with them. */
export interface CapacityOption {
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly instances: number;
  /** The tier whose machine this is, of several the largest for so many; undefined for one that no tier has. */
  readonly tier: number | undefined;
  /** Requests per second that all instances carry. */
  readonly capacityPerSecond: Sourced;
  /** Share of the capacity that is free at the demand; below 0 where it is less than the demand. */
  readonly freeRatio: number;
  readonly p99Ms: Sourced;
  readonly users: Sourced;
  /** Bits per second that the network of all instances takes. */
  readonly networkBits: Sourced;
  /** Use of CPU of an instance at the demand. */
  readonly cpuRatio: Sourced;
  /** Memory that an instance uses. */
  readonly memoryBytes: Sourced;
  readonly costPerHour: Sourced;
  readonly costPerMonth: Sourced;
  /** At the demand, not at the capacity. */
  readonly costPerMillion: Sourced;
  /** Why it does not meet the demand; empty where it does. */
  readonly problems: readonly string[];
}

type Machine = BaselineTables['vertical']['rows'][number];
type Machines = Pick<CapacityOption, 'vcpus' | 'instances'>;

const pointsOf = <Row>(rows: readonly Row[], x: (row: Row) => number, y: (row: Row) => number) =>
  rows.map((row) => [x(row), y(row)] as const).toSorted(([a], [b]) => a - b);

/** A figure of `expectation` for one instance, with its tables. */
function ofOne(figure: Figure, standard: string): Sourced {
  const steps = figure.steps.filter(({ factor, counts }) => counts && Math.abs(factor - 1) > 1e-9);
  const from = [standard, ...steps.map(({ table, row }) => `${table} (${row})`)];
  const beyond = steps.filter((step) => step.beyond);
  return sourced(
    figure.value,
    from,
    beyond.map(({ table, row }) => `${shortHeading(table)} ends before ${row}`),
  );
}

/** What several instances do to a figure of one: the table was measured with the standard machine alone. */
function ofSeveral(
  tables: BaselineTables,
  one: Sourced,
  { vcpus, instances }: Machines,
  factor: number,
): Sourced {
  if (instances === 1) return one;
  const { environment, horizontal } = tables;
  const table = horizontal.source ?? 'horizontal';
  const isBeyond = instances > (horizontal.rows.at(-1)?.instances ?? 1);
  const extrapolated = [
    ...(one.extrapolated ?? []),
    ...(vcpus === environment.vcpus
      ? []
      : [`${shortHeading(table)} was measured with ${environment.vcpus} vCPUs`]),
    ...(isBeyond
      ? [
          `${shortHeading(table)} ends at ${horizontal.rows.at(-1)?.instances} instances: its last slope goes on`,
        ]
      : []),
  ];
  return sourced(one.value * factor, [...one.from, `${table} (${instances} instances)`], extrapolated);
}

/** A limit of all instances, by the tiers: of one with several instances as a whole, else of a single one times their number. */
function ofTiers(
  { tiers }: BaselineTables,
  { vcpus, instances }: Machines,
  y: (row: TierRow) => number,
): Sourced {
  const { rows, source = 'tiers' } = tiers;
  const whole = rows.find(
    (row) => row.vcpus === vcpus && row.instances.to > 1 && row.instances.from <= instances,
  );
  if (whole !== undefined) {
    const { tier, instances: range } = whole;
    const isBeyond = instances > range.to;
    return sourced(
      y(whole) * Math.max(1, instances / range.to),
      [`${source} (tier ${tier})`],
      isBeyond ? [`tier ${tier} ends at ${range.to} instances: as much again for each`] : [],
    );
  }
  const single = rows.filter((row) => row.instances.to === 1);
  const points = pointsOf(single.length === 0 ? rows : single, (row) => row.vcpus, y);
  const { value, beyond } = interpolate(points, vcpus);
  const row = single.find((each) => each.vcpus === vcpus);
  return sourced(
    value * instances,
    [
      `${source} (${row === undefined ? `${vcpus} vCPUs` : `tier ${row.tier}`})`,
      ...(instances === 1 ? [] : [`× ${instances} instances`]),
    ],
    beyond ? ['no tier has such a machine: that of the nearest'] : [],
  );
}

/** Makes the figures of any number of machines of one size. */
export function machineOptions(
  tables: BaselineTables,
  { vcpus, memoryGib, costPerHour }: Machine,
  demand: CapacityDemand,
): (instances: number) => CapacityOption {
  const { results, vertical, tiers } = tables;
  const expected = expectation(tables, { ...demand.setUp, vcpus });
  const standard = results.source ?? 'results';
  const carries = ofOne(expected.throughputPerSecond, standard);
  const [p99, cpu] = [ofOne(expected.p99Ms, standard), ofOne(expected.cpuRatio, standard)];
  const memoryBytes = ofOne(expected.memoryBytes, standard);
  const price = `${vertical.source ?? 'vertical'} (${vcpus} vCPUs at $${costPerHour} an hour)`;
  return (instances) => {
    const machines = { vcpus, instances };
    const share = instanceShare(tables, instances).value;
    const capacity = ofSeveral(tables, carries, machines, share * instances);
    const load = demand.requestsPerSecond / capacity.value;
    const times = instances === 1 ? [] : [`× ${instances} instances`];
    // A price has cents, not what multiplying leaves behind them.
    const cost = sourced(Math.round(costPerHour * instances * 1e4) / 1e4, [price, ...times]);
    const perMillion = (cost.value / (demand.requestsPerSecond * 3600)) * 1e6;
    return {
      ...machines,
      memoryGib,
      tier: tiers.rows.findLast((row) => row.vcpus === vcpus && row.instances.from <= instances)?.tier,
      capacityPerSecond: capacity,
      freeRatio: 1 - load,
      p99Ms: ofSeveral(tables, p99, machines, instanceSlowdown(tables, instances).value),
      users: ofTiers(tables, machines, (row) => row.concurrentUsers),
      networkBits: ofTiers(tables, machines, (row) => row.networkGbps * 1e9),
      cpuRatio: derived(cpu, Math.min(1, cpu.value * load), '× demand by capacity'),
      memoryBytes,
      costPerHour: cost,
      costPerMonth: derived(cost, cost.value * HOURS_PER_MONTH, `× ${HOURS_PER_MONTH} hours`),
      costPerMillion: derived(cost, perMillion, 'by the requests of an hour at the demand'),
      problems: [],
    };
  };
}
