import type { CacheCounter } from './cache-metrics.ts';
import type { Faults } from './faults.ts';
import { isThenable, overrideMethod } from './override-method.ts';

/** Anything with a `get`: a Map, lru-cache, keyv, a class of your own. */
export interface ObservableCache {
  get(key: never, ...rest: never[]): unknown;
}

/** Whether a lookup found something. */
export const isHit = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * Counts the lookups of a cache: undefined and null are misses, and of a promise what it resolves to. In a Map
 * every stored value is a hit, promises as such. What `get` gives and throws stays the very same.
 */
export function observeCache(cache: ObservableCache, counter: CacheCounter, faults: Faults): void {
  const count = (value: unknown): void => faults.guard(() => (isHit(value) ? counter.hit() : counter.miss()));
  const holdsPromises = cache instanceof Map;
  overrideMethod(
    cache,
    'get',
    (get) =>
      function (this: unknown, ...args) {
        const value = get.apply(this, args);
        faults.guard(() => {
          // A lookup that failed is neither; its caller hears of it from the promise itself.
          if (!holdsPromises && isThenable(value)) value.then(count, () => undefined);
          else count(value);
        });
        return value;
      },
  );
}
