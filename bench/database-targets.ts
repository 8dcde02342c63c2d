import path from 'node:path';
import { freePort, startPinned, untilListening } from './pinned-process.ts';
import { processTree } from './process-cost.ts';

/** Names of everything that is compared, in the order of the tables. */
export const DATABASE_TARGET_NAMES = ['direct', 'plain proxy', 'tap', 'tap not observing'] as const;

/** One of the things compared. */
export type DatabaseTargetName = (typeof DATABASE_TARGET_NAMES)[number];

/** A way to the database that is open. */
export interface DatabaseTarget {
  readonly name: DatabaseTargetName;
  readonly port: number;
  /** Processes whose CPU time and memory count; none of the direct way. */
  readonly pids: readonly number[];
  /** The sidecar's admin server. */
  readonly adminPort?: number;
  /** The last of what it wrote to stderr and stdout. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** What targets are started with. */
export interface DatabaseSurroundings {
  readonly postgresPort: number;
  /** CPU for the targets; undefined leaves it to the kernel. */
  readonly cpu: number | undefined;
  /** Further node options for the sidecar, e.g. `--cpu-prof`. */
  readonly sidecarNodeOptions: readonly string[];
}

const SIDECAR = path.join(import.meta.dirname, '..', 'src', 'main.ts');
const PLAIN_PROXY = path.join(import.meta.dirname, 'plain-tcp-proxy.ts');

async function sidecarCommand(
  port: number,
  adminPort: number,
  { postgresPort, sidecarNodeOptions }: DatabaseSurroundings,
): Promise<string[]> {
  // No MCP traffic is sent: its upstream need not exist.
  const settings = [
    `--upstream http://127.0.0.1:${await freePort()} --listen 127.0.0.1:0 --admin 127.0.0.1:${adminPort}`,
    `--database 127.0.0.1:${postgresPort} --database.listen 127.0.0.1:${port} --database.pool-size 8`,
  ];
  return [process.execPath, ...sidecarNodeOptions, SIDECAR, 'serve', ...settings.join(' ').split(' ')];
}

/** Starts a target and waits until it listens. */
export async function startDatabaseTarget(
  name: DatabaseTargetName,
  around: DatabaseSurroundings,
): Promise<DatabaseTarget> {
  const { postgresPort, cpu } = around;
  if (name === 'direct') {
    return { name, port: postgresPort, pids: [], output: () => '', stop: async () => {} };
  }
  const port = await freePort();
  const isPlain = name === 'plain proxy';
  const adminPort = isPlain ? undefined : await freePort();
  const command =
    adminPort === undefined
      ? [process.execPath, PLAIN_PROXY, String(port), String(postgresPort)]
      : await sidecarCommand(port, adminPort, around);
  if (name === 'tap not observing') command.push('--tap.enabled', 'false');
  const started = startPinned(command, { cpu, ipc: isPlain });
  try {
    await untilListening(started, port);
  } catch (error) {
    await started.stop();
    throw error;
  }
  return {
    name,
    port,
    pids: processTree(started.pid),
    ...(adminPort === undefined ? {} : { adminPort }),
    output: started.output,
    stop: started.stop,
  };
}

/** Queries that the sidecar reports on `/metrics`, to show that it measured what it carried. */
export async function observedQueries({ name, adminPort }: DatabaseTarget): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`, {
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`${name}: want /metrics with status 200, got ${response.status}`);
  let count = 0;
  for (const line of (await response.text()).split('\n')) {
    const found = /^database_query_duration_seconds_count(?:\{.*\})? (\S+)/.exec(line);
    count += Number(found?.[1] ?? 0);
  }
  return count;
}
