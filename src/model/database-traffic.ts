/** Kinds of query, as the benchmark document's `query_type` tells them apart. */
export const QUERY_TYPES = [
  'select',
  'insert',
  'update',
  'delete',
  'begin',
  'commit',
  'ddl',
  'copy',
  'other',
] as const;

/** Kind of a query. */
export type QueryType = (typeof QUERY_TYPES)[number];

/** What a connection to the database turned out to be. */
export type DatabaseConnectionKind =
  /** Readable: the client speaks plain PostgreSQL. */
  | 'plain'
  /** Encrypted end to end by the client (TLS or GSSAPI): nothing inside can be seen. */
  | 'opaque'
  /** A request to cancel a query of another connection. */
  | 'cancel'
  /** Streaming replication: it has no queries that end. */
  | 'replication'
  /** Not PostgreSQL as far as one can tell, or closed before it said anything. */
  | 'unknown';

/** A failure that the database (or the way to it) reported. */
export interface DatabaseErrorObservation {
  /** Kind of the query that failed; undefined if it happened outside of one, such as at log-in. */
  readonly queryType: QueryType | undefined;
  /**
   * Bounded word for the failure, e.g. `deadlock`, `timeout`, `integrity_constraint_violation`, `unreachable`;
   * `connection_lost` or `client_gone` if the database or the client left while a query ran.
   */
  readonly errorType: string;
  /** SQLSTATE class of two characters, `other` if it is none of the standard ones; undefined without a SQLSTATE. */
  readonly sqlstateClass: string | undefined;
}

/** Why something on a connection to the database could not be observed. */
export type DatabaseDropReason =
  | 'tap_error'
  /** The bytes do not frame as PostgreSQL messages: the rest of the connection is only forwarded. */
  | 'not_postgres'
  /** More queries were under way than are followed. */
  | 'pipeline_full'
  /** An answer that belongs to no query that was seen. */
  | 'unknown_answer';

/** Receives what the database tap observes. Each call is cheap and never throws on purpose. */
export interface DatabaseSink {
  /**
   * A query ended: with success, with an error, or because one side left while it ran, with the time it had run by
   * then. Queries whose answers came together share their time evenly, but for `begin`, which has none of it.
   */
  readonly query: (type: QueryType, durationMs: number) => void;
  readonly error: (observation: DatabaseErrorObservation) => void;
  /** It became known what a connection is; at most once for each connection. */
  readonly connection: (kind: DatabaseConnectionKind) => void;
  readonly dropped: (reason: DatabaseDropReason) => void;
}

/** States of open connections through the tap. */
export const DATABASE_CONNECTION_STATES = [
  /** Not yet logged in. */
  'starting',
  /** Waits for its client, outside of a transaction. */
  'idle',
  /** Waits for the database. */
  'active',
  /** Waits for its client, inside of a transaction. */
  'idle_in_transaction',
  /** Nothing can be seen of it: encrypted by its client, a replication stream, or not PostgreSQL. */
  'opaque',
  /** The database has ended it, its client has not. */
  'closing',
] as const;

/** State of an open connection through the tap. */
export type DatabaseConnectionState = (typeof DATABASE_CONNECTION_STATES)[number];

/** What the database tap sees at one moment. */
export interface DatabaseActivity {
  readonly connections: Readonly<Record<DatabaseConnectionState, number>>;
  readonly transactionsOpen: number;
  /** 0 if none is open. */
  readonly oldestTransactionAgeMs: number;
  /** Age of the query that has run longest, in milliseconds; 0 if none runs. */
  readonly oldestQueryAgeMs: number;
}
