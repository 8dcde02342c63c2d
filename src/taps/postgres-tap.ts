import type { Clock } from '../model/clock.ts';
import type { ObserveConnection } from '../model/connection.ts';
import type { DatabaseActivity, DatabaseConnectionState, DatabaseSink } from '../model/database-traffic.ts';
import { PostgresConnection, type Neighbours } from './postgres-connection.ts';
import type { PostgresTapOptions } from './postgres-tap-options.ts';

/** A tap on connections to a PostgreSQL database, and what it sees at the moment. */
export interface PostgresTap {
  readonly observe: ObserveConnection;
  readonly activity: () => DatabaseActivity;
}

/**
 * Watches connections that speak PostgreSQL's protocol 3 and tells the sink of
 * queries, errors and kinds of connections. Nothing of SQL, parameters, rows,
 * passwords or keys is kept beyond the bytes that are being read.
 * @param options asked for each new query and prepared statement, so that a reload takes effect.
 */
export function createPostgresTap(
  options: () => PostgresTapOptions,
  sink: DatabaseSink,
  clock: Clock,
): PostgresTap {
  const open = new Set<PostgresConnection>();
  const byProcessId = new Map<number, PostgresConnection>();
  const processIds = new Map<PostgresConnection, number>();

  const neighbours: Neighbours = {
    identify: (processId, connection) => {
      const former = processIds.get(connection);
      if (former !== undefined && byProcessId.get(former) === connection) byProcessId.delete(former);
      byProcessId.set(processId, connection);
      processIds.set(connection, processId);
    },
    cancel: (processId) => byProcessId.get(processId)?.queries.cancel(clock.nowMs()),
    closed: (connection) => {
      open.delete(connection);
      const processId = processIds.get(connection);
      if (processId === undefined) return;
      processIds.delete(connection);
      // The database may have given the number to a newer connection.
      if (byProcessId.get(processId) === connection) byProcessId.delete(processId);
    },
  };

  return {
    observe: () => {
      const connection = new PostgresConnection(options, sink, clock, neighbours);
      open.add(connection);
      return connection;
    },
    activity: () => activityOf(open, clock.nowMs()),
  };
}

function activityOf(open: Iterable<PostgresConnection>, nowMs: number): DatabaseActivity {
  const connections: Record<DatabaseConnectionState, number> = {
    starting: 0,
    idle: 0,
    active: 0,
    idle_in_transaction: 0,
    opaque: 0,
  };
  let transactionsOpen = 0;
  let oldestTransactionMs = nowMs;
  let oldestQueryMs = nowMs;
  for (const connection of open) {
    const state = connection.state();
    connections[state]++;
    if (state === 'opaque') continue;
    const { queries } = connection;
    const transactionMs = queries.transaction.sinceMs;
    if (transactionMs !== undefined) {
      transactionsOpen++;
      oldestTransactionMs = Math.min(oldestTransactionMs, transactionMs);
    }
    oldestQueryMs = Math.min(oldestQueryMs, queries.runningSinceMs() ?? nowMs);
  }
  return {
    connections,
    transactionsOpen,
    oldestTransactionAgeMs: nowMs - oldestTransactionMs,
    oldestQueryAgeMs: nowMs - oldestQueryMs,
  };
}
