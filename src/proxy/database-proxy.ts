import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObserveConnection } from '../model/connection.ts';
import { listenOn } from '../model/listen-on.ts';
import { ActiveList } from './active-list.ts';
import { DatabaseConnection } from './database-connection.ts';
import type { DatabaseProxySettings } from './database-settings.ts';
import type { OnObserverError } from './guarded-observer.ts';
import { probePeer } from './probe-peer.ts';

export type { DatabaseProxySettings };

/** How often a drain looks whether it may cut what is left. */
const DRAIN_LOOK_MS = 100;
/** Looks in a row at which nothing had moved before idle connections may be cut. */
const STILL_LOOKS = 10;

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
   * Stops accepting; lets connections end by themselves until the limit, then cuts them.
   * @param mayCut asked when nothing has moved for a second and nobody waits for an answer, as far as that can be told
   * from the bytes: true if nothing is under way, so that a pool's idle connections, which never end by themselves,
   * need not hold the stop up
   */
  readonly drain: (limitMs: number, mayCut?: () => boolean) => Promise<void>;
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

  async function drain(limitMs: number, mayCut = () => false): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      let stillLooks = 0;
      onIdle = () => {
        if (active.size > 0 && !(stillLooks >= STILL_LOOKS && mayCut())) return;
        clearTimeout(timer);
        resolve();
      };
      const looks = setInterval(() => {
        // Each is asked: every one remembers what it has seen.
        const moving = active.toArray().filter((connection) => !connection.stoodStill());
        stillLooks = moving.length === 0 ? stillLooks + 1 : 0;
        onIdle?.();
      }, DRAIN_LOOK_MS);
      void closed.then(() => clearInterval(looks));
      onIdle();
    });
    for (const connection of active.toArray()) connection.cut();
    await closed;
    // The databases' ends of them report their closing within a turn or two.
    while (active.size > 0) await nextTurn();
  }

  return { address, connections: () => active.size, drain };
}
