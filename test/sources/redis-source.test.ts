import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createClient } from '@redis/client';
import { systemClock } from '../../src/model/clock.ts';
import type { Source, SourceReading } from '../../src/model/source.ts';
import { createRedisSource } from '../../src/sources/redis-source.ts';
import type { RedisSourceOptions } from '../../src/sources/redis-source.ts';
import { runSource } from '../../src/sources/run-source.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort, listenOnLoopback } from '../harness/free-port.ts';
import { openSockets } from '../harness/open-sockets.ts';
import { redisPath, startRedis } from '../harness/redis.ts';
import type { Redis } from '../harness/redis.ts';
import { describeWith } from '../harness/requirement.ts';
import { createCertificates } from '../proxy/certificates.ts';

jest.setTimeout(60_000);

const describeRedis = describeWith(redisPath, 'install redis-server');
const password = 'hunter2-of-the-test';
const noDeadline = new AbortController().signal;

const opened: Source[] = [];
function sourceOf(options: Partial<RedisSourceOptions>): Source {
  const source = createRedisSource({
    host: '127.0.0.1',
    port: 0,
    cacheType: 'redis',
    timeoutMs: 10_000,
    ...options,
  });
  opened.push(source);
  return source;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((source) => source.stop()));
});

/** The values of a reading by metric name. */
async function read(source: Source, signal = noDeadline): Promise<Record<string, number>> {
  const samples = await source.read(signal);
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]));
}
const rate = async (source: Source) => (await read(source))['cache_hit_rate'];

