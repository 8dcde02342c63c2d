import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import type { CapacityOption } from './capacity-option.ts';
import { chooseInstances } from './choose-instances.ts';
import { hintsFor, impossibilities } from './impossible-demand.ts';
import { reasonsFor } from './plan-reasons.ts';
import { poolPlan, type PoolPlan } from './pool-plan.ts';
import { shortHeading } from './sourced.ts';
import { surroundings, type Surroundings } from './surroundings.ts';

/** What a demand needs: every size of machine, the one to take, and what goes with it; or that nothing does. */
export type CapacityPlan = {
  readonly demand: CapacityDemand;
  /** By vCPUs. */
  readonly options: readonly CapacityOption[];
  readonly surroundings: Surroundings;
} & (
  | {
      readonly possible: true;
      readonly recommended: CapacityOption;
      /** Why this one, in sentences. */
      readonly reasons: readonly string[];
      readonly pool: PoolPlan;
    }
  | {
      readonly possible: false;
      /** What was wanted and what there is at best, one line each. */
      readonly problems: readonly string[];
      /** What the tables have to say beside it. */
      readonly hints: readonly string[];
    }
);

/** The cheapest first; of equal ones the faster. */
const byCost = (a: CapacityOption, b: CapacityOption) =>
  a.costPerHour.value - b.costPerHour.value || a.p99Ms.value - b.p99Ms.value;

/** Every size of machine that comes into question, or that of the tier that was asked for. */
function machinesFor({ vertical, tiers }: BaselineTables, { tier }: CapacityDemand) {
  const row = tiers.rows.find((each) => each.tier === tier);
  return row === undefined ? vertical.rows : vertical.rows.filter(({ vcpus }) => vcpus === row.vcpus);
}

/**
 * Plans the instances for a demand and what stands around them from the tables in force; pure, and an estimate: its
 * assumptions are in docs/capacity.md.
 */
export function capacityPlan(tables: BaselineTables, demand: CapacityDemand): CapacityPlan {
  const options = machinesFor(tables, demand).map((machine) => chooseInstances(tables, machine, demand));
  const shared = { demand, options, surroundings: surroundings(tables, demand) };
  const problems = impossibilities(tables, options, demand);
  const [recommended, ...others] = options.filter((each) => each.problems.length === 0).toSorted(byCost);
  if (recommended === undefined || problems.length > 0) {
    const found =
      problems.length > 0
        ? problems
        : [
            `tier ${demand.tier}: want a machine in ${shortHeading(tables.vertical.source ?? 'vertical')}, got none`,
          ];
    return { ...shared, possible: false, problems: found, hints: hintsFor(tables, demand) };
  }
  const pool = poolPlan(tables, recommended, demand);
  return { ...shared, possible: true, recommended, reasons: reasonsFor(recommended, others, demand), pool };
}
