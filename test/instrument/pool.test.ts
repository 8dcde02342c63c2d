import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import { instrument } from '../../src/instrument/instrument.ts';
import type { Vitals } from '../../src/instrument/instrument.ts';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';
import { parseExposition, select, totalBy } from '../harness/exposition.ts';
import { postgresProgram, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';

const run = promisify(execFile);

const read = async (vitals: Vitals) => parseExposition((await vitals.metrics()).body);
const queries = async (vitals: Vitals) =>
  totalBy(await read(vitals), 'database_query_duration_seconds_count', ['query_type']);
const failures = async (vitals: Vitals) =>
  totalBy(await read(vitals), 'mcp_database_errors_total', ['query_type', 'error_type', 'sqlstate_class']);

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('query: want a failure, got an answer');
}

describeWith(postgresProgram('postgres'), 'apt-get install postgresql')('a pg.Pool', () => {
  let postgres: Postgres;
  let bare: Pool;
  let pool: Pool;
  let vitals: Vitals;

  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: '20' } });
    await postgres.sql('CREATE TABLE items (id int PRIMARY KEY, name text)');
  }, 60_000);
  afterAll(() => postgres?.stop(), 30_000);
  beforeEach(() => {
    vitals = instrument();
    bare = new Pool({ connectionString: postgres.url, max: 4 });
    pool = vitals.pool(vitals.pool(new Pool({ connectionString: postgres.url, max: 4 })));
  });
  afterEach(async () => {
    await Promise.all([bare, pool].map(async (each) => (each.ended ? undefined : each.end())));
    await vitals.stop();
  });

  it('answers as before, in every way to ask, and each query is counted once by its kind', async () => {
    const ask = async (asked: Pool): Promise<unknown[]> => {
      const client = await asked.connect();
      const answers = [
        (await asked.query('SELECT 1 AS one')).rows,
        (await asked.query('SELECT $1::int AS n', [7])).rows,
        (await asked.query({ text: 'SELECT 1', rowMode: 'array' })).rows,
        (await client.query({ name: 'named', text: 'SELECT $1::text AS t', values: ['a'] })).rows,
        (await client.query({ name: 'named', text: 'SELECT $1::text AS t', values: ['b'] })).rows,
        (await client.query('BEGIN')).command,
        (await client.query("INSERT INTO items VALUES (1, 'x') RETURNING id")).rows,
        (await client.query('/* why */ UPDATE items SET name = $1', ['y'])).rowCount,
        (await client.query('DELETE FROM items')).rowCount,
        (await client.query('COMMIT')).command,
        await new Promise((resolve) => {
          asked.query('SELECT 2 AS two', (error, result) => resolve([error, result.rows]));
        }),
        await new Promise((resolve) => {
          client.query('SELECT $1::int AS n', [3], (error, result) => resolve([error, result.rows]));
        }),
        await new Promise((resolve) => {
          asked.connect((error, connected, release) => {
            connected?.query('SELECT 4 AS four', [], (_error, { rows }) => {
              release();
              resolve([error, rows]);
            });
          });
        }),
      ];
      client.release();
      return answers;
    };
    expect(await ask(pool)).toEqual(await ask(bare));
    expect(await queries(vitals)).toEqual({
      select: 8,
      begin: 1,
      insert: 1,
      update: 1,
      delete: 1,
      commit: 1,
    });
    expect(await failures(vitals)).toEqual({});
  });

  it('fails as before, with the same error, and the failure is counted by its SQLSTATE', async () => {
    const plain = (error: unknown) => JSON.parse(JSON.stringify(error)) as unknown;
    for (const [text, values] of [
      ['SELECT * FROM nowhere', []],
      ['SELECT 1/$1::int', [0]],
      ['SELECT pg_sleep(', []],
    ] as const) {
      expect(plain(await failureOf(pool.query(text, [...values])))).toEqual(
        plain(await failureOf(bare.query(text, [...values]))),
      );
    }
    const client = await pool.connect();
    const error = await failureOf(client.query('SELECT * FROM nowhere'));
    expect(error).toMatchObject({ code: '42P01', message: 'relation "nowhere" does not exist' });
    client.release();
    expect(await failures(vitals)).toEqual({
      'select undefined_table 42': 2,
      'select data_exception 22': 1,
      'select syntax_error 42': 1,
    });
  });

  it('throws at once what it threw at once', async () => {
    const client = await pool.connect();
    // @ts-expect-error -- what a caller without types may do
    expect(() => client.query(null)).toThrow(new TypeError('Client was passed a null or undefined query'));
    client.release();
  });

  it('leaves a failure that nobody handles unhandled, of a query and of connecting', async () => {
    const hear = async (kind: string, url: string): Promise<string> => {
      const program = inRepository('test', 'instrument', 'unhandled.ts');
      return (await run(process.execPath, [program, kind, url], { timeout: 20_000 })).stdout;
    };
    expect(await hear('pg', postgres.url)).toBe('unhandled: error: relation "nowhere" does not exist\n');
    expect(await hear('pg-connect', 'postgres://127.0.0.1:1/none')).toContain('ECONNREFUSED');
  }, 30_000);

  it('calls back in the asynchronous context of the caller', async () => {
    const context = new AsyncLocalStorage<string>();
    const client = await pool.connect();
    const seen = await context.run('here', async () => {
      await client.query('SELECT 1');
      return context.getStore();
    });
    expect(seen).toBe('here');
    client.release();
  });

  it('is used as far as its clients are, of its greatest size', async () => {
    const usage = async () => select(await read(vitals), 'connection_pool_usage').map(({ value }) => value);
    expect(await usage()).toEqual([0]);
    const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    expect(await usage()).toEqual([0.75]);
    for (const client of clients) client.release();
    expect(await usage()).toEqual([0]);
    await pool.end();
    expect(await usage()).toEqual([]);
  });

  it('is added up with others of its type, and told apart from other types', async () => {
    const others = ['main', 'reports'].map((poolType) =>
      vitals.pool(new Pool({ connectionString: postgres.url, max: 4 }), { poolType }),
    );
    const client = await pool.connect();
    expect(totalBy(await read(vitals), 'connection_pool_usage', ['pool_type'])).toEqual({ main: 0.125 });
    expect(select(await read(vitals), 'connection_pool_usage', { pool_type: 'reports' })).toHaveLength(1);
    client.release();
    await Promise.all(others.map((each) => each.end()));
  });

  it('counts failures to connect by what the database says, or the way to it', async () => {
    const away = vitals.pool(new Pool({ host: '127.0.0.1', port: 1 }));
    const { port, password } = postgres;
    const missing = vitals.pool(
      new Pool({ host: '127.0.0.1', port, password, user: 'postgres', database: 'no_such_database' }),
    );
    expect(await failureOf(away.query('SELECT 1'))).toMatchObject({ code: 'ECONNREFUSED' });
    expect(await failureOf(missing.connect())).toMatchObject({ code: '3D000' });
    expect(await failures(vitals)).toEqual({ '- unreachable -': 1, '- invalid_catalog_name 3D': 1 });
    await Promise.all([away, missing].map((each) => each.end()));
  });

  it('leaves queries of other clients alone', async () => {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('SELECT 1');
    await client.end();
    expect(await queries(vitals)).toEqual({});
  });

  it('has its metrics served to node:http, as to Express', async () => {
    await pool.query('SELECT 1');
    const handle = vitals.express();
    const http = createServer((request, response) => void handle(request, response));
    const { origin, close } = await listenOnLoopback(http, 0);
    const response = await fetch(origin);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await response.text()).toContain('database_query_duration_seconds_count{query_type="select"} 1');
    await close();
  });
});
