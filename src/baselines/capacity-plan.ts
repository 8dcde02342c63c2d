import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import type { CapacityOption } from './capacity-option.ts';
import { bandwidthBits, chooseInstances } from './choose-instances.ts';
import { poolPlan, type PoolPlan } from './pool-plan.ts';
import { shortHeading, sourced, type Sourced } from './sourced.ts';
import type { TierRow } from './tier-of.ts';

/** What stands around the instances; from the tier of the demand. */
export interface Surroundings {
  readonly tier: TierRow;
  readonly from: string;
  /** Why this tier. */
  readonly why: string;
  /** Bytes of the cache, where the table names a size. */
  readonly cacheBytes?: number;
  /** Share of the cache's lookups that hit. */
  readonly cacheHitRatio: Sourced;
  /** Requests per second that reach the database past the cache. */
  readonly databasePerSecond?: Sourced;
  /** Bits per second of the demand. */
  readonly bandwidthBits: Sourced;
}

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

const UNIT_BYTES: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9 };

function cacheBytes({ cache }: TierRow): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?(MB|GB)\b/.exec(cache) ?? [];
  const bytes = UNIT_BYTES[unit];
  return amount === undefined || bytes === undefined ? undefined : Number(amount) * bytes;
}

const grouped = (value: number) => value.toLocaleString('en-US');

/** What a tier is for by its heading. */
function meantFor({ demand: { from, to } }: TierRow): string {
  if (to === undefined) return `for a demand above ${grouped(from)} requests/s`;
  const range = from === 0 ? `below ${grouped(to)}` : `of ${grouped(from)} to ${grouped(to)}`;
  return `for a demand ${range} requests/s`;
}

/** The tier whose heading the demand falls under, or the one that was asked for. */
function tierFor({ tiers }: BaselineTables, demand: CapacityDemand): { row: TierRow; why: string } {
  const last = tiers.rows.at(-1);
  if (last === undefined) throw new RangeError('tiers: want at least one row, got none');
  const stated = tiers.rows.find(({ tier }) => tier === demand.tier);
  const { requestsPerSecond, users = 0 } = demand;
  if (stated !== undefined) {
    const isMeant = requestsPerSecond < (stated.demand.to ?? Infinity) && users <= stated.concurrentUsers;
    const why = `as asked for${isMeant ? '' : `, though it is meant ${meantFor(stated)}`}`;
    return { row: stated, why };
  }
  const byRate = tiers.rows.find(({ demand: { to } }) => to === undefined || requestsPerSecond < to) ?? last;
  const byUsers = tiers.rows.find(({ concurrentUsers }) => users <= concurrentUsers) ?? last;
  if (byUsers.tier > byRate.tier) {
    return { row: byUsers, why: `for up to ${grouped(byUsers.concurrentUsers)} users` };
  }
  return { row: byRate, why: meantFor(byRate) };
}

function surroundings(tables: BaselineTables, demand: CapacityDemand): Surroundings {
  const { tiers, cacheStrategies, environment, results, network } = tables;
  const { row, why } = tierFor(tables, demand);
  const strategy = demand.setUp.cacheStrategy ?? environment.cacheStrategy;
  const cached = cacheStrategies.rows.find((each) => each.strategy === strategy);
  const bytes = cacheBytes(row);
  const source = cacheStrategies.source ?? 'cacheStrategies';
  return {
    tier: row,
    from: tiers.source ?? 'tiers',
    why,
    ...(bytes !== undefined && { cacheBytes: bytes }),
    cacheHitRatio:
      cached === undefined
        ? sourced(results.cacheHitRatio, [results.source ?? 'results'])
        : sourced(cached.hitRatio, [`${source} (${strategy})`]),
    ...(cached !== undefined && {
      databasePerSecond: sourced(demand.requestsPerSecond * cached.databaseLoadRatio, [
        `${source} (${strategy}: ${cached.databaseLoadRatio * 100} % reach the database)`,
      ]),
    }),
    bandwidthBits: sourced(bandwidthBits(demand), [
      `${network.source ?? 'network'}: requests/s × (request + response) × 8`,
    ]),
  };
}

const dollars = (value: number) => `$${value.toFixed(2)}`;
const machineName = ({ instances, vcpus }: CapacityOption) => `${instances} × ${vcpus} vCPUs`;

/** The cheapest first; of equal ones the faster. */
const byCost = (a: CapacityOption, b: CapacityOption) =>
  a.costPerHour.value - b.costPerHour.value || a.p99Ms.value - b.p99Ms.value;

function reasonsFor(
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
    ...(demand.p99Ms === undefined
      ? []
      : [`P99 ${Math.round(best.p99Ms.value)} ms at full load, ${Math.round(demand.p99Ms)} ms are allowed`]),
  ];
}

/** What no machine of the tables can do, whatever its number. */
function impossibilities(
  tables: BaselineTables,
  options: readonly CapacityOption[],
  demand: CapacityDemand,
): string[] {
  const { p99Ms, errorRatio } = demand;
  const fastest = options.toSorted((a, b) => a.p99Ms.value - b.p99Ms.value)[0];
  const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(3))} %`;
  const tooFewErrors =
    errorRatio !== undefined && errorRatio < tables.results.errorRatio
      ? [
          `errors: want at most ${percent(errorRatio)} of the requests, got ${percent(tables.results.errorRatio)} (${shortHeading(tables.results.source ?? 'results')}); no table states fewer under load`,
        ]
      : [];
  const none = options.every(({ problems }) => problems.length > 0);
  if (!none) return tooFewErrors;
  const tooSlow =
    p99Ms !== undefined && fastest !== undefined && fastest.p99Ms.value > p99Ms
      ? [
          `P99: want at most ${p99Ms} ms, got ${Math.round(fastest.p99Ms.value)} ms at best (${machineName(fastest)})`,
        ]
      : [];
  const rest = options.map((option) => `${option.vcpus} vCPUs: ${option.problems.join('; ')}`);
  return [...tooFewErrors, ...(tooSlow.length > 0 ? tooSlow : rest)];
}

/** Less load is faster: the tests that show it, if one of them was fast enough. No table tells what lies between. */
function hintsFor(
  { endurance, spike, environment }: BaselineTables,
  { p99Ms = Infinity }: CapacityDemand,
): string[] {
  const [hour] = endurance.rows;
  const [quiet] = spike.phases;
  const seen = [
    { source: endurance.source ?? 'endurance', perSecond: hour?.throughputPerSecond, ms: hour?.p99Ms },
    { source: spike.source ?? 'spike', perSecond: quiet?.actualPerSecond, ms: quiet?.p99Ms },
  ].filter(({ ms = Infinity }) => ms <= p99Ms && Number.isFinite(p99Ms));
  return seen
    .slice(0, 1)
    .map(
      ({ source, perSecond, ms }) =>
        `${shortHeading(source)}: one instance of ${environment.vcpus} vCPUs had a P99 of ${ms} ms at ${perSecond} requests/s. The tables of scaling were measured at full load: with less on each instance it may be had, but they do not say how much; measure it with bench.`,
    );
}

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
