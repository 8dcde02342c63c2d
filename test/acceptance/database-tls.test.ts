import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually } from '../harness/eventually.ts';
import { postgresBin, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { unobserved } from '../harness/scrape.ts';
import { venvPython } from '../harness/servers.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { createCertificates } from '../proxy/certificates.ts';
import {
  connectionKinds,
  connectionStates,
  databaseErrors,
  psql,
  queries,
  startBeforeDatabase,
} from './database-sidecar.ts';
import type { DatabaseSidecar } from './database-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** Whether the database sees TLS on the connection that asks. */
const USES_TLS = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

describeWith(postgresBin, 'apt-get install postgresql')('a database with TLS', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = stack.use(await startPostgres({ ssl: true }));
  }, 60_000);

  const start = async (...flags: string[]): Promise<DatabaseSidecar> =>
    stack.use(await startBeforeDatabase(postgres, flags));

  async function expectSeen(sidecar: DatabaseSidecar, seen: Record<string, unknown>): Promise<void> {
    await eventually(async () => {
      const samples = await sidecar.metrics();
      expect({
        states: connectionStates(samples),
        kinds: connectionKinds(samples),
        queries: queries(samples),
        errors: databaseErrors(samples),
        dropped: unobserved(samples),
      }).toEqual({ states: {}, kinds: {}, queries: {}, errors: {}, dropped: {}, ...seen });
    });
  }

  describe('with database.tls.mode pass', () => {
    test.each([
      ['require', { kinds: { opaque: 1 } }],
      ['prefer', { kinds: { opaque: 1 } }],
      ['disable', { kinds: { plain: 1 }, queries: { select: 1 } }],
    ])(
      'psql with sslmode %s works and is counted as what it is',
      async (sslmode, seen) => {
        const sidecar = await start();
        const { stdout, stderr } = await psql(sidecar.databaseUrl(sslmode), '-c', USES_TLS);
        expect([stdout, stderr]).toEqual([sslmode === 'disable' ? 'f\n' : 't\n', '']);
        await expectSeen(sidecar, seen);
      },
      30_000,
    );

    test('an open connection that cannot be looked into makes the use of the pool unknown', async () => {
      const sidecar = await start('--database.pool-size', '4');
      const usage = async (): Promise<unknown> =>
        (await sidecar.metrics()).filter(({ name }) => name === 'connection_pool_usage');
      const plain = new Client({ connectionString: sidecar.databaseUrl() });
      await plain.connect();
      expect(await usage()).toHaveLength(1);
      const opaque = new Client({
        connectionString: `${sidecar.databaseUrl('require')}&uselibpqcompat=true`,
      });
      await opaque.connect();
      await eventually(async () => {
        expect(connectionStates(await sidecar.metrics())).toEqual({ idle: 1, opaque: 1 });
        expect(await usage()).toEqual([]);
      });
      await Promise.all([plain.end(), opaque.end()]);
    }, 30_000);
  });

  describe('with database.tls.mode decline', () => {
    test('psql with sslmode prefer goes on in plain text and is observed; with require it refuses', async () => {
      const sidecar = await start('--database.tls.mode', 'decline');
      const prefers = await psql(sidecar.databaseUrl('prefer'), '-c', USES_TLS);
      expect([prefers.stdout, prefers.stderr]).toEqual(['f\n', '']);
      const requires = await psql(sidecar.databaseUrl('require'), '-c', USES_TLS);
      expect(requires.stderr).toContain('server does not support SSL, but SSL was required');
      await expectSeen(sidecar, { kinds: { plain: 1, unknown: 1 }, queries: { select: 1 } });
    }, 30_000);
  });

  describe('with database.tls.mode originate', () => {
    let sidecar: DatabaseSidecar;
    beforeAll(async () => {
      sidecar = await start(
        '--database.tls.mode',
        'originate',
        '--database.tls.ca-file',
        postgres.caFile ?? '',
      );
    }, 30_000);

    const python = async (program: string): Promise<string> => {
      const { stdout, stderr } = await runProcess({
        command: venvPython,
        args: ['-c', program, sidecar.databaseUrl('prefer'), USES_TLS],
      });
      return (stdout + stderr).trim();
    };

    const clients: Record<string, () => Promise<unknown>> = {
      psql: async () => (await psql(sidecar.databaseUrl('prefer'), '-c', USES_TLS)).stdout.trim(),
      'node-postgres': async () => {
        const client = new Client({ connectionString: sidecar.databaseUrl() });
        await client.connect();
        const { rows } = await client.query<{ ssl: boolean }>(USES_TLS);
        await client.end();
        return rows[0]?.ssl;
      },
    };
    const inPython: Record<string, () => Promise<unknown>> = {
      psycopg: () =>
        python('import psycopg, sys; print(psycopg.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])'),
      asyncpg: () =>
        python(`import asyncio, asyncpg, sys
async def main():
    connection = await asyncpg.connect(sys.argv[1])
    print(await connection.fetchval(sys.argv[2]))
    await connection.close()
asyncio.run(main())`),
    };

    /** Logs in with a password by SCRAM, as the database of the test asks of everybody. */
    async function expectObserved(run: (() => Promise<unknown>) | undefined): Promise<void> {
      const before = await sidecar.metrics();
      expect(['t', 'True', true]).toContain(await run?.());
      await eventually(async () => {
        const samples = await sidecar.metrics();
        expect(connectionStates(samples)).toEqual({});
        expect(connectionKinds(samples)['plain']).toBe((connectionKinds(before)['plain'] ?? 0) + 1);
        expect(queries(samples)['select']).toBe((queries(before)['select'] ?? 0) + 1);
        expect(databaseErrors(samples)).toEqual({});
        expect(unobserved(samples)).toEqual({});
      });
    }

    test.each(Object.keys(clients))(
      '%s is encrypted towards the database, and observed',
      (name) => expectObserved(clients[name]),
      30_000,
    );
    describeWith(venvPython, '.cache/venv/bin/pip install asyncpg psycopg[binary]')('from Python', () => {
      test.each(Object.keys(inPython))(
        '%s is encrypted towards the database, and observed',
        (name) => expectObserved(inPython[name]),
        30_000,
      );
    });

    test('against an authority that did not sign, the client is told, and it is counted', async () => {
      const certificates = createCertificates();
      stack.defer(async () => certificates.remove());
      certificates.selfSigned('stranger');
      const misled = await start(
        '--database.tls.mode',
        'originate',
        '--database.tls.ca-file',
        certificates.path('stranger.pem'),
      );
      const { stderr, code } = await psql(misled.databaseUrl(), '-c', USES_TLS);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        new RegExp(
          `FATAL: {2}mcp-vitals: connect 127\\.0\\.0\\.1:${postgres.port}: .*certificate|SELF_SIGNED`,
          'i',
        ),
      );
      // Nothing of it went to the database in plain text.
      expect(postgres.log()).not.toContain('FATAL');
      await eventually(async () => {
        const samples = await misled.metrics();
        expect(databaseErrors(samples)).toEqual({ '- unreachable -': 1 });
        expect(connectionStates(samples)).toEqual({});
      });
    }, 30_000);

    test('a file of authorities that is not there ends the start with a word about it', async () => {
      const folder = inRepository('no-such-folder');
      await expect(
        start('--database.tls.mode', 'originate', '--database.tls.ca-file', `${folder}/ca.pem`),
      ).rejects.toThrow(/database\.tls\.ca-?file.*no-such-folder/i);
    }, 30_000);
  });
});
