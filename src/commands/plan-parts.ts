import { GIB } from '../baselines/gib.ts';
import type { CapacityPlan } from '../baselines/capacity-plan.ts';
import { shortHeading } from '../baselines/sourced.ts';
import { RESERVED_CONNECTIONS } from '../baselines/pool-plan.ts';
import { named } from './layout.ts';
import { bits, percent, rate } from './plan-figures.ts';
import type { Span } from './terminal-table.ts';

type PossiblePlan = Extract<CapacityPlan, { possible: true }>;

const total = (count: number, instances: number, what: string): string =>
  instances === 1
    ? `${rate(count)} ${what}`
    : `${rate(count)} ${what} an instance, ${rate(count * instances)} in all`;

function connectionsText({ pool, recommended }: PossiblePlan): string {
  const { connectionsPerInstance, poolPerWorker, overflowPerWorker, inUse } = pool;
  const each = `${rate(poolPerWorker.value)} + ${rate(overflowPerWorker.value)} overflow for each worker`;
  return `${each}: ${total(connectionsPerInstance, recommended.instances, 'connections')}; some ${rate(Math.ceil(inUse.value))} in use at the demand`;
}

function limitText({ pool, recommended }: PossiblePlan): string {
  const { maxConnections, neededMaxConnections, fits, squeezed } = pool;
  const from = shortHeading(maxConnections.from[0] ?? '');
  const kept = `${RESERVED_CONNECTIONS} of them reserved`;
  if (fits || squeezed === undefined) {
    return `max_connections: want ${rate(neededMaxConnections)} (${kept}), got ${rate(maxConnections.value)} (${from})`;
  }
  const left =
    squeezed.poolPerWorker === 0
      ? 'there are more workers than connections'
      : `${rate(squeezed.poolPerWorker)} for each worker without overflow, with which ${recommended.instances === 1 ? 'it carries' : 'they carry'} ${rate(squeezed.capacityPerSecond.value)} requests/s`;
  return `max_connections: want ${rate(neededMaxConnections)} (${kept}), got ${rate(maxConnections.value)} (${from}): raise it or put a pooler between; else ${left}`;
}

/** What a plan needs beside its instances, a line or more for each part. */
export function planParts(plan: PossiblePlan, width: number): readonly Span[] {
  const { recommended, surroundings, pool } = plan;
  const { tier, why, databasePerSecond, cacheHitRatio, bandwidthBits } = surroundings;
  const { from, to } = tier.costPerMonth;
  const cost = from === to ? `$${rate(from)}` : `$${rate(from)} to $${rate(to)}`;
  const reach =
    databasePerSecond === undefined
      ? ''
      : `; ${rate(Math.ceil(databasePerSecond.value))} requests/s reach it`;
  const rows: readonly (readonly [name: string, text: string])[] = [
    [
      'tier',
      `${tier.tier}, ${tier.name}, ${why}; as a whole about ${cost} a month, database and cache included`,
    ],
    ['workers', total(pool.workersPerInstance, recommended.instances, 'workers')],
    ['pool', connectionsText(plan)],
    ['', limitText(plan)],
    ['database', `${tier.database}${reach}`],
    ['cache', `${tier.cache}; ${percent(cacheHitRatio.value)} hits`],
    ['CPU', `${percent(recommended.cpuRatio.value)} at the demand`],
    [
      'memory',
      `${Number((recommended.memoryBytes.value / GIB).toPrecision(2))} of ${recommended.memoryGib} GiB an instance`,
    ],
    ['network', `${bits(bandwidthBits.value)} of ${bits(recommended.networkBits.value)}`],
    ['storage', `${rate(tier.storageGb)} GB`],
  ];
  return rows.flatMap(([name, text]) => named(name, text, width, 10));
}
