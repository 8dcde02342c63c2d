import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Postgres } from '../harness/postgres.ts';

const update = (id: number): string => `UPDATE accounts SET balance = balance + 1 WHERE id = ${id}`;

/** Whatever comes of it: an error of the database is what is wanted here. */
const attempt = (client: Client, sql: string): Promise<unknown> => client.query(sql).catch(() => undefined);

/**
 * Works on a database by way of the sidecar's tap, and every few seconds runs into a deadlock, misses a table, and
 * leaves a transaction open for a while.
 */
export async function workOnDatabase(
  postgres: Postgres,
  tapPort: number,
  signal: AbortSignal,
): Promise<void> {
  await postgres.sql(
    'CREATE TABLE accounts (id int PRIMARY KEY, balance int); INSERT INTO accounts VALUES (1, 0), (2, 0)',
  );
  const connect = async (): Promise<Client> => {
    const client = new Client({
      host: '127.0.0.1',
      port: tapPort,
      user: 'postgres',
      password: postgres.password,
      database: 'postgres',
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const [first, second] = [await connect(), await connect()];
  try {
    for (let n = 0; !signal.aborted; n += 1) {
      await attempt(first, 'SELECT * FROM accounts');
      if (n % 20 === 3) {
        for (const client of [first, second]) await attempt(client, 'BEGIN');
        await attempt(first, update(1));
        await attempt(second, update(2));
        await Promise.all([attempt(first, update(2)), attempt(second, update(1))]);
        await attempt(first, 'SELECT * FROM no_such_table');
        await sleep(500);
        for (const client of [first, second]) await attempt(client, 'ROLLBACK');
      }
      await sleep(100);
    }
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
}