describeRedis('the redis source', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('gives the hit rate of the lookups since the reading before, and none without lookups', async () => {
    const source = sourceOf({ port: redis.port, cacheType: 'l2' });
    await redis.run(['SET', 'a', '1'], ['GET', 'a'], ['GET', 'absent']);
    expect(await rate(source)).toBeUndefined();
    await redis.run(['GET', 'a'], ['GET', 'a'], ['GET', 'a'], ['GET', 'absent']);
    const samples = await source.read(noDeadline);
    expect(samples).toContainEqual({ name: 'cache_hit_rate', labels: { cache_type: 'l2' }, value: 0.75 });
    expect(await rate(source)).toBeUndefined();
    await redis.run(['FLUSHALL'], ['GET', 'a']);
    expect(await rate(source)).toBe(0);
    await redis.run(['SET', 'a', '1'], ['GET', 'a']);
    expect(await rate(source)).toBe(1);
  });

  it('starts over when the statistics were reset, even if they have caught up', async () => {
    const source = sourceOf({ port: redis.port });
    const hits = (count: number) => Array.from({ length: count }, () => ['GET', 'a']);
    const sets = (count: number) => Array.from({ length: count }, () => ['SET', 'a', '1']);
    await redis.run(['CONFIG', 'RESETSTAT'], ...sets(20), ['GET', 'a'], ['GET', 'absent']);
    await rate(source);
    await redis.run(['CONFIG', 'RESETSTAT'], ...hits(2), ['GET', 'absent']);
    expect(await rate(source)).toBeUndefined();
    await redis.run(...hits(1));
    expect(await rate(source)).toBe(1);
  });

  it('gives memory, limit, clients, evictions and refused connections as INFO has them', async () => {
    const source = sourceOf({ port: redis.port });
    expect(await read(source)).toEqual({
      mcp_redis_memory_bytes: expect.any(Number),
      mcp_redis_clients: 1,
      mcp_redis_blocked_clients: 0,
      mcp_redis_evicted_keys_total: 0,
      mcp_redis_rejected_connections_total: 0,
    });
    const blocked = createClient({ url: redis.url });
    blocked.on('error', () => undefined);
    await blocked.connect();
    const popped = blocked.sendCommand(['BLPOP', 'queue', '0']);
    try {
      await eventually(async () => {
        expect(await read(source)).toMatchObject({ mcp_redis_clients: 2, mcp_redis_blocked_clients: 1 });
      });
    } finally {
      await redis.run(['LPUSH', 'queue', 'x']);
      await popped;
      blocked.destroy();
    }
    const before = (await read(source))['mcp_redis_memory_bytes'] ?? 0;
    const limit = before + 500_000;
    await redis.run(
      ['CONFIG', 'SET', 'maxmemory', String(limit), 'maxmemory-policy', 'allkeys-lru'],
      ...Array.from({ length: 40 }, (_, index) => ['SET', `key-${index}`, 'x'.repeat(50_000)]),
    );
    const full = await read(source);
    expect(full['mcp_redis_memory_limit_bytes']).toBe(limit);
    expect(full['mcp_redis_memory_bytes']).toBeGreaterThan(before + 100_000);
    expect(full['mcp_redis_evicted_keys_total']).toBeGreaterThan(10);
    await redis.run(['CONFIG', 'SET', 'maxmemory', '0'], ['FLUSHALL']);
    expect(await read(source)).not.toHaveProperty('mcp_redis_memory_limit_bytes');
  });

  it('is refused aloud where there are too many clients, and sees refused connections afterwards', async () => {
    const source = sourceOf({ port: redis.port });
    await read(source);
    const late = sourceOf({ port: redis.port });
    const lateWithPassword = sourceOf({ port: redis.port, password });
    await redis.run(['CONFIG', 'SET', 'maxclients', '1']);
    const refused = `redis 127.0.0.1:${redis.port}: ERR max number of clients reached`;
    await eventually(() => expect(late.read(noDeadline)).rejects.toThrow(refused));
    await expect(lateWithPassword.read(noDeadline)).rejects.toThrow(refused);
    await source.stop();
    await eventually(() => redis.run(['CONFIG', 'SET', 'maxclients', '1000']).then(() => undefined));
    expect((await read(late))['mcp_redis_rejected_connections_total']).toBeGreaterThanOrEqual(2);
  });

  it('needs +info only, and sends nothing that is refused', async () => {
    await redis.run(
      ['ACL', 'LOG', 'RESET'],
      ['CONFIG', 'RESETSTAT'],
      ['ACL', 'SETUSER', 'vitals', 'on', `>${password}`, '+info'],
      ['ACL', 'SETUSER', 'nothing', 'on', `>${password}`, '-@all'],
    );
    const source = sourceOf({ port: redis.port, username: 'vitals', password });
    await read(source);
    await redis.run(['SET', 'a', '1'], ['GET', 'a']);
    expect(await rate(source)).toBe(1);
    expect(await redis.run(['ACL', 'LOG'])).toEqual([]);
    expect(await redis.run(['INFO', 'stats'])).toContain('total_error_replies:0\r\n');
    await expect(
      sourceOf({ port: redis.port, username: 'nothing', password }).read(noDeadline),
    ).rejects.toThrow(
      /^redis 127\.0\.0\.1:\d+: NOPERM this user has no permissions to run the 'info' command/,
    );
  });

  it('rejects while the server is gone or hung, and recovers by itself with a new hit rate', async () => {
    const source = sourceOf({ port: redis.port });
    await redis.run(['SET', 'a', '1'], ['GET', 'a']);
    await read(source);
    await redis.kill();
    await expect(source.read(noDeadline)).rejects.toThrow(
      `redis 127.0.0.1:${redis.port}: connection refused`,
    );
    await redis.resume();
    await redis.run(['SET', 'a', '1'], ...Array.from({ length: 30 }, () => ['GET', 'a']));
    expect(await rate(source)).toBeUndefined();
    await redis.run(['GET', 'absent']);
    expect(await rate(source)).toBe(0);

    redis.signal('SIGSTOP');
    await expect(source.read(AbortSignal.timeout(100))).rejects.toThrow(/^redis 127/);
    await expect(source.read(AbortSignal.timeout(100))).rejects.toThrow(/^redis 127/);
    redis.signal('SIGCONT');
    expect(await read(source)).toHaveProperty('mcp_redis_clients');
  });

  it('is reported as failed while the server is killed, and as read again after it, by what runs it', async () => {
    const readings: SourceReading[] = [];
    const running = runSource({
      name: 'redis',
      source: sourceOf({ port: redis.port }),
      intervalMs: 20,
      timeoutMs: 5000,
      clock: systemClock,
      onReading: (reading) => readings.push(reading),
      onError: (error) => {
        throw error;
      },
    });
    try {
      await eventually(() => expect(readings.at(-1)).toMatchObject({ source: 'redis', ok: true }));
      await redis.kill();
      const refused = `redis 127.0.0.1:${redis.port}: connection refused`;
      await eventually(() => expect(readings.at(-1)).toMatchObject({ ok: false, reason: refused }));
      await redis.resume();
      await eventually(() => expect(readings.at(-1)).toMatchObject({ ok: true }));
    } finally {
      await running.stop();
    }
  });

  it('keeps one connection over 50 readings and none after 20 failures', async () => {
    const before = openSockets();
    const source = sourceOf({ port: redis.port });
    const connections = async () => {
      const list = await redis.run(['CLIENT', 'LIST', 'TYPE', 'normal']);
      // The asking connection is in the list.
      return String(list).trim().split('\n').length - 1;
    };
    for (let reading = 0; reading < 50; reading += 1) await read(source);
    expect(await connections()).toBe(1);
    const wrong = sourceOf({ port: redis.port, username: 'nobody', password });
    for (let failure = 0; failure < 20; failure += 1) {
      const abort = new AbortController();
      const cut = source.read(abort.signal);
      abort.abort();
      await expect(cut).rejects.toThrow('redis');
      await expect(source.read(abort.signal)).rejects.toThrow('redis');
      await expect(wrong.read(noDeadline)).rejects.toThrow('WRONGPASS');
    }
    await eventually(async () => expect(await connections()).toBe(0));
    await read(source);
    await source.stop();
    await eventually(async () => expect(await connections()).toBe(0));
    await eventually(() => expect(openSockets()).toBeLessThanOrEqual(before));
  });
});

