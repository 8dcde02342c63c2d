import { BREAKS_VARIABLE, type DemoBreakName } from './demo-breaks.ts';
import { startChild } from './start-child.ts';
import type { Child } from './start-child.ts';

/** Options of {@link startDemo}. */
export interface StartDemoOptions {
  /** Called with one clear line if a child process ends by itself. */
  readonly onFailure: (reason: string) => void;
  /** An existing PostgreSQL; without it an embedded one is started. */
  readonly databaseUrl?: string;
  /** What is broken on purpose; without it nothing is. */
  readonly breaks?: readonly DemoBreakName[];
  /** Where the server listens; without it on a free port. */
  readonly serverPort?: number;
  /** The address it listens on; without it loopback. */
  readonly serverHost?: string;
  /** Puts something between the server and its database: takes the database's URL, gives the URL to use. */
  readonly databaseVia?: (databaseUrl: string) => Promise<string>;
}

/** Load that the demo's clients make. */
export interface ClientLoad {
  /** Tool calls a second, of all clients together. */
  readonly ratePerSecond: number;
}

/** A running demo. */
export interface Demo {
  /** Where the MCP server listens, e.g. `http://127.0.0.1:40123/mcp`. */
  readonly serverUrl: string;
  /** Process id of the MCP server. */
  readonly serverPid: number;
  /** The database's own URL, with its password. */
  readonly databaseUrl: string;
  /** Starts clients of both eras that call the server through this URL; `stop` ends their sessions first. */
  readonly startClients: (url: string, load: ClientLoad) => Promise<{ readonly stop: () => Promise<void> }>;
  /** Ends everything that was started, clients first. */
  readonly stop: () => Promise<void>;
}

function valueOf(child: Child, name: string): string {
  const value = child.ready[name];
  if (value === undefined) throw new Error(`demo process ${child.pid}: want a ${name}, got none`);
  return value;
}

/**
 * Starts the embedded default, each part in a process of its own: PostgreSQL
 * (PGlite), a weather service, and the MCP server on top of them. Nothing but
 * Node is needed. All of it ends with this process, however that ends.
 */
export async function startDemo(options: StartDemoOptions): Promise<Demo> {
  const { onFailure, serverPort = 0, serverHost = '127.0.0.1', breaks = [] } = options;
  const children: Child[] = [];
  const start = async (program: string, env: Readonly<Record<string, string>>): Promise<Child> => {
    const broken = { [BREAKS_VARIABLE]: breaks.join(',') };
    const child = await startChild({ program, env: { ...env, ...broken }, onFailure });
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (const child of children.splice(0).toReversed()) await child.stop();
  };

  try {
    const [database, weather] = await Promise.allSettled([
      options.databaseUrl === undefined ? start('demo-database', {}) : undefined,
      start('weather-service', {}),
    ]);
    if (database.status === 'rejected') throw database.reason;
    if (weather.status === 'rejected') throw weather.reason;
    const ownUrl = options.databaseUrl ?? (database.value && valueOf(database.value, 'url')) ?? '';
    const server = await start('demo-server', {
      DATABASE_URL: (await options.databaseVia?.(ownUrl)) ?? ownUrl,
      WEATHER_URL: valueOf(weather.value, 'url'),
      DEMO_SERVER_PORT: String(serverPort),
      DEMO_SERVER_HOST: serverHost,
    });
    return {
      serverUrl: valueOf(server, 'url'),
      serverPid: server.pid,
      databaseUrl: ownUrl,
      startClients: async (url, load) => {
        const clients = await start('demo-clients', { MCP_URL: url, RATE: String(load.ratePerSecond) });
        return { stop: clients.stop };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
