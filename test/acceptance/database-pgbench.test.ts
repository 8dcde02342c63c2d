import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { postgresBin, postgresProgram, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { describeWith } from '../harness/requirement.ts';
import { unobserved } from '../harness/scrape.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import {
  connectionKinds,
  connectionStates,
  databaseErrors,
  databaseUrl,
  queries,
  querySeconds,
  since,
  startBeforeDatabase,
} from './database-sidecar.ts';
import type { DatabaseSidecar } from './database-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const CLIENTS = 4;
const SECONDS = 2;

/** A transaction in one pipeline: one network round trip, one Sync. */
const PIPELINE = `
\\set aid random(1, 100000)
\\set delta random(-5000, 5000)
\\startpipeline
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, :aid, :delta, CURRENT_TIMESTAMP);
DELETE FROM pgbench_tellers WHERE tid = -1;
END;
\\endpipeline
`;

/** What a run of pgbench says of itself. */
interface Report {
  readonly transactions: number;
  /** Latency of all transactions together, from the log that it keeps of each. */
  readonly transactionSeconds: number;
  /** Latency of all statements of a kind together, by its first word. */
  readonly statementSeconds: Readonly<Record<string, number>>;
}

describeWith(postgresBin, 'apt-get install postgresql')('pgbench through the tap', () => {
  let sidecar: DatabaseSidecar;
  let folder: string;
  let postgres: Postgres;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-pgbench-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'pipeline.sql'), PIPELINE);
    postgres = stack.use(await startPostgres());
    sidecar = stack.use(await startBeforeDatabase(postgres));
  }, 60_000);

  async function pgbench(...args: string[]): Promise<string> {
    const run = await runProcess({
      command: postgresProgram('pgbench'),
      args: [...args, sidecar.databaseUrl()],
      cwd: folder,
      env: { LC_ALL: 'C' },
    });
    // It exits with 0 even where clients were aborted, and says so.
    expect({ code: run.code, faults: /^.*(error|fatal|aborted|warning).*$/im.exec(run.stderr) }).toEqual({
      code: 0,
      faults: null,
    });
    return run.stdout;
  }

  async function measure(name: string, ...args: string[]): Promise<Report> {
    const prefix = join(folder, name);
    const timing = ['-c', String(CLIENTS), '-j', '2', '-T', String(SECONDS)];
    const logging = ['-l', `--log-prefix=${prefix}`];
    const out = await pgbench('-n', '-r', ...timing, ...logging, ...args);
    expect(out).toMatch(/^number of failed transactions: 0 /m);
    const transactions = Number(/^number of transactions actually processed: (\d+)/m.exec(out)?.[1]);
    const logs = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`));
    const lines = (await Promise.all(logs.map((file) => readFile(join(folder, file), 'utf8'))))
      .join('')
      .trim()
      .split('\n');
    // Client, transaction, microseconds, script, time: one line for each transaction.
    expect(lines).toHaveLength(transactions);
    const statementSeconds: Record<string, number> = {};
    const [, latencies = ''] = out.split('statement latencies in milliseconds and failures:');
    for (const [, milliseconds, word = ''] of latencies.matchAll(/^ +([\d.]+) +\d+ +(\w+)/gm)) {
      const seconds = (Number(milliseconds) * transactions) / 1000;
      statementSeconds[word.toLowerCase()] = (statementSeconds[word.toLowerCase()] ?? 0) + seconds;
    }
    return {
      transactions,
      transactionSeconds: lines.reduce((sum, line) => sum + Number(line.split(' ')[2]) / 1e6, 0),
      statementSeconds,
    };
  }

  /** What the tap counts while something runs, once all its connections are closed. */
  async function during<T>(
    work: () => Promise<T>,
  ): Promise<{ result: T; counts: Record<string, number>; seconds: Record<string, number> }> {
    const before = await sidecar.metrics();
    const result = await work();
    await eventually(async () => expect(connectionStates(await sidecar.metrics())).toEqual({}));
    const after = await sidecar.metrics();
    expect(unobserved(after)).toEqual({});
    expect(databaseErrors(after)).toEqual({});
    return {
      result,
      counts: since(queries(before), queries(after)),
      seconds: since(querySeconds(before), querySeconds(after)),
    };
  }

  const total = (seconds: Readonly<Record<string, number>>): number =>
    Object.values(seconds).reduce((sum, value) => sum + value, 0);

  test('makes its tables, with each of its statements counted', async () => {
    const { counts } = await during(() => pgbench('-i', '-s', '1', '-q'));
    expect(counts).toEqual({
      begin: 1,
      // A branch and ten tellers.
      insert: 11,
      copy: 1,
      commit: 1,
      // DROP, four CREATE, TRUNCATE, three ALTER.
      ddl: 9,
      // VACUUM ANALYZE of four tables.
      other: 4,
    });
  }, 60_000);

  test.each(['simple', 'extended', 'prepared'])(
    'runs TPC-B in %s mode, with its own count of statements and no more than its own latency',
    async (protocol) => {
      const { result, counts, seconds } = await during(() => measure(`tpcb-${protocol}`, '-M', protocol));
      const { transactions, transactionSeconds, statementSeconds } = result;
      expect(transactions).toBeGreaterThan(10);
      expect(counts).toEqual({
        begin: transactions,
        update: 3 * transactions,
        // Two more before the run: the scale, and whether the tables are partitioned.
        select: transactions + 2,
        insert: transactions,
        commit: transactions,
      });
      // Every query lies within a statement of pgbench's, which has both ways to the tap in it.
      for (const [type, word] of [
        ['begin', 'begin'],
        ['update', 'update'],
        ['insert', 'insert'],
        ['commit', 'end'],
      ] as const) {
        const theirs = statementSeconds[word] ?? Number.NaN;
        expect(seconds[type]).toBeLessThan(theirs * 1.05 + transactions * 20e-6);
      }
      expect(total(seconds)).toBeLessThan(transactionSeconds * 1.05 + 0.1);
      expect(total(seconds)).toBeGreaterThan(transactionSeconds * 0.3);
    },
    60_000,
  );

  test.each(['extended', 'prepared'])(
    'runs pipelines in %s mode, with each statement of a pipeline counted for the time of its own',
    async (protocol) => {
      const { result, counts, seconds } = await during(() =>
        measure(`pipeline-${protocol}`, '-M', protocol, '-f', 'pipeline.sql'),
      );
      const { transactions, transactionSeconds } = result;
      expect(transactions).toBeGreaterThan(10);
      expect(counts).toEqual({
        begin: transactions,
        update: transactions,
        select: transactions,
        insert: transactions,
        delete: transactions,
        commit: transactions,
      });
      // Were each timed from the pipeline's beginning, six would be several times as long as the transaction.
      expect(total(seconds)).toBeLessThan(transactionSeconds * 1.05 + 0.1);
      expect(total(seconds)).toBeGreaterThan(transactionSeconds * 0.2);
    },
    60_000,
  );

  test('connects anew for each transaction, without a connection left over', async () => {
    const before = connectionKinds(await sidecar.metrics());
    const { counts } = await during(() => pgbench('-n', '-S', '-C', '-c', '8', '-t', '25'));
    expect(counts).toEqual({ select: 8 * 25 + 2 });
    // One more that asks before the run.
    const kinds = since(before, connectionKinds(await sidecar.metrics()));
    expect(kinds).toEqual({ plain: 8 * 25 + 1 });
  }, 60_000);

  test('and pg_dump through the tap writes what it writes directly', async () => {
    const dump = async (url: string): Promise<string> => {
      const run = await runProcess({ command: postgresProgram('pg_dump'), args: [url] });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      // A key of its own in each dump.
      return run.stdout.replaceAll(/^\\(un)?restrict .*$/gm, '');
    };
    const { result, counts } = await during(() => dump(sidecar.databaseUrl()));
    expect(result === (await dump(databaseUrl(postgres, postgres.port)))).toBe(true);
    expect(result).toContain('COPY public.pgbench_accounts');
    expect(counts).toMatchObject({ begin: 1, copy: 4 });
  }, 60_000);

  test('runs pipelines longer than are followed unharmed, and what was not followed is counted', async () => {
    const short = stack.use(await startBeforeDatabase(postgres, ['--database.max-pipeline', '2']));
    const run = await runProcess({
      command: postgresProgram('pgbench'),
      args: ['-n', '-M', 'extended', '-t', '20', '-f', 'pipeline.sql', short.databaseUrl()],
      cwd: folder,
    });
    expect(run.stdout).toContain('number of transactions actually processed: 20/20');
    await eventually(async () => {
      const samples = await short.metrics();
      expect(unobserved(samples)).toEqual({ pipeline_full: 20 });
      expect(databaseErrors(samples)).toEqual({});
      expect(connectionStates(samples)).toEqual({});
    });
  }, 30_000);
});
