import { isPromise } from 'node:util/types';
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
 * Counts the lookups of a cache: undefined and null are misses, and of a promise what it resolves to; an array
 * given for an array of keys is counted key by key. In a Map every stored value is a hit, whatever it is: promises
 * and null too. What `get` gives and throws stays the same, but a promise is passed on as one made of it: it
 * settles as the cache's own does, and a failure that nobody handles stays unhandled. Of a cache that stores
 * promises and is no Map (an LRU cache, say), count by hand if its promises must stay the very same objects.
 * Other thenables are neither run nor counted, since some start their work only when they are awaited.
 */
export function observeCache(cache: ObservableCache, counter: CacheCounter, faults: Faults): void {
  const count = (key: unknown, value: unknown): void =>
    faults.guard(() => {
      const values: readonly unknown[] = Array.isArray(key) && Array.isArray(value) ? value : [value];
      const hits = values.filter(isHit).length;
      counter.hit(hits);
      counter.miss(values.length - hits);
    });
  const countStored = (map: ReadonlyMap<unknown, unknown>, key: unknown, value: unknown): void =>
    faults.guard(() => (isHit(value) || Map.prototype.has.call(map, key) ? counter.hit() : counter.miss()));
  overrideMethod(
    cache,
    'get',
    (get) =>
      function (this: unknown, ...args) {
        const [key] = args;
        const value = get.apply(this, args);
        if (cache instanceof Map) countStored(cache, key, value);
        else if (isPromise(value)) {
          // A lookup that failed is neither; its caller hears of it from the promise.
          return value.then((found) => {
            count(key, found);
            return found;
          });
        } else if (!isThenable(value)) count(key, value);
        return value;
      },
  );
}
