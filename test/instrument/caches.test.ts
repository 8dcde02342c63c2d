import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createClient, createClientPool } from 'redis';
import { Redis as IoRedis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instrument } from '../../src/instrument/instrument.ts';
import type { Vitals } from '../../src/instrument/instrument.ts';
import { systemClock } from '../../src/model/clock.ts';
import { parseExposition, select } from '../harness/exposition.ts';
import { redisPath, startRedis } from '../harness/redis.ts';
import type { Redis } from '../harness/redis.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';

const run = promisify(execFile);

/** Rates by type of cache; a type without one is absent. */
async function rates(vitals: Vitals): Promise<Record<string, number>> {
  const samples = select(parseExposition((await vitals.metrics()).body), 'cache_hit_rate');
  return Object.fromEntries(samples.map(({ labels, value }) => [labels['cache_type'], value]));
}

async function hearUnhandled(...what: readonly string[]): Promise<string> {
  const program = inRepository('test', 'instrument', 'unhandled.ts');
  return (await run(process.execPath, [program, ...what], { timeout: 20_000 })).stdout;
}

describe('a cache', () => {
  it('that is a Map gives what it gave, and its lookups are counted', async () => {
    const vitals = instrument();
    const promised = Promise.resolve(null);
    const map = new Map<string, unknown>([
      ['a', 1],
      ['p', promised],
    ]);
    expect(vitals.cache('l1', vitals.cache('l1', map))).toBe(map);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, undefined]);
    expect(map.get('p')).toBe(promised);
    expect(await rates(vitals)).toEqual({ l1: 0.5 });
    expect(Object.keys(map)).toEqual([]);
  });

  it('that answers later is counted by what it answers, and fails as before', async () => {
    const vitals = instrument();
    const failure = new Error('cache down');
    class Later {
      readonly #values = new Map([['a', 1]]);
      async get(key: string): Promise<number | null> {
        if (key === 'bad') throw failure;
        return this.#values.get(key) ?? null;
      }
    }
    const cache = vitals.cache('l2', new Later());
    expect(await Promise.all(['a', 'b', 'a', 'a'].map((key) => cache.get(key)))).toEqual([1, null, 1, 1]);
    await expect(cache.get('bad')).rejects.toBe(failure);
    expect(await rates(vitals)).toEqual({ l2: 0.75 });
  });

  it('that answers later leaves a failure that nobody handles unhandled', async () => {
    expect(await hearUnhandled('cache')).toBe('unhandled: Error: cache down\n');
  }, 20_000);

  it('that answers several keys at once is counted key by key', async () => {
    const vitals = instrument();
    const later = vitals.cache('l2', {
      get: async (keys: readonly string[]) => keys.map((key) => (key === 'a' ? 1 : undefined)),
    });
    const atOnce = vitals.cache('l1', { get: (_keys: readonly string[]) => [1, null] });
    const ofLists = vitals.cache('lists', { get: (_key: string) => [null, null, null] });
    expect(await later.get(['a', 'b', 'c', 'd'])).toEqual([1, undefined, undefined, undefined]);
    expect(atOnce.get(['a', 'b'])).toEqual([1, null]);
    expect(ofLists.get('a')).toEqual([null, null, null]);
    expect(await rates(vitals)).toEqual({ l2: 0.25, l1: 0.5, lists: 1 });
  });

  it('that is a Map has what it holds, null and undefined too', async () => {
    const vitals = instrument();
    const map = vitals.cache(
      'l1',
      new Map<string, unknown>([
        ['null', null],
        ['undefined', undefined],
      ]),
    );
    expect(['null', 'undefined', 'none'].map((key) => map.get(key))).toEqual([null, undefined, undefined]);
    expect(await rates(vitals)).toEqual({ l1: 2 / 3 });
  });

  it('that gives something to be run when it is awaited does not run it twice', async () => {
    const vitals = instrument();
    let runs = 0;
    const query: PromiseLike<number> = {
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      then: (onValue, onError) => {
        runs++;
        return Promise.resolve(7).then(onValue, onError);
      },
    };
    const cache = vitals.cache('lazy', { get: (_key: string) => query });
    expect(cache.get('a')).toBe(query);
    expect(runs).toBe(0);
    expect(await cache.get('a')).toBe(7);
    expect(runs).toBe(1);
    expect(await rates(vitals)).toEqual({});
  });

  it('that throws at once still does, and counts nothing', async () => {
    const vitals = instrument();
    const failure = new Error('no');
    const cache = vitals.cache('l1', {
      get: (_key: string): string => {
        throw failure;
      },
    });
    expect(() => cache.get('a')).toThrow(failure);
    expect(await rates(vitals)).toEqual({});
  });

  it('is counted by hand where it has no get', async () => {
    const vitals = instrument();
    const counter = vitals.cache('by hand');
    counter.hit();
    counter.hit(2);
    counter.miss();
    expect(await rates(vitals)).toEqual({ 'by hand': 0.75 });
  });

  it('has the rate of the last minute, and none without lookups: neither a false 0 nor a false 1', async () => {
    let nowMs = 1_000_000;
    const vitals = instrument({ clock: { ...systemClock, nowMs: () => nowMs } });
    const counter = vitals.cache('l1');
    expect(await rates(vitals)).toEqual({});
    counter.miss(10);
    nowMs += 40_000;
    counter.hit(10);
    expect(await rates(vitals)).toEqual({ l1: 0.5 });
    nowMs += 25_000;
    expect(await rates(vitals)).toEqual({ l1: 1 });
    nowMs += 60_000;
    expect(await rates(vitals)).toEqual({});
    counter.miss();
    expect(await rates(vitals)).toEqual({ l1: 0 });
  });
});

