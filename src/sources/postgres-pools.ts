import type { PostgresCounts, SessionGroup } from './postgres-reading.ts';

/** A connection pool, seen as sessions of the database server; what is given of the three names must be equal. */
export interface PostgresPool {
  /** Value of the label `pool_type`. */
  readonly poolType: string;
  /** Connections that the pool may open; absent: the server's limit is the pool's. */
  readonly size?: number;
  /** As PostgreSQL shows it: cut to 63 bytes. */
  readonly applicationName?: string;
  readonly user?: string;
  readonly database?: string;
}

/** The pool that is measured if none is configured: everybody's sessions against the server's limit. */
export const wholeServer: PostgresPool = { poolType: 'postgres' };

/**
 * Use of a pool, 0 to 1.
 *
 * With a size: its sessions that are not idle (an idle one is free to be lent) in relation to the size. Without: all
 * its sessions, idle ones too since each occupies a slot, in relation to the slots that are not reserved
 * (max_connections − superuser_reserved_connections − reserved_connections). More than there should be — a size told
 * too small, superusers in reserved slots — reads as 1.
 *
 * @returns undefined where it cannot be known: sessions that may not be seen, or whose state is not tracked.
 */
export function poolUsage(
  pool: PostgresPool,
  sessions: readonly SessionGroup[],
  counts: Pick<PostgresCounts, 'maxConnections' | 'reservedConnections'>,
): number | undefined {
  const own = sessions.filter((group) => belongs(group, pool));
  if (own.some(({ hidden }) => hidden)) return undefined;
  if (pool.size === undefined) {
    return ratio(countOf(own), counts.maxConnections - counts.reservedConnections);
  }
  if (own.some(({ state }) => state === 'disabled')) return undefined;
  return ratio(countOf(own.filter(({ state }) => state !== 'idle')), pool.size);
}

const belongs = (group: SessionGroup, pool: PostgresPool): boolean =>
  (pool.applicationName === undefined || pool.applicationName === group.applicationName) &&
  (pool.user === undefined || pool.user === group.user) &&
  (pool.database === undefined || pool.database === group.database);

const countOf = (groups: readonly SessionGroup[]): number =>
  groups.reduce((sum, { sessions }) => sum + sessions, 0);

const ratio = (used: number, limit: number): number | undefined =>
  limit > 0 ? Math.min(1, used / limit) : undefined;
