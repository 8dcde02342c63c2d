import type { Tier } from '../model/tier.ts';
import type { BaselineTables } from './baseline-schema.ts';
import { GIB } from './gib.ts';
import { interpolate } from './interpolate.ts';

/** Row of a tier. */
export type TierRow = BaselineTables['tiers']['rows'][number];

/** Throughput of all instances together, between the tier's figures for its fewest and its most instances. */
function throughput({ instances, throughputPerSecond }: TierRow, count: number): number {
  if (instances.from === instances.to) return throughputPerSecond.from * count;
  const points = [
    [instances.from, throughputPerSecond.from],
    [instances.to, throughputPerSecond.to],
  ] as const;
  return interpolate(points, count).value;
}

/**
 * The limits of one instance of a tier.
 * @param instances how many there are; by default the fewest that the tier has.
 */
export function tierOf(row: TierRow, instances = row.instances.from): Tier {
  // Of a tier with one instance several are several times the tier; of one with many each has its share.
  const users = row.instances.to === 1 ? row.concurrentUsers : row.concurrentUsers / instances;
  return {
    tier: row.tier,
    name: row.name,
    limits: {
      requests_per_second: throughput(row, instances) / instances,
      sessions: users,
      memory_bytes: row.memoryGib * GIB,
      bandwidth_bits_per_second: row.networkGbps * 1e9,
      vcpus: row.vcpus,
    },
  };
}
