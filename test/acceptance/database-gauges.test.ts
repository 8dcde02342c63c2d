import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually } from '../harness/eventually.ts';
import { select, total } from '../harness/exposition.ts';
import { postgresBin, startPostgres } from '../harness/postgres.ts';
import { describeWith } from '../harness/requirement.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectionStates, startBeforeDatabase } from './database-sidecar.ts';
import type { DatabaseSidecar } from './database-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

describeWith(postgresBin, 'apt-get install postgresql')('gauges of the database tap', () => {
  let sidecar: DatabaseSidecar;
  beforeAll(async () => {
    const postgres = stack.use(await startPostgres());
    const flags = ['--database.pool-size', '4', '--database.pool-type', 'orders'];
    sidecar = stack.use(await startBeforeDatabase(postgres, flags));
  }, 60_000);

  async function connected(): Promise<Client> {
    const client = new Client({ connectionString: sidecar.databaseUrl() });
    await client.connect();
    stack.defer(() => client.end());
    return client;
  }

  const gauge = async (name: string): Promise<number | undefined> =>
    select(await sidecar.metrics(), name)[0]?.value;
  const transactionAge = () => gauge('mcp_database_oldest_transaction_age_seconds');
  const queryAge = () => gauge('mcp_database_oldest_query_age_seconds');

  /** Share of the pool that is in use; undefined if there is no sample. */
  const poolUsage = async (): Promise<number | undefined> =>
    select(await sidecar.metrics(), 'connection_pool_usage', { pool_type: 'orders' })[0]?.value;

  test('say what connections do, how long it lasts, and how much of the pool that is', async () => {
    expect(connectionStates(await sidecar.metrics())).toEqual({});
    expect(await poolUsage()).toBeUndefined();
    expect(await transactionAge()).toBe(0);
    expect(await queryAge()).toBe(0);

    const [idle, inTransaction, busy] = [await connected(), await connected(), await connected()];
    await eventually(async () => expect(connectionStates(await sidecar.metrics())).toEqual({ idle: 3 }));
    expect(await poolUsage()).toBe(0);

    await inTransaction.query('BEGIN');
    const running = busy.query('SELECT pg_advisory_lock(1), pg_sleep(2)');
    await eventually(async () => {
      const samples = await sidecar.metrics();
      expect(connectionStates(samples)).toEqual({ idle: 1, idle_in_transaction: 1, active: 1 });
      expect(total(samples, 'mcp_database_transactions_open')).toBe(1);
      expect(await poolUsage()).toBe(0.5);
    });

    const [transaction = 0, query = 0] = [await transactionAge(), await queryAge()];
    expect(transaction).toBeGreaterThan(0);
    await eventually(async () => {
      expect(await transactionAge()).toBeGreaterThan(transaction + 0.5);
      expect(await queryAge()).toBeGreaterThan(query + 0.5);
    });

    await running;
    await eventually(async () => expect(await queryAge()).toBe(0));
    expect(await poolUsage()).toBe(0.25);
    // What it runs does not make the transaction younger, and a failure in it does not end it.
    const before = (await transactionAge()) ?? 0;
    await expect(inTransaction.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
    expect(await transactionAge()).toBeGreaterThan(before);
    await inTransaction.query('COMMIT');
    await eventually(async () => {
      expect(await transactionAge()).toBe(0);
      expect(await gauge('mcp_database_transactions_open')).toBe(0);
      expect(await poolUsage()).toBe(0);
    });

    await Promise.all([idle.end(), inTransaction.end(), busy.end()]);
    await eventually(async () => {
      expect(connectionStates(await sidecar.metrics())).toEqual({});
      // Without a connection there is no use of the pool to speak of.
      expect(await poolUsage()).toBeUndefined();
    });
  }, 60_000);
});
