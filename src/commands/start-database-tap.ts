import type { DatabaseConfig } from '../config/backends-config.ts';
import type { Config } from '../config/config.ts';
import { exportDatabaseActivity } from '../metrics/database-recorder.ts';
import type { Clock } from '../model/clock.ts';
import type { DatabaseActivity } from '../model/database-traffic.ts';
import type { Log } from '../model/log.ts';
import type { Sample } from '../model/sample.ts';
import { startDatabaseProxy } from '../proxy/database-proxy.ts';
import type { DatabaseProxySettings } from '../proxy/database-settings.ts';
import { createPostgresTap } from '../taps/postgres-tap.ts';
import { errorDetail } from './error-text.ts';
import type { Observation } from './observation.ts';
import { originOf } from './start-admin.ts';

/** A running tap before a database. */
export interface DatabaseTap {
  /** Where connections to the database are taken. */
  readonly address: { readonly host: string; readonly port: number };
  readonly activity: () => DatabaseActivity;
  /** Lets queries and transactions end within the limit, then cuts the connections. */
  readonly drain: (limitMs: number) => Promise<void>;
}

/** What a database tap is given from outside. */
export interface DatabaseTapParts {
  readonly observation: Observation;
  readonly clock: Clock;
  readonly log: Log;
}

/** Share of the server's pool that is in use; absent while no connection is open or one cannot be looked into. */
export function poolUsage(
  { connections }: DatabaseActivity,
  { poolSize, poolType }: Pick<DatabaseConfig, 'poolSize' | 'poolType'>,
): readonly Sample[] {
  const { idle, active, idle_in_transaction: inTransaction, opaque } = connections;
  const inUse = active + inTransaction;
  if (poolSize === undefined || opaque > 0 || inUse + idle === 0) return [];
  const value = Math.min(1, inUse / poolSize);
  return [{ name: 'connection_pool_usage', labels: { pool_type: poolType }, value }];
}

/**
 * Starts the proxy before the database and the tap on it.
 * @param config asked each time, so that a reload takes effect with the next connection.
 * @throws Error if the address cannot be listened on.
 */
export async function startDatabaseTap(
  initial: DatabaseConfig,
  config: () => Config,
  { observation, clock, log }: DatabaseTapParts,
): Promise<DatabaseTap> {
  const inForce = (): DatabaseConfig => config().database ?? initial;
  const { registry, board, database } = observation;
  const tap = createPostgresTap(inForce, database, clock);
  const proxy = await startDatabaseProxy({
    listen: initial.listen,
    settings: (): DatabaseProxySettings => {
      const { upstream, tlsMode, tls, connectTimeoutMs } = inForce();
      return { upstream, tlsMode, tls, connectTimeoutMs };
    },
    observe: () => (config().tap.enabled ? tap.observe() : undefined),
    onObserverError: (error) => {
      database.dropped('tap_error');
      log('error', `database tap: ${errorDetail(error)}`);
    },
  });
  exportDatabaseActivity(registry, () => (config().tap.enabled ? tap.activity() : undefined));
  board.putLive('database', 'connection_pool_usage', () => poolUsage(tap.activity(), inForce()));
  const { host, port } = initial.upstream;
  log('info', `database on ${originOf(proxy.address, 'tcp')}, forwarded to ${host}:${port}`);
  return {
    address: { host: proxy.address.address, port: proxy.address.port },
    activity: tap.activity,
    drain: proxy.drain,
  };
}
