import type { Sample, SampleName } from '../model/sample.ts';
import type { Source } from '../model/source.ts';
import { counterDelta, hitRate } from './counter-delta.ts';
import type { CounterReading } from './counter-delta.ts';
import { failureText, serverName } from '../model/failure-text.ts';
import { parseRedisInfo } from './redis-info.ts';
import type { RedisInfo } from './redis-info.ts';
import { openRedisSession } from './redis-session.ts';
import type { RedisConnection, RedisSession } from './redis-session.ts';

/** A Redis server to read, or one that answers alike (Valkey, KeyDB). */
export interface RedisSourceOptions extends RedisConnection {
  /** Value of the label `cache_type` of `cache_hit_rate`. */
  readonly cacheType: string;
}

/** Which field of INFO a metric is; a field that the server does not know has no sample. */
const fields = [
  ['mcp_redis_memory_bytes', 'used_memory'],
  ['mcp_redis_memory_limit_bytes', 'maxmemory'],
  ['mcp_redis_clients', 'connected_clients'],
  ['mcp_redis_blocked_clients', 'blocked_clients'],
  ['mcp_redis_evicted_keys_total', 'evicted_keys'],
  ['mcp_redis_rejected_connections_total', 'rejected_connections'],
] as const satisfies readonly (readonly [SampleName, string])[];

type LookupCounters = CounterReading<'hits' | 'misses' | 'commands' | 'uptime'>;

/**
 * Reads hit rate, memory, clients and evictions from INFO; the account needs `+info` and no key.
 *
 * The hit rate is of the lookups since the reading before, in all databases: absent without lookups, and once after
 * a restart or CONFIG RESETSTAT. One connection is kept, counted by Redis among its clients like any other; after it
 * was lost the next reading reconnects.
 */
export function createRedisSource(options: RedisSourceOptions): Source {
  const name = serverName('redis', options.host, options.port);
  let session: RedisSession | undefined;
  let lookups: LookupCounters | undefined;

  const open = async (signal: AbortSignal): Promise<RedisSession> => {
    session?.cut();
    session = undefined;
    session = await openRedisSession(options, signal);
    return session;
  };

  const rate = (info: RedisInfo): number | undefined => {
    const previous = lookups;
    lookups = lookupCounters(info);
    const delta = lookups && counterDelta(previous, lookups);
    return delta && hitRate(delta.hits, delta.misses);
  };

  return {
    read: async (signal) => {
      try {
        const current = session?.usable() ? session : await open(signal);
        const info = parseRedisInfo(await current.info(signal));
        if (info.number('used_memory') === undefined)
          throw new Error('want the answer to INFO, got something else');
        return redisSamples(info, rate(info), options.cacheType);
      } catch (error) {
        session?.cut();
        session = undefined;
        // No cause: a reply may quote the command that was refused, AUTH and its password too.
        // oxlint-disable-next-line preserve-caught-error
        throw new Error(`${name}: ${wording(error, options)}`);
      }
    },
    stop: async () => {
      session?.cut();
      session = undefined;
    },
  };
}

function redisSamples(info: RedisInfo, rate: number | undefined, cacheType: string): readonly Sample[] {
  const samples: Sample[] = [];
  if (rate !== undefined)
    samples.push({ name: 'cache_hit_rate', labels: { cache_type: cacheType }, value: rate });
  for (const [name, field] of fields) {
    const value = info.number(field);
    // A limit of 0 is Redis's way to say that there is none.
    if (value === undefined || (name === 'mcp_redis_memory_limit_bytes' && value === 0)) continue;
    samples.push({ name, labels: {}, value });
  }
  return samples;
}

/** The last two tell a restart or CONFIG RESETSTAT where hits and misses have caught up with what they were. */
function lookupCounters(info: RedisInfo): LookupCounters | undefined {
  const hits = info.number('keyspace_hits');
  const misses = info.number('keyspace_misses');
  if (hits === undefined || misses === undefined) return undefined;
  const commands = info.number('total_commands_processed') ?? 0;
  const uptime = info.number('uptime_in_seconds') ?? 0;
  return { origin: info.text('run_id') ?? '', counts: { hits, misses, commands, uptime } };
}

/** Words for an operator, without what was sent. */
function wording(error: unknown, { password, timeoutMs }: RedisConnection): string {
  const text = failureText(error);
  if (text === 'Socket closed unexpectedly') return 'want an answer, got the end of the connection';
  if (text === 'Connection timeout') return `want a connection within ${timeoutMs} ms, got none`;
  if (text.startsWith('NOAUTH')) return 'want a password, got none (NOAUTH)';
  const [reply = ''] = text.split(', with args beginning with', 1);
  return password && reply.includes(password) ? (reply.split(' ', 1)[0] ?? '') : reply;
}
