import type { Registry } from '@prometheus-io/client';
import { instrument } from '../metrics/instruments.ts';

/** How much of a pool is in use at one moment. */
export interface PoolUse {
  readonly used: number;
  readonly max: number;
}

/**
 * Exports `connection_pool_usage` and gives the function that adds a pool. Pools of one type are added up.
 * @returns asked at each scrape; a pool whose answer is undefined is gone for good.
 */
export function createPoolMetrics(
  registry: Registry,
): (poolType: string, use: () => PoolUse | undefined) => void {
  const pools = new Map<string, Set<() => PoolUse | undefined>>();
  instrument('connection_pool_usage', registry, (gauge) => {
    for (const [poolType, uses] of pools) {
      const total = { used: 0, max: 0 };
      for (const use of uses) {
        const now = use();
        if (!now) uses.delete(use);
        total.used += now?.used ?? 0;
        total.max += now?.max ?? 0;
      }
      if (total.max > 0) gauge.set({ pool_type: poolType }, Math.min(1, total.used / total.max));
      else gauge.remove({ pool_type: poolType });
    }
  });
  return (poolType, use) => {
    const uses = pools.get(poolType) ?? new Set();
    pools.set(poolType, uses.add(use));
  };
}
