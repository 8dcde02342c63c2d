import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { postgresProgram, type Postgres } from '../test/harness/postgres.ts';
import type { DatabaseLoad } from './database-loads.ts';

const run = promisify(execFile);

/** What pgbench tells of a run. */
export interface PgbenchReport {
  readonly transactions: number;
  /** Transactions per second, without the time to connect. */
  readonly tps: number;
  /** Mean time of a transaction. */
  readonly latencyMs: number;
}

function figure(output: string, pattern: RegExp): number {
  const value = Number(pattern.exec(output)?.[1]);
  if (!Number.isFinite(value)) throw new Error(`pgbench: want a line like ${pattern.source}, got ${output}`);
  return value;
}

/** Reads pgbench's summary; a transaction that failed is an Error, since it makes the others meaningless. */
export function readPgbenchReport(output: string): PgbenchReport {
  const failed = figure(output, /^number of failed transactions: (\d+)/m);
  const transactions = figure(output, /^number of transactions actually processed: (\d+)/m);
  if (failed > 0 || transactions === 0) {
    throw new Error(`pgbench: want transactions and no failure, got ${transactions} and ${failed} failures`);
  }
  return {
    transactions,
    tps: figure(output, /^tps = ([\d.]+) \(without initial connection time\)/m),
    latencyMs: figure(output, /^latency average = ([\d.]+) ms/m),
  };
}

async function pgbench(postgres: Postgres, port: number, options: readonly string[]): Promise<string> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', ...options, 'postgres'];
  const env = { ...process.env, PGPASSWORD: postgres.password, LC_ALL: 'C' };
  const { stdout } = await run(postgresProgram('pgbench'), args, { env });
  return stdout;
}

/** Makes pgbench's tables; `scale` branches of 100,000 accounts. */
export async function fillDatabase(postgres: Postgres, scale: number): Promise<void> {
  await pgbench(postgres, postgres.port, ['-i', '-q', '-s', String(scale)]);
}

/** Has pgbench load whatever listens on the port of 127.0.0.1, for whole seconds; it vacuums nothing. */
export async function runPgbench(
  postgres: Postgres,
  port: number,
  load: DatabaseLoad,
  seconds: number,
): Promise<PgbenchReport> {
  const script: string[] = [];
  if (load.sql !== undefined) {
    const file = join(postgres.socket, 'script.sql');
    await writeFile(file, load.sql);
    script.push('-f', file);
  }
  const options = ['-n', '-c', String(load.clients), '-j', '1', '-T', String(seconds)];
  return readPgbenchReport(await pgbench(postgres, port, [...options, ...load.options, ...script]));
}
