import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { Sample } from '../../src/model/sample.ts';
import type { Source } from '../../src/model/source.ts';
import { createPostgresSource } from '../../src/sources/postgres-source.ts';
import type { PostgresSourceOptions } from '../../src/sources/postgres-source.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { openSockets } from '../harness/open-sockets.ts';
import { postgresBin, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { describeWith } from '../harness/requirement.ts';

jest.setTimeout(120_000);

const describePostgres = describeWith(postgresBin, 'install PostgreSQL');
const noDeadline = new AbortController().signal;
const password = 'hunter2-of-the-test';

const sources: Source[] = [];
const clients: Client[] = [];
const problems: string[] = [];
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
  await Promise.all(clients.splice(0).map((client) => client.end()));
  problems.length = 0;
});

/** A source as a member of pg_monitor. */
function sourceOf(options: Partial<PostgresSourceOptions>): Source {
  const source = createPostgresSource({
    host: '127.0.0.1',
    port: 0,
    database: 'postgres',
    user: 'vitals',
    password,
    timeoutMs: 10_000,
    pools: [],
    onProblem: (text) => problems.push(text),
    ...options,
  });
  sources.push(source);
  return source;
}

/** A session of the MCP server's. */
async function sessionOf(
  { port }: Postgres,
  applicationName = 'server',
  options: { readonly user?: string; readonly database?: string } = {},
): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'app',
    password,
    database: 'postgres',
    application_name: applicationName,
    ...options,
  });
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

const key = ({ name, labels }: Sample) => [name, ...Object.values(labels)].join(' ');

/** The values of a reading by metric name and label value. */
async function read(source: Source, signal = noDeadline): Promise<Record<string, number>> {
  const samples = await source.read(signal);
  expect(new Set(samples.map(key)).size).toBe(samples.length);
  return Object.fromEntries(samples.map((sample) => [key(sample), sample.value]));
}

/** Those that test files before this one have left for a while. */
const foreignSockets = openSockets();
const expectNoSockets = () => eventually(() => expect(openSockets()).toBeLessThanOrEqual(foreignSockets));

const accounts = `
  CREATE USER vitals PASSWORD '${password}'; GRANT pg_monitor TO vitals;
  CREATE USER plain PASSWORD '${password}'; CREATE USER app PASSWORD '${password}';
  CREATE DATABASE other; GRANT ALL ON SCHEMA public TO app`;

async function startWithAccounts(options: Parameters<typeof startPostgres>[0] = {}): Promise<Postgres> {
  const server = await startPostgres(options);
  for (const statement of accounts.split(';')) await server.sql(statement);
  return server;
}

const oldest = 'mcp_postgres_oldest_transaction_age_seconds';

