import type { Registry } from '@prometheus-io/client';
import { instrument } from '../metrics/instruments.ts';
import type { Clock } from '../model/clock.ts';
import { HitWindow } from './hit-window.ts';

/** Counts lookups in one cache by hand. */
export interface CacheCounter {
  readonly hit: (count?: number) => void;
  readonly miss: (count?: number) => void;
}

/**
 * Exports `cache_hit_rate` and gives the function that makes the counter of a type of cache; counters of
 * one type are one. A type without lookups in the last minute has no sample.
 */
export function createCacheMetrics(registry: Registry, clock: Clock): (cacheType: string) => CacheCounter {
  const windows = new Map<string, HitWindow>();
  instrument('cache_hit_rate', registry, (gauge) => {
    for (const [cacheType, window] of windows) {
      const ratio = window.ratio();
      if (ratio === undefined) gauge.remove({ cache_type: cacheType });
      else gauge.set({ cache_type: cacheType }, ratio);
    }
  });
  return (cacheType) => {
    let window = windows.get(cacheType);
    if (!window) {
      window = new HitWindow(clock);
      windows.set(cacheType, window);
    }
    const counted = window;
    return {
      hit: (count = 1) => counted.add(count, 0),
      miss: (count = 1) => counted.add(0, count),
    };
  };
}
