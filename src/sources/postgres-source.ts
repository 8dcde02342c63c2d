import type { Source } from '../model/source.ts';
import { counterDelta } from './counter-delta.ts';
import type { CounterReading } from './counter-delta.ts';
import { failureText, serverName } from '../model/failure-text.ts';
import type { PostgresPool } from './postgres-pools.ts';
import {
  parseReading,
  parseServerVersion,
  readingSql,
  serverVersionSql,
  warmUpSql,
} from './postgres-reading.ts';
import type { PostgresReading } from './postgres-reading.ts';
import { postgresSamples, visibilityProblem } from './postgres-samples.ts';
import type { BlockDelta } from './postgres-samples.ts';
import { openPostgresSession } from './postgres-session.ts';
import type { PostgresConnection, PostgresSession } from './postgres-session.ts';

/** A PostgreSQL server to read, and the pools whose use is measured there. */
export interface PostgresSourceOptions extends PostgresConnection {
  /** Empty: one pool `postgres`, everybody's sessions against the server's limit. */
  readonly pools: readonly PostgresPool[];
  /** Told when something of the server cannot be seen, once until that changes, and without secrets. */
  readonly onProblem: (text: string) => void;
}

/**
 * Reads sessions, pools, deadlocks and buffer cache from the statistics of PostgreSQL 10 and later.
 *
 * It needs the role pg_monitor (pg_read_all_stats is enough) to see sessions of other users, keeps one connection,
 * and reconnects at the next reading after it was lost. Its own session is counted nowhere. `cache_hit_rate` begins
 * with the second reading of a connection.
 */
export function createPostgresSource(options: PostgresSourceOptions): Source {
  const name = serverName('postgres', options.host, options.port);
  let session: PostgresSession | undefined;
  let blocks: CounterReading<'blocksHit' | 'blocksRead'> | undefined;
  let problem: string | undefined;

  const open = async (signal: AbortSignal): Promise<PostgresSession> => {
    session?.cut();
    const opened = await openPostgresSession(options, signal);
    // Before the warm-up: one that fails must be cut, too.
    session = opened;
    blocks = undefined;
    const version = parseServerVersion(await opened.query(serverVersionSql, signal));
    await opened.query(warmUpSql(version), signal);
    return opened;
  };

  const blocksSince = ({ counts: { origin, blocksHit, blocksRead } }: PostgresReading): BlockDelta => {
    const previous = blocks;
    blocks = { origin, counts: { blocksHit, blocksRead } };
    return counterDelta(previous, blocks);
  };

  const noteProblem = (found: string | undefined): void => {
    if (found === problem) return;
    problem = found;
    if (found !== undefined) options.onProblem(`${name}: ${found}`);
  };

  return {
    read: async (signal) => {
      try {
        const current = session?.usable() ? session : await open(signal);
        const reading = parseReading(await current.query(readingSql, signal));
        noteProblem(visibilityProblem(reading.sessions, options.user));
        return postgresSamples(reading, blocksSince(reading), options.pools);
      } catch (error) {
        session?.cut();
        session = undefined;
        throw new Error(`${name}: ${wording(error, options.timeoutMs)}`, { cause: error });
      }
    },
    stop: async () => {
      await session?.close();
      session = undefined;
    },
  };
}

/** Words of node-postgres that an operator would have to guess at, in ours. */
function wording(error: unknown, timeoutMs: number): string {
  const text = failureText(error);
  switch (text) {
    case 'timeout expired':
      return `want a connection within ${timeoutMs} ms, got none`;
    case 'The server does not support SSL connections':
      return 'want TLS, got a server without it';
    case 'Connection terminated unexpectedly':
      return 'want an answer, got the end of the connection';
    default:
      return text;
  }
}