describeWith(redisPath, 'apt-get install redis-server')('a Redis client', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    await redis.run(['MSET', 'a', '1', 'b', '2'], ['HSET', 'h', 'f', 'v']);
  }, 30_000);
  afterAll(() => redis?.stop(), 30_000);

  it('of node-redis gives what it gave, and hits and misses are counted key by key', async () => {
    const vitals = instrument();
    const bare = await createClient({ url: redis.url }).connect();
    const client = vitals.redis(vitals.redis(await createClient({ url: redis.url }).connect()));
    const ask = async (asked: typeof bare): Promise<unknown[]> => [
      await asked.get('a'),
      await asked.get('none'),
      await asked.GET('a'),
      await asked.mGet(['a', 'none', 'b']),
      await asked.hGet('h', 'f'),
      await asked.hGet('h', 'none'),
      await asked.hmGet('h', ['f', 'none']),
      await asked.getEx('a', { type: 'EX', value: 100 }),
      await asked.getDel('none'),
      await asked.ping(),
      await asked.multi().get('a').exec(),
    ];
    expect(await ask(client)).toEqual(await ask(bare));
    // Hits: get, GET, 2 of mGet, hGet, 1 of hmGet, getEx; misses: get, mGet, hGet, hmGet, getDel.
    expect(await rates(vitals)).toEqual({ redis: 7 / 12 });
    const failed = async (asked: typeof bare) => asked.get('h').catch((error: unknown) => String(error));
    expect(await failed(client)).toBe(await failed(bare));
    expect(await rates(vitals)).toEqual({ redis: 7 / 12 });
    client.destroy();
    bare.destroy();
  });

  it('of node-redis sends commands in the order they were given, and lookups settle in it', async () => {
    const client = instrument().redis(await createClient({ url: redis.url }).connect());
    const order: string[] = [];
    const answers = await Promise.all([
      client.get('s').finally(() => order.push('get')),
      client.set('s', '1'),
      client.get('s').finally(() => order.push('get again')),
    ]);
    expect(answers).toEqual([null, 'OK', '1']);
    expect(order).toEqual(['get', 'get again']);
    client.destroy();
  });

  it('of a node-redis pool is counted too', async () => {
    const vitals = instrument();
    const pool = createClientPool({ url: redis.url });
    await pool.connect();
    vitals.redis(pool, { cacheType: 'pooled' });
    expect([await pool.get('a'), await pool.get('none')]).toEqual(['1', null]);
    expect(await rates(vitals)).toEqual({ pooled: 0.5 });
    pool.destroy();
  });

  it('of ioredis gives what it gave, in callbacks and pipelines too', async () => {
    const vitals = instrument();
    const bare = new IoRedis(redis.url);
    const client = vitals.redis(vitals.redis(new IoRedis(redis.url)), { cacheType: 'sessions' });
    const ask = async (asked: IoRedis): Promise<unknown[]> => [
      await asked.get('a'),
      await asked.get('none'),
      await asked.mget('a', 'none', 'b'),
      await asked.hget('h', 'f'),
      await asked.getBuffer('a'),
      await asked.call('GET', 'a'),
      await new Promise((resolve) => {
        void asked.get('none', (error, value) => resolve([error, value]));
      }),
      await asked.pipeline().get('a').get('none').set('x', 1).exec(),
      await asked.multi().get('a').exec(),
      await asked.get('h').catch((error: unknown) => String(error)),
    ];
    const [answers, expected] = [await ask(client), await ask(bare)];
    expect(answers).toEqual(expected);
    // The first client was given no type: it is "redis" once and for all. Hits: get, 2 of mget, hget,
    // getBuffer, call, pipelined get; misses: get, mget, get with a callback, pipelined get.
    expect(await rates(vitals)).toEqual({ redis: 7 / 11 });
    client.disconnect();
    bare.disconnect();
  });

  it.each([
    { name: 'ioredis', heard: 'unhandled: ReplyError: WRONGTYPE' },
    { name: 'node-redis', heard: 'WRONGTYPE' },
  ])('of $name leaves a failure that nobody handles unhandled', async ({ name, heard }) => {
    expect(await hearUnhandled(name, redis.url)).toContain(heard);
  });
});
