import { totalBy } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { postgresProgram } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { runProcess } from '../harness/start-process.ts';

/** A running `mcp-vitals serve` with a tap before a database. */
export interface DatabaseSidecar extends Sidecar {
  /** Where the server under test would find its database. */
  readonly databasePort: number;
  /** URL of the database through the tap, for the superuser. */
  readonly databaseUrl: (sslmode?: string) => string;
}

/** URL of a test's database on a port: its own, or that of a tap. */
export function databaseUrl({ password }: Postgres, port: number, sslmode = 'disable'): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=${sslmode}`;
}

/** Starts `serve` before a database; there is no MCP server behind it. */
export async function startBeforeDatabase(
  postgres: Postgres,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<DatabaseSidecar> {
  const upstreams = ['--upstream', 'http://127.0.0.1:9', '--database', `127.0.0.1:${postgres.port}`];
  const sidecar = await startSidecar([...upstreams, '--database.listen', '127.0.0.1:0', ...flags], env);
  const databasePort = announcedDatabase(sidecar);
  return { ...sidecar, databasePort, databaseUrl: (sslmode) => databaseUrl(postgres, databasePort, sslmode) };
}

/** Port of the tap as the log announces it. */
export function announcedDatabase(sidecar: Pick<Sidecar, 'stderr'>): number {
  const port = /database on tcp:\/\/127\.0\.0\.1:(\d+)/.exec(sidecar.stderr())?.[1];
  if (port === undefined)
    throw new Error(`log: want the address of the database tap, got ${sidecar.stderr()}`);
  return Number(port);
}

/** Queries counted in the documented histogram by `query_type`. */
export const queries = (samples: readonly ScrapedSample[]): Record<string, number> =>
  totalBy(samples, 'database_query_duration_seconds_count', ['query_type']);

/** Seconds summed up in the documented histogram by `query_type`. */
export const querySeconds = (samples: readonly ScrapedSample[]): Record<string, number> =>
  totalBy(samples, 'database_query_duration_seconds_sum', ['query_type']);

/** Failures of the database: `"<query type or -> <error type> <SQLSTATE class or ->"` → number. */
export const databaseErrors = (samples: readonly ScrapedSample[]): Record<string, number> =>
  totalBy(samples, 'mcp_database_errors_total', ['query_type', 'error_type', 'sqlstate_class']);

/** Connections to the database by what they turned out to be. */
export const connectionKinds = (samples: readonly ScrapedSample[]): Record<string, number> =>
  totalBy(samples, 'mcp_database_connections_total', ['kind']);

/** Open connections to the database by state; none that has no connection. */
export const connectionStates = (samples: readonly ScrapedSample[]): Record<string, number> =>
  totalBy(samples, 'mcp_database_connections', ['state']);

/** What was counted between two scrapes; what did not change is left out. */
export function since(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).flatMap(([key, value]) => {
      const grown = value - (before[key] ?? 0);
      return grown === 0 ? [] : [[key, grown]];
    }),
  );
}

/** Runs psql quietly, without a start-up file. */
export const psql = (url: string, ...args: readonly string[]): ReturnType<typeof runProcess> =>
  runProcess({ command: postgresProgram('psql'), args: [url, '-XAtq', ...args] });
