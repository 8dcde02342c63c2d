import type { Server } from 'node:http';

/** A server that listens. */
export interface Listening {
  /** e.g. `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Cuts what is open and waits until the port is free. */
  readonly close: () => Promise<void>;
}

/**
 * Lets a server listen on 127.0.0.1.
 * @param port 0 takes a free one.
 */
export async function listenOnLoopback(server: Server, port: number): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`listening address: want an IP address, got ${String(address)}`);
  }
  return {
    origin: `http://127.0.0.1:${address.port}`,
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
