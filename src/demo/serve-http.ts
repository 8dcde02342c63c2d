import type { Server } from 'node:http';
import { listenOn } from '../model/listen-on.ts';

/** A server that listens. */
export interface Listening {
  /** e.g. `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Cuts what is open and waits until the port is free. */
  readonly close: () => Promise<void>;
}

/**
 * Lets a server of the demo listen.
 * @param port 0 takes a free one.
 * @param host e.g. `127.0.0.1`, or `0.0.0.0` for every address of the machine.
 * @throws Error `listen 127.0.0.1:8000: address already in use` and the like.
 */
export async function serveHttp(server: Server, port: number, host: string): Promise<Listening> {
  const address = await listenOn(server, { host, port });
  return {
    origin: `http://${host}:${address.port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      server.closeAllConnections();
      await closed;
    },
  };
}
