import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import { bandwidthBits } from './choose-instances.ts';
import { sourced, type Sourced } from './sourced.ts';
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

/** What stands around the instances of a demand. */
export function surroundings(tables: BaselineTables, demand: CapacityDemand): Surroundings {
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
