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
  /** What was counted last; undefined once it may have changed. */
  let counted: Counted | undefined;

  const forgetProcess = (connection: PostgresConnection): void => {
    const { processId } = connection;
    // The database may have given the number to a newer connection.
    if (processId !== undefined && byProcessId.get(processId) === connection) byProcessId.delete(processId);
  };

  const neighbours: Neighbours = {
    identify: (processId, connection) => {
      forgetProcess(connection);
      connection.processId = processId;
      byProcessId.set(processId, connection);
    },
    cancel: (processId) => byProcessId.get(processId)?.queries.cancel(clock.nowMs()),
    stirred: () => {
      counted = undefined;
    },
    closed: (connection) => {
      counted = undefined;
      open.delete(connection);
      forgetProcess(connection);
    },
  };

  return {
    observe: () => {
      const connection = new PostgresConnection(options, sink, clock, neighbours);
      counted = undefined;
      open.add(connection);
      return connection;
    },
    activity: () => {
      counted ??= count(open);
      const { connections, transactionsOpen, oldestTransactionMs, oldestQueryMs } = counted;
      const nowMs = clock.nowMs();
      return {
        connections,
        transactionsOpen,
        oldestTransactionAgeMs: nowMs - Math.min(nowMs, oldestTransactionMs),
        oldestQueryAgeMs: nowMs - Math.min(nowMs, oldestQueryMs),
      };
    },
  };
}

/** What does not change by time alone: each of the metrics of one scrape asks for it. */
interface Counted extends Pick<DatabaseActivity, 'connections' | 'transactionsOpen'> {
  /** Infinity if there is none, as the next. */
  readonly oldestTransactionMs: number;
  readonly oldestQueryMs: number;
}

function count(open: Iterable<PostgresConnection>): Counted {
  const connections: Record<DatabaseConnectionState, number> = {
    starting: 0,
    idle: 0,
    active: 0,
    idle_in_transaction: 0,
    opaque: 0,
    closing: 0,
  };
  let transactionsOpen = 0;
  let oldestTransactionMs = Infinity;
  let oldestQueryMs = Infinity;
  for (const connection of open) {
    const state = connection.state();
    connections[state]++;
    if (state === 'opaque' || state === 'closing') continue;
    const { queries } = connection;
    const transactionMs = queries.transactionSinceMs();
    if (transactionMs !== undefined) {
      transactionsOpen++;
      oldestTransactionMs = Math.min(oldestTransactionMs, transactionMs);
    }
    oldestQueryMs = Math.min(oldestQueryMs, queries.runningSinceMs() ?? Infinity);
  }
  return { connections, transactionsOpen, oldestTransactionMs, oldestQueryMs };
}
