import { queryTypeOfSql } from '../postgres/query-type.ts';
import { sqlstateError } from '../postgres/sqlstate.ts';
import type { Clock } from '../model/clock.ts';
import type { DatabaseErrorObservation, DatabaseSink, QueryType } from '../model/database-traffic.ts';
import type { Faults } from './faults.ts';
import { membersOf, textOf } from './json-message.ts';
import { isMethod, isThenable, overrideMethod, type Method } from './override-method.ts';
import type { PoolUse } from './pool-metrics.ts';

/** A `pg.Pool` of node-postgres 8, as far as it is touched. */
export interface ObservablePool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly options: { readonly max?: number | undefined };
  readonly ended?: boolean;
  on(event: 'acquire', listener: (client: never) => void): unknown;
  connect(...args: never[]): unknown;
}

/** Most names of prepared statements whose kind is remembered. */
const MAX_NAMES = 1000;

/** What a pool is told apart by. */
export interface PoolParts {
  readonly sink: Pick<DatabaseSink, 'query' | 'error'>;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly addUse: (use: () => PoolUse | undefined) => void;
}

/**
 * Measures the queries of a pool's clients, from the client's `query` to its result: time in which a query waits
 * for a client of the pool is not in it. Cursors and query streams are not measured.
 */
export function observePool(pool: ObservablePool, parts: PoolParts): void {
  const { sink, clock, faults } = parts;
  const seen = new WeakSet<object>();
  const types = new Map<string, QueryType>();

  const typeOf = (config: unknown): QueryType => {
    const name = textOf(membersOf(config)?.['name']);
    const text = textOf(config) ?? textOf(membersOf(config)?.['text']);
    if (text === undefined) return (name === undefined ? undefined : types.get(name)) ?? 'other';
    const type = queryTypeOfSql(text);
    if (name !== undefined && (types.has(name) || types.size < MAX_NAMES)) types.set(name, type);
    return type;
  };

  const startQuery = (config: unknown): ((error: unknown) => void) => {
    const type = typeOf(config);
    const startedAtMs = clock.nowMs();
    return (error) => {
      sink.query(type, clock.nowMs() - startedAtMs);
      if (isHeld(error)) sink.error(describeError(error, type));
    };
  };

  const observeQuery = (query: Method): Method =>
    function (this: unknown, ...args) {
      const [config] = args;
      const isQuery = typeof config === 'string' || membersOf(config)?.['submit'] === undefined;
      const ended = isQuery ? faults.guard(() => startQuery(config)) : undefined;
      if (!ended) return query.apply(this, args);
      const at = args.findIndex(isMethod);
      if (at !== -1) return query.apply(this, args.with(at, observedCallback(args[at], ended)));
      const result = query.apply(this, args);
      if (!isThenable(result)) return result;
      // Passed on rather than watched: a failure that nobody handles must stay one.
      return result.then(
        (value) => {
          faults.guard(() => ended(undefined));
          return value;
        },
        (error: unknown) => {
          faults.guard(() => ended(error));
          throw error;
        },
      );
    };

  const observedCallback = (callback: unknown, ended: (error: unknown) => void): Method =>
    function (this: unknown, ...args) {
      faults.guard(() => ended(args[0]));
      return isMethod(callback) ? callback.apply(this, args) : undefined;
    };

  const failedToConnect = (error: unknown): void => {
    if (isHeld(error)) sink.error(describeError(error, undefined));
  };

  pool.on('acquire', (client: object) => {
    faults.guard(() => {
      if (seen.has(client)) return;
      seen.add(client);
      overrideMethod(client, 'query', observeQuery);
    });
  });
  overrideMethod(
    pool,
    'connect',
    (connect) =>
      function (this: unknown, ...args) {
        const at = args.findIndex(isMethod);
        if (at !== -1) return connect.apply(this, args.with(at, observedCallback(args[at], failedToConnect)));
        const client = connect.apply(this, args);
        if (!isThenable(client)) return client;
        // Passed on rather than watched, as with queries.
        return client.then(undefined, (error) => {
          faults.guard(() => failedToConnect(error));
          throw error;
        });
      },
  );
  parts.addUse(() =>
    pool.ended === true ? undefined : { used: pool.totalCount - pool.idleCount, max: pool.options.max ?? 0 },
  );
}

const isHeld = (error: unknown): boolean => error !== undefined && error !== null;

/** Names a failure by its SQLSTATE; what has none went wrong on the way to the database. */
function describeError(error: unknown, queryType: QueryType | undefined): DatabaseErrorObservation {
  const code = textOf(membersOf(error)?.['code']);
  // Node's own codes (`EPIPE`) may be as long as a SQLSTATE, but have no severity.
  if (code?.length === 5 && membersOf(error)?.['severity'] !== undefined) {
    return { queryType, ...sqlstateError(code) };
  }
  const text = textOf(membersOf(error)?.['message']) ?? '';
  const isWay = code !== undefined || /connection|terminated|closed/i.test(text);
  const errorType = /timed?.?out/i.test(text) ? 'timeout' : isWay ? 'unreachable' : 'other';
  return { queryType, errorType, sqlstateClass: undefined };
}