describeRedis('a redis that wants more than an address', () => {
  it.each([
    ['no password', {}, 'want a password, got none (NOAUTH)'],
    ['a wrong one', { password: 'wrong' }, 'WRONGPASS invalid username-password pair or user is disabled.'],
  ])('refuses %s in words', async (_, options, text) => {
    const redis = await startRedis({ args: ['--requirepass', password] });
    try {
      await expect(sourceOf({ port: redis.port, ...options }).read(noDeadline)).rejects.toThrow(text);
      expect(await read(sourceOf({ port: redis.port, password }))).toHaveProperty('mcp_redis_clients', 1);
    } finally {
      await redis.stop();
    }
  });

  it('says no password where the server repeats the command that it does not know', async () => {
    const redis = await startRedis({ args: ['--rename-command', 'AUTH', 'SECRET-AUTH'] });
    try {
      for (const secret of [password, 'unknown', 'x'.repeat(300)]) {
        const failure: unknown = await sourceOf({ port: redis.port, username: 'vitals', password: secret })
          .read(noDeadline)
          .catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(Error);
        expect(String(failure)).toMatch(/^Error: redis 127\.0\.0\.1:\d+: ERR( unknown command 'AUTH')?$/);
        expect(failure).not.toHaveProperty('cause');
      }
    } finally {
      await redis.stop();
    }
  });

  it('speaks TLS: checks the certificate, shows its own, and never falls back to plain text', async () => {
    const certificates = createCertificates();
    const { key, cert } = certificates.selfSigned('redis.test');
    const port = await freePort();
    const tlsArgs = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key];
    const redis = await startRedis({ args: [...tlsArgs, '--tls-ca-cert-file', cert] });
    const ca = certificates.read('redis.test.pem');
    const client = { cert: ca, key: certificates.read('redis.test.key') };
    const expectFailure = (options: Partial<RedisSourceOptions>, text: string | RegExp) =>
      expect(sourceOf({ port, ...options }).read(noDeadline)).rejects.toThrow(text);
    try {
      const source = sourceOf({ port, tls: { ca, ...client, serverName: 'redis.test' } });
      expect(await read(source)).toHaveProperty('mcp_redis_clients', 1);
      expect(await read(sourceOf({ port, tls: { ...client, rejectUnauthorized: false } }))).toHaveProperty(
        'mcp_redis_clients',
        2,
      );
      const at = `redis 127.0.0.1:${port}: `;
      await expectFailure({ tls: client }, `${at}self-signed certificate`);
      await expectFailure({ tls: { ca, ...client } }, `${at}IP: 127.0.0.1 is not in the cert's list`);
      await expectFailure({ tls: { ca, serverName: 'redis.test' } }, at);
      await expectFailure({}, /: (connection reset by peer|want an answer, got the end of the connection)$/);
      // A plain server answers a TLS hello only if there is an end of a line in it.
      const plain = { port: redis.port, tls: { ca }, timeoutMs: 500 };
      await expectFailure(plain, /: (wrong version number|want a connection within 500 ms, got none)$/);
      await expectFailure({ tls: { ca: 'no certificate' } }, at);
    } finally {
      await redis.stop();
      certificates.remove();
    }
  });
});

describe('a server that is no redis', () => {
  let server: Server;
  let greet: (socket: Socket) => void;
  const sockets = new Set<Socket>();
  let port: number;
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      socket.resume();
      greet(socket);
    });
    port = await listenOnLoopback(server);
  });
  afterAll(() => void server.close());

  it.each([
    ['is silent', (socket: Socket) => void socket.resume(), /^redis 127\.0\.0\.1:\d+: /],
    ['hangs up', (socket: Socket) => void socket.end(), /: want an answer, got the end of the connection$/],
    [
      'resets',
      (socket: Socket) => void socket.resetAndDestroy(),
      /: (connection reset by peer|broken pipe|want an answer, got the end of the connection)$/,
    ],
    [
      'answers something else',
      (socket: Socket) => void socket.on('data', () => socket.write('+PONG\r\n')),
      /: want the answer to INFO, got something else$/,
    ],
    [
      'speaks another protocol',
      (socket: Socket) => void socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      /^redis 127\.0\.0\.1:\d+: /,
    ],
  ])('fails the reading and is let go if it %s', async (_, behaviour, text) => {
    greet = behaviour;
    for (const secret of [{}, { password }]) {
      const source = sourceOf({ port, ...secret });
      const failure: unknown = await source.read(AbortSignal.timeout(1000)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect((failure as Error).message).toMatch(text);
      expect((failure as Error).message).not.toContain(password);
    }
    await eventually(() => expect(sockets.size).toBe(0));
  });
});