describePostgres('the postgres source', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startWithAccounts({
      settings: {
        max_connections: '13',
        superuser_reserved_connections: '3',
        deadlock_timeout: '50ms',
        // It reads blocks when it likes.
        autovacuum: 'off',
      },
    });
  });
  afterAll(() => postgres.stop());

  it('makes no traffic of its own in the buffer cache, whenever its session tells its statistics', async () => {
    // The sessions that made the accounts are gone by then, and have told theirs.
    await sleep(500);
    const source = sourceOf({ port: postgres.port });
    for (let connection = 0; connection < 2; connection += 1) {
      for (let reading = 0; reading < 4; reading += 1) {
        expect(await read(source)).not.toHaveProperty('cache_hit_rate postgres');
        await sleep(1100);
      }
      // The next reading connects anew.
      await source.stop();
    }
  });

  it('sees an idle server as it is: every state 0, its limit, no hit rate, and not itself', async () => {
    const source = sourceOf({ port: postgres.port });
    await eventually(async () => {
      expect(await read(source)).toEqual({
        'connection_pool_usage postgres': 0,
        'mcp_postgres_sessions active': 0,
        'mcp_postgres_sessions idle': 0,
        'mcp_postgres_sessions idle_in_transaction': 0,
        'mcp_postgres_sessions idle_in_transaction_aborted': 0,
        'mcp_postgres_sessions fastpath': 0,
        'mcp_postgres_sessions disabled': 0,
        'mcp_postgres_sessions starting': 0,
        mcp_postgres_waiting_sessions: 0,
        mcp_postgres_max_connections: 13,
        mcp_postgres_deadlocks_total: expect.any(Number),
        [oldest]: 0,
      });
    });
  });

  it('tells states, lock waits and the oldest transaction of the sessions', async () => {
    const source = sourceOf({ port: postgres.port });
    const [holder, waiter, failed] = [
      await sessionOf(postgres),
      await sessionOf(postgres),
      await sessionOf(postgres),
    ];
    await sessionOf(postgres);
    await holder.query('BEGIN; SELECT pg_advisory_xact_lock(1)');
    await sleep(1100);
    await failed.query('BEGIN');
    await expect(failed.query('SELECT 1/0')).rejects.toThrow('division by zero');
    const waited = waiter.query('SELECT pg_advisory_lock(1)');
    await eventually(async () => {
      expect(await read(source)).toMatchObject({
        'mcp_postgres_sessions active': 1,
        'mcp_postgres_sessions idle': 1,
        'mcp_postgres_sessions idle_in_transaction': 1,
        'mcp_postgres_sessions idle_in_transaction_aborted': 1,
        mcp_postgres_waiting_sessions: 1,
        'connection_pool_usage postgres': 0.4,
      });
    });
    const age = (await read(source))[oldest] ?? 0;
    expect(age).toBeGreaterThan(1);
    expect(age).toBeLessThan(60);
    await holder.query('COMMIT');
    await waited;
    await failed.query('ROLLBACK');
    expect(await read(source)).toMatchObject({ mcp_postgres_waiting_sessions: 0, [oldest]: 0 });
  });

  it('measures pools by application, user and database, with and without a size', async () => {
    const source = sourceOf({
      port: postgres.port,
      pools: [
        { poolType: 'sized', size: 4, applicationName: 'api' },
        { poolType: 'too_small', size: 1, applicationName: 'api' },
        { poolType: 'unsized', applicationName: 'api' },
        { poolType: 'user', user: 'app', database: 'postgres' },
        { poolType: 'database', size: 2, database: 'other', user: 'app' },
        { poolType: 'nobody', size: 2, applicationName: 'API' },
      ],
    });
    const busy = [await sessionOf(postgres, 'api'), await sessionOf(postgres, 'api')];
    for (const client of busy) await client.query('BEGIN');
    await sessionOf(postgres, 'api');
    await sessionOf(postgres, 'worker', { database: 'other' });
    const used = await read(source);
    expect(used).toMatchObject({
      'connection_pool_usage sized': 0.5,
      'connection_pool_usage too_small': 1,
      'connection_pool_usage unsized': 0.3,
      'connection_pool_usage user': 0.3,
      'connection_pool_usage database': 0,
      'connection_pool_usage nobody': 0,
    });
    expect(used).not.toHaveProperty('connection_pool_usage postgres');
  });

  it('counts a real deadlock', async () => {
    const source = sourceOf({ port: postgres.port });
    const before = (await read(source))['mcp_postgres_deadlocks_total'] ?? Number.NaN;
    const [first, second] = [await sessionOf(postgres), await sessionOf(postgres)];
    await first.query('BEGIN; SELECT pg_advisory_xact_lock(1)');
    await second.query('BEGIN; SELECT pg_advisory_xact_lock(2)');
    const results = await Promise.allSettled([
      first.query('SELECT pg_advisory_xact_lock(2)'),
      second.query('SELECT pg_advisory_xact_lock(1)'),
    ]);
    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: '40P01' } },
    ]);
    await Promise.all([first.end(), second.end()]);
    clients.length = 0;
    await eventually(async () => {
      expect((await read(source))['mcp_postgres_deadlocks_total']).toBe(before + 1);
    });
  });

  it('gives the buffer cache hit rate of the time since the reading before, as the server counts it', async () => {
    const source = sourceOf({ port: postgres.port });
    const worker = await sessionOf(postgres);
    await worker.query(
      "CREATE TABLE big AS SELECT i, repeat('x', 500) AS t FROM generate_series(1, 60000) i",
    );
    // The statistics of a session arrive within a second, unless it asks for them; then nothing is left over.
    const flush = 'SELECT pg_stat_force_next_flush()';
    await worker.query(flush);
    await worker.query(flush);
    await read(source);
    const blocks = async () => {
      const sql = `SELECT blks_hit::float8 AS hit, blks_read::float8 AS read FROM pg_stat_database WHERE datname = 'postgres'`;
      return (await worker.query<{ hit: number; read: number }>(sql)).rows[0] ?? { hit: 0, read: 0 };
    };
    await eventually(async () => {
      const settled = await read(source);
      expect(settled).not.toHaveProperty('cache_hit_rate postgres');
    });
    const before = await blocks();
    // 32 MB of table do not fit into 16 MB of cache.
    for (let scan = 0; scan < 2; scan += 1) await worker.query('SELECT count(*) FROM big');
    await worker.query(flush);
    const after = await blocks();
    const rate = (await read(source))['cache_hit_rate postgres'];
    const [hit, missed] = [after.hit - before.hit, after.read - before.read];
    expect(missed).toBeGreaterThan(4000);
    expect(rate).toBeCloseTo(hit / (hit + missed), 2);

    await worker.query('CREATE TABLE small AS SELECT 1 AS i');
    await worker.query(flush);
    await read(source);
    for (let scan = 0; scan < 200; scan += 1) await worker.query('SELECT * FROM small');
    await worker.query(flush);
    expect((await read(source))['cache_hit_rate postgres']).toBeGreaterThan(0.9);
    await worker.query('DROP TABLE big, small');
  });

  it('starts the hit rate over after a reset of the statistics', async () => {
    const source = sourceOf({ port: postgres.port });
    await read(source);
    await postgres.sql('SELECT pg_stat_reset()');
    const worker = await sessionOf(postgres);
    for (let scan = 0; scan < 50; scan += 1) await worker.query('SELECT count(*) FROM pg_catalog.pg_proc');
    await worker.query('SELECT pg_stat_force_next_flush()');
    expect(await read(source)).not.toHaveProperty('cache_hit_rate postgres');
    await worker.query('SELECT count(*) FROM pg_catalog.pg_proc');
    await worker.query('SELECT pg_stat_force_next_flush()');
    expect((await read(source))['cache_hit_rate postgres']).toBeGreaterThan(0);
  });

  it('without pg_monitor leaves out what is hidden, says so once, and again after it was granted and revoked', async () => {
    const source = sourceOf({
      port: postgres.port,
      user: 'plain',
      pools: [
        { poolType: 'app', size: 4, user: 'app' },
        { poolType: 'own', size: 4, user: 'plain' },
      ],
    });
    const alone = await read(source);
    expect(alone).toHaveProperty(['mcp_postgres_sessions idle'], 0);
    expect(problems).toEqual([]);
    await sessionOf(postgres, 'plain', { user: 'plain' });
    await sessionOf(postgres);
    for (let reading = 0; reading < 3; reading += 1) {
      // Other sessions that begin and end make traffic in the buffer cache.
      const names = Object.keys(await read(source)).filter((name) => !name.startsWith('cache_hit_rate'));
      expect(names.toSorted()).toEqual([
        'connection_pool_usage own',
        'mcp_postgres_deadlocks_total',
        'mcp_postgres_max_connections',
      ]);
    }
    const problem = `postgres 127.0.0.1:${postgres.port}: want the role pg_monitor for user "plain", got sessions whose state is hidden`;
    expect(problems).toEqual([problem]);
    await postgres.sql('GRANT pg_read_all_stats TO plain');
    await eventually(async () => {
      expect(await read(source)).toMatchObject({
        'connection_pool_usage app': 0,
        'mcp_postgres_sessions idle': 2,
      });
    });
    await postgres.sql('REVOKE pg_read_all_stats FROM plain');
    await eventually(async () => {
      await read(source);
      expect(problems).toEqual([problem, problem]);
    });
  });

  it('does not take an untracked session for a busy one', async () => {
    const source = sourceOf({
      port: postgres.port,
      pools: [{ poolType: 'sized', size: 4, user: 'app' }, { poolType: 'all' }],
    });
    await postgres.sql('ALTER ROLE app SET track_activities = off');
    try {
      await sessionOf(postgres);
      const samples = await read(source);
      expect(samples).toMatchObject({
        'mcp_postgres_sessions disabled': 1,
        'connection_pool_usage all': 0.1,
      });
      expect(samples).not.toHaveProperty('connection_pool_usage sized');
      expect(samples).not.toHaveProperty(oldest);
      expect(problems).toEqual([
        expect.stringContaining('want track_activities on, got sessions whose state is not tracked'),
      ]);
    } finally {
      await postgres.sql('ALTER ROLE app RESET track_activities');
    }
  });

  it('is refused in words where there are too many connections, reads where it has one, and recovers', async () => {
    const inTime = sourceOf({ port: postgres.port });
    await read(inTime);
    for (let session = 0; session < 9; session += 1) await sessionOf(postgres);
    expect((await read(inTime))['connection_pool_usage postgres']).toBe(0.9);
    const late = sourceOf({ port: postgres.port });
    await expect(late.read(noDeadline)).rejects.toThrow(
      `postgres 127.0.0.1:${postgres.port}: remaining connection slots are reserved`,
    );
    await clients.pop()?.end();
    await eventually(async () => expect(await read(late)).toHaveProperty(oldest));
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'password authentication failed for user "vitals"'],
    ['an unknown database', { database: 'nowhere' }, 'database "nowhere" does not exist'],
    ['a server without TLS', { tls: {} }, 'want TLS, got a server without it'],
  ])('fails in words on %s, and keeps its secret', async (_, options, text) => {
    const source = sourceOf({ port: postgres.port, ...options });
    const failure: unknown = await source.read(noDeadline).catch((error: unknown) => error);
    expect(String(failure)).toBe(`Error: postgres 127.0.0.1:${postgres.port}: ${text}`);
  });

  it('asks for a password where none was told, without looking into PGPASSWORD', async () => {
    process.env['PGPASSWORD'] = password;
    try {
      const source = createPostgresSource({
        host: '127.0.0.1',
        port: postgres.port,
        database: 'postgres',
        user: 'vitals',
        timeoutMs: 5000,
        pools: [],
        onProblem: () => undefined,
      });
      await expect(source.read(noDeadline)).rejects.toThrow(': want a password for user "vitals", got none');
      await expectNoSockets();
    } finally {
      delete process.env['PGPASSWORD'];
    }
  });

  it('rejects while the server is gone or hung, and recovers by itself', async () => {
    const source = sourceOf({ port: postgres.port });
    await read(source);
    await postgres.halt();
    await expect(source.read(noDeadline)).rejects.toThrow(
      `postgres 127.0.0.1:${postgres.port}: connection refused`,
    );
    await postgres.resume();
    expect(await read(source)).toHaveProperty('connection_pool_usage postgres', 0);
    await postgres.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mcp-vitals'`,
    );
    await eventually(async () => expect(await read(source)).toHaveProperty(oldest));

    const [own] = await postgres.sql(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'mcp-vitals'`,
    );
    const pid = Number(own?.['pid']);
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(source.read(AbortSignal.timeout(200))).rejects.toThrow(/^postgres 127\.0\.0\.1:\d+: /);
      expect(await read(source)).toHaveProperty(oldest);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  it('keeps one connection over 50 readings and none after 20 failures', async () => {
    const source = sourceOf({ port: postgres.port });
    const pids = async () =>
      (await postgres.sql(`SELECT pid FROM pg_stat_activity WHERE application_name = 'mcp-vitals'`)).map(
        ({ pid }) => pid,
      );
    await read(source);
    const own = await pids();
    expect(own).toHaveLength(1);
    for (let reading = 0; reading < 50; reading += 1) await read(source);
    expect(await pids()).toEqual(own);
    const wrong = sourceOf({ port: postgres.port, password: 'wrong' });
    for (let failure = 0; failure < 20; failure += 1) {
      const abort = new AbortController();
      const cut = source.read(abort.signal);
      setTimeout(() => abort.abort(), failure % 2);
      await cut.catch((error: unknown) => expect(String(error)).toContain('postgres 127.0.0.1'));
      await expect(source.read(abort.signal)).rejects.toThrow('postgres 127.0.0.1');
      await expect(wrong.read(noDeadline)).rejects.toThrow('password authentication failed');
    }
    await eventually(async () => expect(await pids()).toEqual([]));
    await read(source);
    await source.stop();
    await eventually(async () => expect(await pids()).toEqual([]));
    await expectNoSockets();
  });
});

describePostgres('the postgres source over TLS', () => {
  it('checks the certificate against host or serverName', async () => {
    const postgres = await startWithAccounts({ ssl: true });
    try {
      const { port, caFile = '' } = postgres;
      const ca = await readFile(caFile, 'utf8');
      const expectFailure = (options: Partial<PostgresSourceOptions>, text: string) =>
        expect(sourceOf({ port, ...options }).read(noDeadline)).rejects.toThrow(
          `postgres ${options.host ?? '127.0.0.1'}:${port}: ${text}`,
        );
      const encrypted = async () =>
        postgres.sql(`SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
          WHERE application_name = 'mcp-vitals'`);
      for (const [host, tls] of [
        ['127.0.0.1', { ca }],
        ['localhost', { ca }],
        ['127.0.0.1', { ca, serverName: 'localhost' }],
        ['localhost', { rejectUnauthorized: false }],
      ] as const) {
        const source = sourceOf({ host, port, tls });
        expect(await read(source)).toHaveProperty(oldest);
        expect(await encrypted()).toEqual([{ ssl: true }]);
        await source.stop();
        await eventually(async () => expect(await encrypted()).toEqual([]));
      }
      await expectFailure({ tls: {} }, 'self-signed certificate');
      const mismatch = "Host: db.example. is not in the cert's altnames";
      await expectFailure({ tls: { ca, serverName: 'db.example' } }, mismatch);
      await expectFailure({ host: 'localhost', tls: { ca, serverName: 'db.example' } }, mismatch);
      await expectFailure({ tls: { ca: 'no certificate' } }, 'self-signed certificate');
      await expectFailure({ tls: { ca, cert: 'no certificate', key: 'no key' } }, '');
      await eventually(async () => expect(await encrypted()).toEqual([]));
      await expectNoSockets();
    } finally {
      await postgres.stop();
    }
  });
});

describe('the postgres source on PGlite', () => {
  it('gives what is known there, and no sessions', async () => {
    const database = await PGlite.create();
    const port = await freePort();
    const server = new PGLiteSocketServer({ db: database, port, host: '127.0.0.1', maxConnections: 4 });
    await server.start();
    try {
      const source = sourceOf({ port, user: 'postgres' });
      expect(await read(source)).toEqual({ mcp_postgres_deadlocks_total: 0 });
      await database.exec(
        'CREATE TABLE t AS SELECT 1 AS i; SELECT * FROM t; SELECT pg_stat_force_next_flush()',
      );
      expect((await read(source))['cache_hit_rate postgres']).toBeGreaterThan(0);
      expect(problems).toEqual([]);
      await source.stop();
    } finally {
      await server.stop();
      await database.close();
    }
  });
});
