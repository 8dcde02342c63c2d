import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually } from '../harness/eventually.ts';
import { postgresBin, postgresProgram, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { describeWith } from '../harness/requirement.ts';
import { unobserved } from '../harness/scrape.ts';
import { startProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectionStates, databaseErrors, queries, since, startBeforeDatabase } from './database-sidecar.ts';
import type { DatabaseSidecar } from './database-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** What must never be seen outside of the database; each has a part of its own. */
const planted = {
  user: 'planted_user',
  password: 'planted-password',
  wrongPassword: 'planted-wrong-password',
  application: 'planted-application',
  table: 'planted_table',
  literal: 'planted-literal',
  parameter: 'planted-parameter',
  statement: 'planted-statement',
  comment: 'planted-comment',
  row: 'planted-row',
  channel: 'planted_channel',
  message: 'planted-message',
};
const MAX_CONNECTIONS = 12;

describeWith(postgresBin, 'apt-get install postgresql')('failures of the database on /metrics', () => {
  let postgres: Postgres;
  let sidecar: DatabaseSidecar;
  const clients: Client[] = [];
  beforeAll(async () => {
    postgres = stack.use(
      await startPostgres({
        settings: { deadlock_timeout: '200ms', max_connections: String(MAX_CONNECTIONS) },
      }),
    );
    await postgres.sql(`CREATE TABLE ${planted.table} (id int PRIMARY KEY, t text);
      INSERT INTO ${planted.table} VALUES (1, '${planted.row}'), (2, '${planted.row}');
      CREATE USER ${planted.user} PASSWORD '${planted.password}'; GRANT ALL ON ${planted.table} TO ${planted.user}`);
    // At this level the log would say most.
    sidecar = stack.use(await startBeforeDatabase(postgres, ['--log.level', 'debug']));
  }, 60_000);
  afterEach(() => leave());

  async function leave(): Promise<void> {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await eventually(async () => expect(connectionStates(await sidecar.metrics())).toEqual({}));
  }

  function clientOf(password = planted.password): Client {
    const client = new Client({
      host: '127.0.0.1',
      port: sidecar.databasePort,
      database: 'postgres',
      user: planted.user,
      password,
      application_name: planted.application,
    });
    client.on('error', () => undefined);
    return client;
  }

  async function connected(): Promise<Client> {
    const client = clientOf();
    await client.connect();
    clients.push(client);
    return client;
  }

  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no error',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );

  /** What the tap counts while something runs: failures, and queries by kind. */
  async function during(work: () => Promise<void>): Promise<Record<string, number>> {
    const before = databaseErrors(await sidecar.metrics());
    await work();
    let grown: Record<string, number> = {};
    await eventually(async () => {
      grown = since(before, databaseErrors(await sidecar.metrics()));
      expect(grown).not.toEqual({});
    });
    // Whatever else was counted would come with it.
    await sleep(100);
    return since(before, databaseErrors(await sidecar.metrics()));
  }

  const update = (id: number): string =>
    `UPDATE ${planted.table} SET t = '${planted.literal}' WHERE id = ${id} /* ${planted.comment} */`;

  test('a deadlock between two sessions appears as one, and the query of the other as a success', async () => {
    const [first, second] = [await connected(), await connected()];
    const before = queries(await sidecar.metrics());
    const counted = await during(async () => {
      for (const client of [first, second]) await client.query('BEGIN');
      await first.query(update(1));
      await second.query(update(2));
      const ends = await Promise.all([codeOf(first.query(update(2))), codeOf(second.query(update(1)))]);
      expect(new Set(ends)).toEqual(new Set(['40P01', 'no error']));
      for (const client of [first, second]) await client.query('ROLLBACK');
    });
    expect(counted).toEqual({ 'update deadlock 40': 1 });
    expect(since(before, queries(await sidecar.metrics()))).toEqual({ begin: 2, update: 4, other: 2 });
  }, 30_000);

  test('a serialization failure', async () => {
    const [first, second] = [await connected(), await connected()];
    const counted = await during(async () => {
      await first.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await first.query(`SELECT * FROM ${planted.table}`);
      await second.query(update(1));
      expect(await codeOf(first.query(update(1)))).toBe('40001');
      await first.query('ROLLBACK');
    });
    expect(counted).toEqual({ 'update serialization_failure 40': 1 });
  }, 30_000);

  test.each([
    ['SET statement_timeout = 100', 'SELECT pg_sleep(60)', '57014', 'select timeout 57'],
    ['SET lock_timeout = 100', update(1), '55P03', 'update lock_not_available 55'],
    [
      'SET idle_in_transaction_session_timeout = 100',
      `INSERT INTO ${planted.table} VALUES (1)`,
      '23505',
      'insert integrity_constraint_violation 23',
    ],
    ['SELECT 1', `SELECT nothing FROM ${planted.table}`, '42703', 'select undefined_column 42'],
    ['SELECT 1', `CREATE TABLE ${planted.table} (a int)`, '42501', 'ddl insufficient_privilege 42'],
    ['SELECT 1', `DELETE FROM ${planted.literal.replace('-', '_')}`, '42P01', 'delete undefined_table 42'],
    ['SELECT 1', `DO $$ BEGIN RAISE '${planted.literal}'; END $$`, 'P0001', 'other plpgsql_error P0'],
    [
      'SELECT 1',
      `DO $$ BEGIN RAISE '${planted.literal}' USING ERRCODE = 'ZZ999'; END $$`,
      'ZZ999',
      'other other other',
    ],
  ])(
    'after %s: %s fails with %s, counted as %s',
    async (prepare, text, code, counted) => {
      const [client, other] = [await connected(), await connected()];
      // A lock in the way, for what waits for one.
      await other.query('BEGIN');
      await other.query(update(1));
      const found = await during(async () => {
        await client.query(prepare);
        if (code === '23505') await other.query('ROLLBACK');
        expect(await codeOf(client.query(text))).toBe(code);
      });
      expect(found).toEqual({ [counted]: 1 });
    },
    30_000,
  );

  test('a session that idles in its transaction for too long is ended, outside of any query', async () => {
    const client = await connected();
    const counted = await during(async () => {
      await client.query('SET idle_in_transaction_session_timeout = 100');
      await client.query('BEGIN');
    });
    expect(counted).toEqual({ '- idle_in_transaction_timeout 25': 1 });
  }, 30_000);

  test('a query that its client cancels is not taken for one that ran too long', async () => {
    const counted = await during(async () => {
      const running = await startProcess({
        command: postgresProgram('psql'),
        args: [sidecar.databaseUrl(), '-Xq', '-c', `SELECT pg_sleep(60) -- ${planted.comment}`],
      });
      const isRunning = `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'`;
      await eventually(async () => expect(await postgres.sql(isRunning)).toHaveLength(1));
      running.signal('SIGINT');
      await running.exited;
      expect(running.stderr()).toContain('canceling statement due to user request');
    });
    expect(counted).toEqual({ 'select canceled 57': 1 });
  }, 30_000);

  test('too many connections', async () => {
    const counted = await during(async () => {
      // Three are kept for superusers.
      for (let open = 0; open < MAX_CONNECTIONS - 3; open += 1) await connected();
      for (let more = 0; more < 2; more += 1) expect(await codeOf(clientOf().connect())).toBe('53300');
    });
    expect(counted).toEqual({ '- too_many_connections 53': 2 });
  }, 30_000);

  test('a wrong password', async () => {
    const counted = await during(async () => {
      expect(await codeOf(clientOf(planted.wrongPassword).connect())).toBe('28P01');
    });
    expect(counted).toEqual({ '- invalid_authorization 28': 1 });
  }, 30_000);

  test('a session that an administrator ends in the midst of a query', async () => {
    const client = await connected();
    const counted = await during(async () => {
      const running = codeOf(client.query(`SELECT pg_sleep(60), '${planted.literal}'`));
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60), %'`;
      await eventually(async () => expect(await postgres.sql(end)).toHaveLength(1));
      expect(await running).toBe('57P01');
    });
    expect(counted).toEqual({ 'select admin_shutdown 57': 1 });
  }, 30_000);

  test('a client that leaves in the midst of a query is no failure of the database', async () => {
    const before = databaseErrors(await sidecar.metrics());
    const running = await startProcess({
      command: postgresProgram('psql'),
      args: [sidecar.databaseUrl(), '-Xq', '-c', 'SELECT pg_sleep(1)'],
    });
    await eventually(async () => expect(connectionStates(await sidecar.metrics())).toEqual({ active: 1 }));
    running.signal('SIGKILL');
    await running.exited;
    await eventually(async () => expect(connectionStates(await sidecar.metrics())).toEqual({}));
    expect(databaseErrors(await sidecar.metrics())).toEqual(before);
  }, 30_000);

  test('nothing of what was sent or answered is on /metrics, in the status or in the log', async () => {
    const client = await connected();
    const named = { name: planted.statement, text: `SELECT $1::text`, values: [planted.parameter] };
    expect((await client.query(named)).rows).toEqual([{ text: planted.parameter }]);
    expect((await client.query(`TABLE ${planted.table}`)).rows).toHaveLength(2);
    await client.query(`LISTEN ${planted.channel}; NOTIFY ${planted.channel}, '${planted.message}'`);
    const page = async (path: string): Promise<string> => (await fetch(`${sidecar.adminUrl}${path}`)).text();
    const seen =
      (await page('/metrics')) + (await page('/api/v1/status')) + sidecar.stderr() + sidecar.stdout();
    expect(seen).toContain('database_query_duration_seconds_count{query_type="select"}');
    for (const secret of [...Object.values(planted), 'planted', 'pg_sleep', 'RAISE', postgres.password])
      expect(seen).not.toContain(secret);
    expect(unobserved(await sidecar.metrics())).toEqual({});
  }, 30_000);
});
