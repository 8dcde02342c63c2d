import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Pool } from 'pg';
import type { QueryResult } from 'pg';
import { outcome } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { postgresBin, postgresProgram, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { unobserved } from '../harness/scrape.ts';
import { venvPython } from '../harness/servers.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import {
  connectionKinds,
  connectionStates,
  databaseErrors,
  databaseUrl,
  queries,
  startBeforeDatabase,
} from './database-sidecar.ts';

const stack = createStopStack();
let postgres: Postgres;
let folder: string;

const rowsOf = ({ rows, rowCount, command }: QueryResult): unknown => ({ rows, rowCount, command });

/** Work with node-postgres: a pool, prepared and named statements, portals, several statements at once, failures. */
async function workWithNodePostgres(url: string): Promise<unknown> {
  const pool = new Pool({ connectionString: url, max: 3 });
  const client = new Client({ connectionString: url });
  const notes: unknown[] = [];
  client.on('notification', ({ channel, payload }) => notes.push([channel, payload]));
  await client.connect();
  const query = async (text: string, values?: unknown[]): Promise<unknown> =>
    outcome(client.query(text, values).then(rowsOf));
  const portal = { text: 'SELECT n FROM generate_series(1, $1::int) n', values: [95], rows: 10 };
  const found = [
    await query('SET client_min_messages = warning'),
    await query('DROP TABLE IF EXISTS pg_items'),
    await query('CREATE TABLE pg_items (id int PRIMARY KEY, name text)'),
    await Promise.all(
      Array.from({ length: 20 }, (_, id) =>
        pool.query('INSERT INTO pg_items VALUES ($1, $2)', [id, `name ${id}`]).then(rowsOf),
      ),
    ),
    await Promise.all(
      Array.from({ length: 10 }, (_, id) =>
        client
          .query({ name: 'by id', text: 'SELECT name FROM pg_items WHERE id = $1', values: [id] })
          .then(rowsOf),
      ),
    ),
    // Ten rows for each Execute: ten of them.
    await client.query(portal).then(({ rows }) => rows),
    await outcome(client.query("BEGIN; UPDATE pg_items SET name = 'x'; DELETE FROM pg_items; ROLLBACK")),
    await query('WITH gone AS (DELETE FROM pg_items RETURNING 1) SELECT count(*) FROM gone'),
    await query('-- SELECT\n/* UPDATE */ INSERT INTO pg_items VALUES (1000, $1)', ['SELECT 1']),
    await query(`SELECT repeat('x', 3000000)`),
    await query('SELECT $1::text', ['y'.repeat(3_000_000)]),
    await query('COPY pg_items FROM STDIN'),
    await query('INSERT INTO pg_items VALUES (1000, $1)', ['again']),
    await query('SELECT 1 FROM nowhere'),
    await query('LISTEN news'),
    await query(`NOTIFY news, 'a message'`),
    await query(''),
  ];
  await eventually(() => expect(notes).toHaveLength(1));
  await Promise.all([pool.end(), client.end()]);
  return [found, notes];
}

const PSQL = `
SET client_min_messages = warning;
DROP TABLE IF EXISTS psql_items;
CREATE TABLE psql_items (id int PRIMARY KEY, name text);
\\copy psql_items from 'items.csv' csv
\\copy (select id, name from psql_items order by id) to 'out.csv' csv
SELECT count(*) FROM psql_items;
SELECT 1 \\; SELECT 2 \\; SELECT 3;
BEGIN;
DELETE FROM psql_items;
ROLLBACK;
\\set FETCH_COUNT 1000
SELECT sum(id), count(*) FROM psql_items GROUP BY id % 2500 ORDER BY 1;
\\unset FETCH_COUNT
\\lo_import items.csv
\\lo_export :LASTOID large.csv
\\lo_unlink :LASTOID
SELECT 1 / 0;
\\copy psql_items from 'items.csv' csv
TABLE psql_items LIMIT 2;
`;

async function workWithPsql(url: string): Promise<unknown> {
  const run = await runProcess({
    command: postgresProgram('psql'),
    args: [url, '-XAtq', '-f', 'work.sql'],
    cwd: folder,
  });
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  return { ...run, copied: await read('out.csv'), large: await read('large.csv') };
}

