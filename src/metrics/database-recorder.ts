import type { Registry } from '@prometheus-io/client';
import {
  DATABASE_CONNECTION_STATES,
  QUERY_TYPES,
  type DatabaseActivity,
  type DatabaseDropReason,
  type DatabaseSink,
} from '../model/database-traffic.ts';
import { instrument } from './instruments.ts';

/**
 * Turns what the database tap observes into metrics.
 * @param dropped told what was lost to observation.
 */
export function createDatabaseRecorder(
  registry: Registry,
  dropped: (reason: DatabaseDropReason) => void,
): DatabaseSink {
  const durations = instrument('database_query_duration_seconds', registry);
  const errors = instrument('mcp_database_errors_total', registry);
  const connections = instrument('mcp_database_connections_total', registry);
  // Label objects that do not change: this is called for every query.
  const labels = Object.fromEntries(QUERY_TYPES.map((type) => [type, { query_type: type }]));
  return {
    query: (type, durationMs) => durations.observe(labels[type] ?? { query_type: type }, durationMs / 1000),
    error: ({ queryType = '', errorType, sqlstateClass = '' }) =>
      errors.inc({ query_type: queryType, error_type: errorType, sqlstate_class: sqlstateClass }),
    connection: (kind) => connections.inc({ kind }),
    dropped,
  };
}

/** Exports what the database tap sees at the moment of each exposition. */
export function exportDatabaseActivity(registry: Registry, activity: () => DatabaseActivity): void {
  instrument('mcp_database_connections', registry, (gauge) => {
    const { connections } = activity();
    for (const state of DATABASE_CONNECTION_STATES) gauge.set({ state }, connections[state]);
  });
  instrument('mcp_database_transactions_open', registry, (gauge) => gauge.set(activity().transactionsOpen));
  instrument('mcp_database_oldest_transaction_age_seconds', registry, (gauge) =>
    gauge.set(activity().oldestTransactionAgeMs / 1000),
  );
  instrument('mcp_database_oldest_query_age_seconds', registry, (gauge) =>
    gauge.set(activity().oldestQueryAgeMs / 1000),
  );
}
