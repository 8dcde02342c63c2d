import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, Pool } from 'pg';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { postgresBin, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { describeWith } from '../harness/requirement.ts';
import { unobserved } from '../harness/scrape.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectionStates, databaseErrors, psql, queries, startBeforeDatabase } from './database-sidecar.ts';
import type { DatabaseSidecar } from './database-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** How the work of a client ended, and when it is known to have. */
interface Ending {
  readonly error: () => string | undefined;
}

describeWith(postgresBin, 'apt-get install postgresql')('the database tap', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = stack.use(await startPostgres());
  }, 60_000);

  async function connected(sidecar: DatabaseSidecar): Promise<Client & Ending> {
    const client = new Client({ connectionString: sidecar.databaseUrl() });
    let error: string | undefined;
    client.on('error', ({ message }) => (error ??= message));
    client.on('end', () => (error ??= 'ended'));
    await client.connect();
    stack.defer(() => client.end());
    return Object.assign(client, { error: () => error });
  }

  describe('while its database is away', () => {
    test('tells clients, counts it, and recovers with the database', async () => {
      const sidecar = stack.use(await startBeforeDatabase(postgres));
      const pool = new Pool({ connectionString: sidecar.databaseUrl(), max: 2 });
      pool.on('error', () => undefined);
      stack.defer(() => pool.end());
      const one = (): Promise<unknown> => pool.query('SELECT 1 AS one').then(({ rows }) => rows);
      expect(await one()).toEqual([{ one: 1 }]);
      const busy = await connected(sidecar);
      const running = busy.query('SELECT pg_sleep(60)').then(
        () => 'no error',
        ({ code }: { code?: string }) => code,
      );
      await eventually(async () =>
        expect(connectionStates(await sidecar.metrics())).toEqual({ idle: 1, active: 1 }),
      );

      await postgres.halt();
      expect(await running).toBe('57P01');
      await eventually(async () => expect(connectionStates(await sidecar.metrics())).toEqual({}));
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await expect(one()).rejects.toMatchObject({
          code: '57P03',
          message: `mcp-vitals: connect 127.0.0.1:${postgres.port}: connection refused`,
        });
      }
      const { stderr } = await psql(sidecar.databaseUrl('prefer'), '-c', 'SELECT 1');
      expect(stderr).toContain('FATAL:  mcp-vitals: connect');

      await postgres.resume();
      expect(await one()).toEqual([{ one: 1 }]);
      await eventually(async () => {
        const samples = await sidecar.metrics();
        expect(queries(samples)).toEqual({ select: 3 });
        expect(databaseErrors(samples)).toEqual({
          'select admin_shutdown 57': 1,
          // The idle connection of the pool was told as well.
          '- admin_shutdown 57': 1,
          '- unreachable -': 3,
        });
        expect(unobserved(samples)).toEqual({});
      });
    }, 60_000);

    test('counts the query that is lost with a process of the database, and the others that it ends', async () => {
      const sidecar = stack.use(await startBeforeDatabase(postgres));
      const [victim, other] = [await connected(sidecar), await connected(sidecar)];
      const running = victim.query('SELECT pg_sleep(60)').then(
        () => 'no error',
        () => 'failed',
      );
      const find = `SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'`;
      let pid = 0;
      await eventually(async () => {
        const [found] = await postgres.sql(find);
        pid = Number(found?.['pid']);
        expect(pid).toBeGreaterThan(0);
      });
      process.kill(pid, 'SIGKILL');
      expect(await running).toBe('failed');
      await eventually(() => expect(other.error()).toBeDefined());
      await eventually(async () => {
        const samples = await sidecar.metrics();
        expect(databaseErrors(samples)).toEqual({
          'select connection_lost -': 1,
          '- crash_shutdown 57': 1,
        });
        expect(connectionStates(samples)).toEqual({});
      });
      await eventually(async () => expect(await postgres.sql('SELECT 1 AS one')).toEqual([{ one: 1 }]));
    }, 60_000);

    test('starts all the same', async () => {
      const port = await freePort();
      const sidecar = stack.use(await startBeforeDatabase({ ...postgres, port }));
      const { stderr } = await psql(sidecar.databaseUrl(), '-c', 'SELECT 1');
      expect(stderr).toContain(`FATAL:  mcp-vitals: connect 127.0.0.1:${port}: connection refused`);
      await eventually(async () =>
        expect(databaseErrors(await sidecar.metrics())).toEqual({ '- unreachable -': 1 }),
      );
    }, 30_000);
  });

  describe('after SIGTERM', () => {
    test('lets an open transaction and a running query end, closes what idles, and exits with 0', async () => {
      const sidecar = await startBeforeDatabase(postgres);
      const [idle, inTransaction, busy] = [
        await connected(sidecar),
        await connected(sidecar),
        await connected(sidecar),
      ];
      await inTransaction.query('BEGIN');
      const running = busy.query(`SELECT pg_sleep(2.5), 'slept' AS how`);
      await eventually(async () =>
        expect(connectionStates(await sidecar.metrics())).toEqual({
          idle: 1,
          idle_in_transaction: 1,
          active: 1,
        }),
      );
      sidecar.signal('SIGTERM');
      await eventually(() => expect(idle.error()).toBeDefined());
      expect(inTransaction.error()).toBeUndefined();
      // No new connections.
      const late = await psql(sidecar.databaseUrl(), '-c', 'SELECT 1');
      expect(late.stderr).toContain('Connection refused');
      // Longer than a second, and much less than the 30 that listen.drainTimeout is by default.
      await sleep(1500);
      expect((await inTransaction.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      expect((await running).rows).toEqual([expect.objectContaining({ how: 'slept' })]);
      await inTransaction.query('COMMIT');
      await eventually(() => expect(inTransaction.error()).toBeDefined());
      expect(await sidecar.exited).toEqual({ code: 0, signal: null });
    }, 30_000);

    test('cuts a transaction that does not end within listen.drainTimeout', async () => {
      const sidecar = await startBeforeDatabase(postgres, ['--listen.drain-timeout', '500ms']);
      const client = await connected(sidecar);
      await client.query('BEGIN');
      sidecar.signal('SIGTERM');
      expect(await sidecar.exited).toEqual({ code: 0, signal: null });
      await eventually(() => expect(client.error()).toBeDefined());
    }, 30_000);
  });
});
