import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Postgres } from '../test/harness/postgres.ts';
import type { DatabasePlan } from './database-plan.ts';
import {
  startDatabaseTarget,
  type DatabaseSurroundings,
  type DatabaseTargetName,
} from './database-targets.ts';
import { rssBytesOf } from './process-cost.ts';

/** Memory of a fresh target without connections and with many idle ones. */
export interface DatabaseMemory {
  readonly name: DatabaseTargetName;
  readonly bareBytes: number;
  readonly holdingBytes: number;
  readonly connections: number;
}

// Signing in takes the database a while: not all at once.
const AT_ONCE = 10;

async function openConnections(
  postgres: Postgres,
  port: number,
  count: number,
  onLost: (error: Error) => void,
): Promise<Client[]> {
  const clients: Client[] = [];
  for (let opened = 0; opened < count; opened += AT_ONCE) {
    const batch = Array.from(
      { length: Math.min(AT_ONCE, count - opened) },
      () =>
        new Client({
          host: '127.0.0.1',
          port,
          user: 'postgres',
          password: postgres.password,
          database: 'postgres',
        }),
    );
    clients.push(...batch);
    await Promise.all(
      batch.map(async (client) => {
        client.on('error', onLost);
        await client.connect();
        await client.query('SELECT 1');
      }),
    );
  }
  return clients;
}

async function close(clients: readonly Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.end()));
}

/** Measures a fresh process of a target: code that its first connections load is not their memory. */
export async function measureDatabaseMemory(
  name: DatabaseTargetName,
  postgres: Postgres,
  around: DatabaseSurroundings,
  { idleConnections, settleMs }: Pick<DatabasePlan, 'idleConnections' | 'settleMs'>,
): Promise<DatabaseMemory> {
  const target = await startDatabaseTarget(name, around);
  const lost: Error[] = [];
  const open = (count: number): Promise<Client[]> =>
    openConnections(postgres, target.port, count, (error) => lost.push(error));
  try {
    await close(await open(2 * AT_ONCE));
    await sleep(settleMs);
    const bareBytes = rssBytesOf(target.pids);
    const clients = await open(idleConnections);
    await sleep(settleMs);
    const holdingBytes = rssBytesOf(target.pids);
    if (lost.length > 0) {
      throw new Error(`${name}: want ${idleConnections} idle connections kept, lost ${lost.length}`, {
        cause: lost[0],
      });
    }
    await close(clients);
    return { name, bareBytes, holdingBytes, connections: idleConnections };
  } finally {
    await target.stop();
  }
}
