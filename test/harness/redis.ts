import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { freePort } from './free-port.ts';
import { startProcess } from './start-process.ts';
import type { TestProcess } from './start-process.ts';

/** Where Debian's package `redis-server` puts the server. */
export const redisPath = '/usr/bin/redis-server';

/** A Redis that a test owns: nothing is saved, and without arguments nobody is asked for a password. */
export interface Redis {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Runs commands one after the other on a connection of their own and returns the last one's reply. */
  readonly run: (...commands: readonly (readonly string[])[]) => Promise<unknown>;
  /** Kills the server without a goodbye; {@link Redis.resume} brings it back on the same port, empty. */
  readonly kill: () => Promise<void>;
  readonly resume: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Stops the server and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Starts redis-server on a free port of 127.0.0.1; `args` are further arguments, e.g. `['--maxmemory', '5mb']`. */
export async function startRedis({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<Redis> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-redis-'));
  const port = await freePort();
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const start = (): Promise<TestProcess> =>
    startProcess({
      command: redisPath,
      args: [...own, ...args],
      ready: [/Ready to accept connections/],
    });
  let server = await start();
  const resume = async (): Promise<void> => {
    server = await start();
  };
  const kill = async (): Promise<void> => {
    server.signal('SIGKILL');
    await server.exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    run: async (...commands) => {
      // RESP 2 and no client info: nothing is sent that a version or an account might refuse.
      const client = createClient({
        RESP: 2,
        disableClientInfo: true,
        socket: { host: '127.0.0.1', port, reconnectStrategy: false },
      });
      client.on('error', () => undefined);
      await client.connect();
      try {
        let reply: unknown;
        for (const command of commands) reply = await client.sendCommand([...command]);
        return reply;
      } finally {
        client.destroy();
      }
    },
    kill,
    resume,
    restart: async () => {
      await kill();
      await resume();
    },
    signal: (signal) => server.signal(signal),
    stop: async () => {
      server.signal('SIGCONT');
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
