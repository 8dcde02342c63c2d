import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freePort } from '../harness/free-port.ts';
import { eventually } from '../harness/eventually.ts';
import { postgresBin, postgresProgram, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess, startProcess } from '../harness/start-process.ts';
import { createCertificates } from './certificates.ts';
import { databaseProxyTo, databaseRecorder } from './database-harness.ts';
import { closeAll } from './harness.ts';

const python = inRepository('.cache', 'venv', 'bin', 'python');
const psycopg = 'import psycopg, sys; print(psycopg.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])';
const asyncpg = `import asyncio, asyncpg, sys
async def main():
    connection = await asyncpg.connect(sys.argv[1])
    print(await connection.fetchval(sys.argv[2]))
    await connection.close()
asyncio.run(main())`;

const MODES = ['pass', 'decline', 'originate'] as const;

describeWith(postgresBin, 'install PostgreSQL')('before PostgreSQL', () => {
  let postgres: Postgres;
  let ca = '';
  beforeAll(async () => {
    postgres = await startPostgres({ ssl: true });
    ca = readFileSync(postgres.caFile ?? '', 'utf8');
  }, 60_000);
  afterEach(closeAll);
  afterAll(() => postgres.stop());

  const proxyTo = (tlsMode: (typeof MODES)[number], more = {}, options = {}) =>
    databaseProxyTo(postgres.port, { tlsMode, tls: { ca, ...more } }, options);
  const url = (port: number, sslmode: string): string =>
    `postgres://postgres:${postgres.password}@127.0.0.1:${port}/postgres?sslmode=${sslmode}`;
  const psql = (target: string, ...args: string[]) =>
    runProcess({ command: postgresProgram('psql'), args: [target, '-XAtq', ...args] });

  /** Whether the server sees TLS on the connection that asks. */
  const usesTls = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

  it.each([
    ['pass', 'disable', 'f'],
    ['pass', 'prefer', 't'],
    ['pass', 'require', 't'],
    ['decline', 'disable', 'f'],
    ['decline', 'prefer', 'f'],
    ['originate', 'disable', 't'],
    ['originate', 'prefer', 't'],
  ] as const)('%s: psql with sslmode %s', async (mode, sslmode, wanted) => {
    const { observe, recordings } = databaseRecorder();
    const proxy = await proxyTo(mode, {}, { observe });
    const { stdout, stderr } = await psql(url(proxy.port, sslmode), '-c', usesTls);
    expect([stdout.trim(), stderr]).toEqual([wanted, '']);
    const seen = Buffer.concat(recordings[0]!.fromClient).includes('pg_stat_ssl');
    expect(seen).toBe(mode !== 'pass' || sslmode === 'disable');
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  it.each(['decline', 'originate'] as const)(
    '%s: sslmode require is told that there is none',
    async (mode) => {
      const proxy = await proxyTo(mode);
      const { stderr } = await psql(url(proxy.port, 'require'), '-c', usesTls);
      expect(stderr).toContain('server does not support SSL, but SSL was required');
    },
  );

  it.each(MODES)('%s: node-postgres', async (mode) => {
    const proxy = await proxyTo(mode);
    const connection = { host: '127.0.0.1', port: proxy.port, user: 'postgres', database: 'postgres' };
    const ssl = mode === 'pass' ? { ca } : false;
    const client = new Client({ ...connection, password: postgres.password, ssl });
    await client.connect();
    const { rows } = await client.query<{ n: number; ssl: boolean }>(
      'select $1::int as n, ssl from pg_stat_ssl where pid = pg_backend_pid()',
      [42],
    );
    expect(rows).toEqual([{ n: 42, ssl: mode !== 'decline' }]);
    const big = await client.query<{ t: string }>("select repeat('x', 20000000) as t");
    expect(big.rows[0]?.t).toBe('x'.repeat(20_000_000));
    await client.end();
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  describeWith(python, 'install psycopg and asyncpg there').each(
    MODES.flatMap((mode) => [['psycopg', mode, psycopg] as const, ['asyncpg', mode, asyncpg] as const]),
  )('%s through %s', (_, mode, program) => {
    it('gets its answer', async () => {
      const proxy = await proxyTo(mode);
      const { stdout, stderr } = await runProcess({
        command: python,
        args: ['-c', program, url(proxy.port, 'prefer'), usesTls],
      });
      expect([stderr, stdout.trim()]).toEqual(['', mode === 'decline' ? 'False' : 'True']);
    }, 20_000);
  });

  it.each(['disable', 'require'] as const)(
    'a drain lets a query end, and then closes what is idle, with sslmode=%s',
    async (sslmode) => {
      const proxy = await proxyTo('pass');
      const idle = new Client({
        connectionString: url(proxy.port, 'disable').replace(/\?.*/, ''),
        ssl: sslmode === 'require' && { rejectUnauthorized: false },
      });
      const lost = new Promise((resolve) => idle.once('error', resolve));
      await idle.connect();
      const busy = await startProcess({
        command: postgresProgram('psql'),
        args: [url(proxy.port, sslmode), '-XAtq', '-c', "select 'begun'", '-c', "select pg_sleep(2), 'done'"],
        ready: [/begun/],
      });
      await proxy.drain(25_000);
      expect(await busy.exited).toMatchObject({ code: 0 });
      expect(busy.stdout()).toContain('done');
      expect(proxy.connections()).toBe(0);
      await lost;
    },
    30_000,
  );

  it.each(MODES)(
    '%s: a query is cancelled',
    async (mode) => {
      const proxy = await proxyTo(mode);
      const running = await startProcess({
        command: postgresProgram('psql'),
        args: [url(proxy.port, 'prefer'), '-Xq', '-c', 'select pg_sleep(30)'],
      });
      const query = "select pid from pg_stat_activity where query = 'select pg_sleep(30)'";
      await eventually(async () => expect(await postgres.sql(query)).toHaveLength(1));
      // psql sends a CancelRequest on a connection of its own, to where it is connected.
      running.signal('SIGINT');
      await running.exited;
      expect(running.stderr()).toContain('canceling statement due to user request');
    },
    20_000,
  );

  it.each(MODES)(
    '%s: pgbench',
    async (mode) => {
      const proxy = await proxyTo(mode);
      const target = url(proxy.port, 'prefer');
      const run = (...args: string[]) =>
        runProcess({ command: postgresProgram('pgbench'), args: [...args, target] });
      expect((await run('-i', '-s', '1', '-q')).code).toBe(0);
      for (const protocol of ['simple', 'extended', 'prepared']) {
        const { stdout, code } = await run('-n', '-M', protocol, '-c', '4', '-t', '50');
        expect(code).toBe(0);
        expect(stdout).toContain('number of transactions actually processed: 200/200');
        expect(stdout).toContain('number of failed transactions: 0');
      }
    },
    60_000,
  );

  it.each(['disable', 'prefer'])(
    'libpq with sslmode %s shows why there is no database, and tries its next host',
    async (sslmode) => {
      const dead = await freePort();
      const proxy = await databaseProxyTo(dead);
      const { stderr, code } = await psql(url(proxy.port, sslmode), '-c', 'select 1');
      expect(stderr).toContain(`FATAL:  mcp-vitals: connect 127.0.0.1:${dead}: connection refused`);
      expect(code).toBe(2);
      const alive = await proxyTo('pass');
      const both = `host=127.0.0.1,127.0.0.1 port=${proxy.port},${alive.port} user=postgres dbname=postgres password=${postgres.password} sslmode=${sslmode}`;
      expect((await psql(both, '-c', 'select 1')).stdout.trim()).toBe('1');
    },
  );

  it('node-postgres hears why there is no database', async () => {
    const dead = await freePort();
    const proxy = await databaseProxyTo(dead);
    const client = new Client({ connectionString: url(proxy.port, 'disable') });
    await expect(client.connect()).rejects.toMatchObject({
      code: '57P03',
      message: `mcp-vitals: connect 127.0.0.1:${dead}: connection refused`,
    });
  });

  it('never speaks plain text to a database without TLS', async () => {
    const plain = await startPostgres();
    try {
      const { observe, recordings } = databaseRecorder();
      const proxy = await databaseProxyTo(plain.port, { tlsMode: 'originate' }, { observe });
      const { stderr } = await psql(url(proxy.port, 'prefer'), '-c', 'select 1');
      expect(stderr).toContain('want TLS, got a database without it');
      expect(recordings[0]?.ends).toEqual([{ kind: 'unreachable', code: 'TLS_REFUSED' }]);
    } finally {
      await plain.stop();
    }
  }, 30_000);

  it('tells the client that the database refused the proxy’s certificate', async () => {
    const certificates = createCertificates();
    try {
      certificates.selfSigned('stranger');
      await postgres.sql(`alter system set ssl_ca_file = '${postgres.caFile}'`);
      await postgres.restart();
      const proxy = await proxyTo('originate', {
        cert: certificates.read('stranger.pem'),
        key: certificates.read('stranger.key'),
      });
      const { stderr } = await psql(url(proxy.port, 'disable'), '-c', 'select 1');
      expect(stderr).toMatch(/FATAL: {2}mcp-vitals: want TLS to the database, got ERR_SSL_\w+/);
      await eventually(() => expect(proxy.connections()).toBe(0));
    } finally {
      certificates.remove();
    }
  }, 30_000);

  it('goes on after a restart of the database', async () => {
    const proxy = await proxyTo('pass');
    const client = new Client({ connectionString: url(proxy.port, 'disable') });
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    await client.connect();
    await postgres.restart();
    await eventually(() => expect(errors[0]).toMatchObject({ code: '57P01' }));
    await eventually(() => expect(proxy.connections()).toBe(0));
    expect((await psql(url(proxy.port, 'prefer'), '-c', 'select 1')).stdout.trim()).toBe('1');
  });
});