const workWithPython = (script: string) => async (url: string) => {
  const path = inRepository('test', 'servers', script);
  const { code, stdout, stderr } = await runProcess({
    command: venvPython,
    args: [path, url],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (code !== 0) throw new Error(`${script}: want exit code 0, got ${code}: ${stderr}`);
  return JSON.parse(stdout) as unknown;
};

/** Work with a client, and what a tap should count of it. */
interface Work {
  readonly run: (url: string) => Promise<unknown>;
  readonly queries: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly connections: Readonly<Record<string, number>>;
}

async function expectSameThroughTap(work: Work): Promise<void> {
  const sidecar = await startBeforeDatabase(postgres);
  try {
    const wanted = await work.run(databaseUrl(postgres, postgres.port));
    expect(await work.run(sidecar.databaseUrl())).toEqual(wanted);
    await eventually(async () => {
      const samples = await sidecar.metrics();
      expect(connectionStates(samples)).toEqual({});
      expect(queries(samples)).toEqual(work.queries);
      expect(databaseErrors(samples)).toEqual(work.errors);
      expect(connectionKinds(samples)).toEqual(work.connections);
      expect(unobserved(samples)).toEqual({});
    });
    expect(sidecar.stderr()).not.toMatch(/ (warn|error) (?! *metrics on)/);
  } finally {
    await sidecar.stop();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-clients-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const lines = Array.from({ length: 5000 }, (_, id) => `${id},"name ${id}"\n`);
  await writeFile(join(folder, 'items.csv'), lines.join(''));
  await writeFile(join(folder, 'work.sql'), PSQL);
  postgres = stack.use(await startPostgres({ settings: { max_prepared_transactions: '5' } }));
}, 60_000);
afterAll(stack.stopAll, 60_000);

describeWith(postgresBin, 'apt-get install postgresql')('through the tap as directly', () => {
  test('node-postgres', async () => {
    await expectSameThroughTap({
      run: workWithNodePostgres,
      queries: {
        // SET, ROLLBACK, LISTEN, NOTIFY and the empty query.
        other: 5,
        ddl: 2,
        // 20 of the pool, the one behind comments, the one that violates its key.
        insert: 22,
        // 10 by name, 10 by the portal, the WITH, two long ones, the one that fails (in a message of its own).
        select: 24,
        begin: 1,
        update: 1,
        delete: 1,
        copy: 1,
      },
      errors: {
        // node-postgres has no data to send, and gives the COPY up.
        'copy canceled 57': 1,
        'insert integrity_constraint_violation 23': 1,
        'select undefined_table 42': 1,
      },
      connections: { plain: 4 },
    });
  }, 60_000);

  test('psql with \\copy, FETCH_COUNT and large objects', async () => {
    await expectSameThroughTap({
      run: workWithPsql,
      queries: {
        // One by hand, one for FETCH_COUNT, three for the large object.
        begin: 5,
        commit: 4,
        ddl: 2,
        delete: 1,
        copy: 3,
        // The count, three at once, three FETCH for 2,500 rows, libpq's for its functions, 1/0, TABLE.
        select: 10,
        // SET, ROLLBACK, DECLARE, CLOSE; function calls: create or open, 11 blocks of 8 KB (and the end), close.
        other: 4 + (2 + 11 + 1) + (1 + 11 + 1 + 1) + 1,
      },
      errors: { 'select data_exception 22': 1, 'copy integrity_constraint_violation 23': 1 },
      connections: { plain: 1 },
    });
  }, 60_000);
});

describeWith(
  venvPython,
  'python3 -m venv .cache/venv && .cache/venv/bin/pip install asyncpg psycopg[binary]',
)('from Python through the tap as directly', () => {
  test('asyncpg', async () => {
    await expectSameThroughTap({
      run: workWithPython('asyncpg_client.py'),
      queries: {
        ddl: 2,
        // 100 of them by executemany; two fail.
        insert: 103,
        // Of the last three one each: division by zero, the sleep that is cancelled, and what comes after it.
        select: 16,
        update: 1,
        delete: 2,
        copy: 3,
        begin: 4,
        commit: 2,
        // ROLLBACK twice, MOVE, LISTEN, NOTIFY, UNLISTEN.
        other: 6,
      },
      errors: {
        'copy integrity_constraint_violation 23': 1,
        'insert integrity_constraint_violation 23': 2,
        'other syntax_error 42': 1,
        'select undefined_table 42': 1,
        'select data_exception 22': 1,
        'select in_failed_transaction 25': 1,
        'select canceled 57': 1,
      },
      connections: { plain: 1, cancel: 1 },
    });
  }, 60_000);

  test('psycopg', async () => {
    await expectSameThroughTap({
      run: workWithPython('psycopg_client.py'),
      queries: {
        ddl: 2,
        insert: 104,
        select: 35,
        update: 1,
        begin: 5,
        // Two of them, both PREPARE TRANSACTION, and COMMIT PREPARED.
        commit: 5,
        copy: 3,
        // DECLARE, CLOSE, LISTEN, NOTIFY, UNLISTEN, ROLLBACK PREPARED, a syntax error, ROLLBACK, DEALLOCATE.
        other: 9,
      },
      errors: {
        'copy canceled 57': 1,
        'insert integrity_constraint_violation 23': 1,
        'other syntax_error 42': 1,
        'select undefined_table 42': 1,
        'select data_exception 22': 1,
        'select in_failed_transaction 25': 1,
        'select canceled 57': 1,
      },
      connections: { plain: 1, cancel: 1 },
    });
  }, 60_000);
});
