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

/**
 * Exports what the database tap sees at the moment of each exposition.
 * @param activity undefined while nothing is observed: then there is no sample, rather than a false 0.
 */
export function exportDatabaseActivity(
  registry: Registry,
  activity: () => DatabaseActivity | undefined,
): void {
  instrument('mcp_database_connections', registry, (gauge) => {
    gauge.reset();
    const seen = activity();
    if (seen === undefined) return;
    for (const state of DATABASE_CONNECTION_STATES) gauge.set({ state }, seen.connections[state]);
  });
  const ofReadable = (
    name:
      | 'mcp_database_transactions_open'
      | 'mcp_database_oldest_transaction_age_seconds'
      | 'mcp_database_oldest_query_age_seconds',
    read: (seen: DatabaseActivity) => number,
  ): void => {
    instrument(name, registry, (gauge) => {
      const seen = activity();
      if (seen === undefined || isBlind(seen)) gauge.remove();
      else gauge.set(read(seen));
    });
  };
  ofReadable('mcp_database_transactions_open', (seen) => seen.transactionsOpen);
  ofReadable('mcp_database_oldest_transaction_age_seconds', (seen) => seen.oldestTransactionAgeMs / 1000);
  ofReadable('mcp_database_oldest_query_age_seconds', (seen) => seen.oldestQueryAgeMs / 1000);
}

/** Whether there are connections, and none that can be looked into. */
function isBlind({ connections }: DatabaseActivity): boolean {
  const { opaque, ...readable } = connections;
  return opaque > 0 && Object.values(readable).every((count) => count === 0);
}
