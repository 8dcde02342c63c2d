import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObserveConnection } from '../model/connection.ts';
import { listenOn } from '../model/listen-on.ts';
import { ActiveList } from './active-list.ts';
import { DatabaseConnection } from './database-connection.ts';
import type { DatabaseProxySettings } from './database-settings.ts';
import type { OnObserverError } from './observer-guard.ts';
import { probePeer } from './probe-peer.ts';

export type { DatabaseProxySettings };

/** How often a drain looks for connections that may be cut. */
const DRAIN_LOOK_MS = 100;
/** Turns of the event loop that a destroyed socket may take to say so. */
const MOST_TURNS = 1000;

/** What a proxy before a database needs to run. */
export interface DatabaseProxyOptions {
  /** Port 0 takes any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Asked for each connection, so that a reload takes effect with the next one. */
  readonly settings: () => DatabaseProxySettings;
  readonly observe?: ObserveConnection;
  /** Is told what an observer threw, once per connection. */
  readonly onObserverError: OnObserverError;
}

/** A running proxy before a database. */
export interface DatabaseProxy {
  readonly address: AddressInfo;
  /** Client connections that have not ended. */
  readonly connections: () => number;
  /**
   * Stops accepting, closes what is idle (a pool's connections never end by themselves), lets queries and transactions
   * end, and cuts what is left after the limit.
   */
  readonly drain: (limitMs: number) => Promise<void>;
}

/**
 * Starts a transparent TCP proxy before a PostgreSQL: one connection there for each one here.
 *
 * @throws Error `listen 127.0.0.1:5432: address already in use` and the like
 */
export async function startDatabaseProxy(options: DatabaseProxyOptions): Promise<DatabaseProxy> {
  const { listen, settings, observe, onObserverError } = options;
  const active = new ActiveList<DatabaseConnection>();
  let onIdle: (() => void) | undefined;
  const context = {
    observe,
    onObserverError,
    onDone: (connection: DatabaseConnection) => {
      active.delete(connection);
      onIdle?.();
    },
  };
  const server = net.createServer(
    {
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: true,
    },
    (client) => {
      probePeer(client);
      active.add(new DatabaseConnection(context, client, settings()));
    },
  );
  const address = await listenOn(server, listen);

  async function drain(limitMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      onIdle = () => {
        if (active.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      const look = (): void => {
        for (const connection of active.toArray()) if (connection.mayCut()) connection.cut();
      };
      const looks = setInterval(look, DRAIN_LOOK_MS);
      void closed.then(() => clearInterval(looks));
      look();
      onIdle();
    });
    for (const connection of active.toArray()) connection.cut();
    await closed;
    // The databases' ends of them report their closing within a turn or two; they are destroyed in any case.
    for (let turn = 0; active.size > 0 && turn < MOST_TURNS; turn++) await nextTurn();
  }

  return { address, connections: () => active.size, drain };
}
