import type { MetricSpecs } from './metric-spec.ts';

/** Metrics of the database: what the PostgreSQL tap sees, and what the `postgres` source reads. */
export const DATABASE = {
  mcp_database_errors_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Failures that the database reported, or on the way to it; an empty query_type: outside of a query, an empty class: without a SQLSTATE.',
    labels: ['query_type', 'error_type', 'sqlstate_class'],
  },
  mcp_database_connections: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Connections through the database tap by what they do at the moment; opaque ones are encrypted by the client, replication streams, or not PostgreSQL; closing ones the database has ended and the client has not.',
    labels: ['state'],
  },
  mcp_database_connections_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Connections through the database tap by what they turned out to be; opaque ones are encrypted by the client.',
    labels: ['kind'],
  },
  mcp_database_transactions_open: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Transactions open on connections through the database tap.',
    labels: [],
  },
  mcp_database_oldest_transaction_age_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Age of the transaction that has been open longest on a connection through the database tap; 0 if none is.',
    labels: [],
  },
  mcp_database_oldest_query_age_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Age of the query that has run longest on a connection through the database tap; 0 if none runs.',
    labels: [],
  },
  mcp_postgres_sessions: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Client sessions of the PostgreSQL server by state, from pg_stat_activity.',
    labels: ['state'],
  },
  mcp_postgres_waiting_sessions: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Client sessions that wait for a lock, from pg_stat_activity.',
    labels: [],
  },
  mcp_postgres_max_connections: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Connections that the PostgreSQL server takes at most.',
    labels: [],
  },
  mcp_postgres_oldest_transaction_age_seconds: {
    type: 'gauge',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Age of the oldest transaction of the PostgreSQL server; 0 if none is open.',
    labels: [],
  },
  mcp_postgres_deadlocks_total: {
    type: 'counter',
    origin: 'mcp-vitals',
    group: 'database',
    help: 'Deadlocks that the PostgreSQL server broke, since its statistics were reset.',
    labels: [],
  },
} as const satisfies MetricSpecs;
