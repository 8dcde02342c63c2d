import { z } from 'zod';

/*
 * Both statements go out in one message, so that a reading is one round trip and one transaction.
 *
 * Without pg_monitor (or pg_read_all_stats) PostgreSQL hides state, times, waits and the type of a backend from all
 * but its owner and shows database, user and application_name only: such sessions are counted as hidden. Background
 * processes, hidden too then, differ in having no database or no user.
 */
const settingsAndCounts = `
SELECT current_setting('max_connections')::float8 AS "maxConnections",
  current_setting('superuser_reserved_connections')::float8
    + coalesce(current_setting('reserved_connections', true), '0')::float8 AS "reservedConnections",
  deadlocks::float8 AS deadlocks, blks_hit::float8 AS "blocksHit", blks_read::float8 AS "blocksRead",
  concat(pg_postmaster_start_time(), ' ', stats_reset) AS origin
FROM pg_catalog.pg_stat_database WHERE datname = current_database()`;

const sessionGroups = `
SELECT datname AS database, usename AS "user", coalesce(application_name, '') AS "applicationName", state,
  pid = pg_backend_pid() AS own, backend_type IS NULL AS hidden, count(*)::float8 AS sessions,
  count(*) FILTER (WHERE wait_event_type = 'Lock')::float8 AS waiting,
  greatest(0, max(extract(epoch FROM clock_timestamp() - xact_start)))::float8 AS "oldestSeconds"
FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL)
GROUP BY 1, 2, 3, 4, 5, 6`;

/** The SQL of a reading; PostgreSQL 10 and later, no table is read. */
export const readingSql = `${settingsAndCounts};${sessionGroups}`;

/**
 * SQL for a new connection, to be run before its first reading: what the session itself looked up in the catalogs
 * while it began and planned is counted among the database's block accesses, and would look like traffic of its own
 * in the reading after the first. PostgreSQL 15 and later keep such counts back unless asked for them.
 */
export const warmUpSql = (serverVersion: number): string =>
  serverVersion >= 150_000 ? `${readingSql};SELECT pg_stat_force_next_flush()` : readingSql;

/** SQL whose answer {@link parseServerVersion} reads. */
export const serverVersionSql = `SELECT current_setting('server_version_num')::float8 AS version`;

const version = z.object({ rows: z.tuple([z.object({ version: z.number() })]) });

/** The server's version as a number, e.g. 150018 for 15.18. */
export const parseServerVersion = (answer: unknown): number => version.parse(answer).rows[0].version;

const counts = z.object({
  maxConnections: z.number(),
  /** Kept free for superusers and, from version 16, for members of pg_use_reserved_connections. */
  reservedConnections: z.number(),
  /** Counts of the connected database since `origin`. */
  deadlocks: z.number(),
  blocksHit: z.number(),
  blocksRead: z.number(),
  origin: z.string(),
});

const group = z.object({
  database: z.string().nullable(),
  user: z.string().nullable(),
  applicationName: z.string(),
  /** As PostgreSQL words it; null while a session begins, and where it is hidden. */
  state: z.string().nullable(),
  /** The session of the reading itself. */
  own: z.boolean(),
  /** Its state, waits and transaction may not be seen. */
  hidden: z.boolean(),
  sessions: z.number(),
  waiting: z.number(),
  /** Age of the oldest open transaction; null if there is none. */
  oldestSeconds: z.number().nullable(),
});

/** Settings and counters, as a reading found them. */
export type PostgresCounts = Readonly<z.infer<typeof counts>>;

/** Client sessions that have the same database, user, application_name and state. */
export type SessionGroup = Readonly<z.infer<typeof group>>;

/** What one reading found. */
export interface PostgresReading {
  readonly counts: PostgresCounts;
  /** Sessions of clients, without the reading's own. Undefined where the server has no such list (PGlite). */
  readonly sessions: readonly SessionGroup[] | undefined;
}

const reading = z.tuple([z.object({ rows: z.tuple([counts]) }), z.object({ rows: z.array(group) })]);

/**
 * Reads the answer to {@link readingSql}.
 * @throws Error if it is not one, e.g. because the server is none of PostgreSQL's kind.
 */
export function parseReading(answer: unknown): PostgresReading {
  const parsed = reading.safeParse(answer);
  if (!parsed.success) throw new Error('want the statistics of PostgreSQL 10 or later, got something else');
  const [{ rows: found }, { rows: groups }] = parsed.data;
  // PGlite lists its one backend as `standalone backend`: a server that does not list us lists nobody.
  const listed = groups.some(({ own }) => own);
  return { counts: found[0], sessions: listed ? groups.filter(({ own }) => !own) : undefined };
}
