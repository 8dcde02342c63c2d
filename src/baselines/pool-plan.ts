import type { BaselineTables } from './baseline-schema.ts';
import type { CapacityDemand } from './capacity-demand.ts';
import type { CapacityOption } from './capacity-option.ts';
import { interpolate } from './interpolate.ts';
import { sourced, type Sourced } from './sourced.ts';

/** What the document adds to the pool of a worker for peaks. */
const OVERFLOW = 10;
/** Connections that its database takes. */
const MAX_CONNECTIONS = 100;
/** Connections that PostgreSQL keeps for superusers by default; no pool gets them. */
export const RESERVED_CONNECTIONS = 3;

const POOL_SOURCE = 'Optimization Strategies, Connection Pool Tuning';
const MAX_SOURCE = 'Baseline Performance Metrics, Standard Configuration';

/** Connections that the workers of one instance may open: workers × (pool + overflow). */
export function poolConnections({ environment }: BaselineTables, workers: number, poolSize?: number): number {
  const pool = poolSize ?? (environment.poolSize / environment.workers) * workers;
  return Math.ceil(pool + workers * OVERFLOW);
}

/** Pools of a deployment's workers, and whether the database takes their connections. */
export interface PoolPlan {
  readonly workersPerInstance: number;
  readonly poolPerWorker: Sourced;
  readonly overflowPerWorker: Sourced;
  /** Workers × (pool + overflow), of one instance. */
  readonly connectionsPerInstance: number;
  readonly connections: Sourced;
  /** Connections in use at the demand. */
  readonly inUse: Sourced;
  readonly maxConnections: Sourced;
  /** What the database must take: all connections, and those that it keeps for itself. */
  readonly neededMaxConnections: number;
  readonly fits: boolean;
  /** What is left to do without raising the limit; absent where it fits. */
  readonly squeezed?: {
    /** Of each worker, without overflow; 0 where there are more workers than connections. */
    readonly poolPerWorker: number;
    readonly connectionsPerInstance: number;
    /** Requests per second of all instances with such pools. */
    readonly capacityPerSecond: Sourced;
  };
}

/** Connections of the pools that an option's workers have. Source: the document's Connection Pool Tuning. */
export function poolPlan(tables: BaselineTables, option: CapacityOption, demand: CapacityDemand): PoolPlan {
  const { environment, results, poolSizes } = tables;
  const { instances } = option;
  const workersPerInstance = Math.max(1, Math.round(option.vcpus));
  const stated = demand.setUp.poolSize;
  const poolPerWorker =
    stated === undefined
      ? sourced(environment.poolSize / environment.workers, [
          `${environment.source ?? 'environment'}: ${environment.poolSize} connections by ${environment.workers} workers`,
        ])
      : sourced(stated / workersPerInstance, ['server.poolSize']);
  const connectionsPerInstance = poolConnections(tables, workersPerInstance, stated);
  const connections = connectionsPerInstance * instances;
  const maxConnections =
    demand.maxConnections === undefined
      ? sourced(MAX_CONNECTIONS, [MAX_SOURCE])
      : sourced(demand.maxConnections, ['--max-connections']);
  const usable = Math.max(0, maxConnections.value - RESERVED_CONNECTIONS);
  const fits = connections <= usable;
  const perWorker = Math.floor(usable / (workersPerInstance * instances));
  const squeezedSize = perWorker * workersPerInstance;
  const points = poolSizes.rows.map((row) => [row.size, row.throughputPerSecond] as const);
  const here = interpolate(points, squeezedSize);
  const lost = Math.min(1, here.value / interpolate(points, environment.poolSize).value);
  return {
    workersPerInstance,
    poolPerWorker,
    overflowPerWorker: sourced(OVERFLOW, [POOL_SOURCE]),
    connectionsPerInstance,
    connections: sourced(connections, [`${POOL_SOURCE}: workers × (pool + overflow) × instances`]),
    inUse: sourced(
      (demand.requestsPerSecond / results.throughputPerSecond) * results.poolRatio * environment.poolSize,
      [
        `${results.source ?? 'results'}: ${results.poolRatio * environment.poolSize} connections at ${results.throughputPerSecond} requests/s`,
      ],
    ),
    maxConnections,
    neededMaxConnections: connections + RESERVED_CONNECTIONS,
    fits,
    ...(!fits && {
      squeezed: {
        poolPerWorker: perWorker,
        connectionsPerInstance: squeezedSize,
        capacityPerSecond: sourced(
          perWorker === 0 ? 0 : option.capacityPerSecond.value * lost,
          [
            ...option.capacityPerSecond.from,
            `${poolSizes.source ?? 'poolSizes'} (${squeezedSize} connections an instance)`,
          ],
          [
            ...(option.capacityPerSecond.extrapolated ?? []),
            ...(here.beyond
              ? [`${poolSizes.source ?? 'poolSizes'} ends before ${squeezedSize} connections`]
              : []),
          ],
        ),
      },
    }),
  };
}
