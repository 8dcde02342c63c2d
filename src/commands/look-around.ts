import { availableParallelism, networkInterfaces, totalmem } from 'node:os';
import { createServer } from 'node:net';
import { systemClock } from '../model/clock.ts';
import { readCgroupLimits } from '../sources/cgroup-limits.ts';
import { expositionFormat, parseExposition } from '../sources/exposition-parser.ts';
import { createHttpClient } from '../sources/http-client.ts';
import { checkUpstream } from './check-upstream.ts';
import { findServerPid } from './find-server-pid.ts';

const ASK_MS = 5000;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** Further ports that are tried where the usual one is taken. */
const MOST_PORTS = 20;
/** Series that the scrape source takes over without a mapping. */
const TAKEN_OVER: ReadonlySet<string> = new Set(['cache_hit_rate', 'connection_pool_usage']);

/** Whether a host is this machine, as seen without asking a name server. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** The process that listens on a port of this machine; undefined where none can be seen. */
export const processOnPort = (port: number): Promise<number | undefined> =>
  findServerPid({ port, intervalMs: ASK_MS, timeoutMs: ASK_MS }, undefined, systemClock);

/** What a process of this machine may use, or the machine itself has. */
export function machineOf(pid: number | undefined): {
  readonly vcpus: number;
  readonly memoryBytes: number;
} {
  const limits =
    process.platform === 'linux' ? readCgroupLimits('/proc', '/sys/fs/cgroup', pid ?? process.pid) : {};
  const { cpuCores = Number.POSITIVE_INFINITY, memoryBytes = Number.POSITIVE_INFINITY } = limits;
  return {
    vcpus: Math.min(availableParallelism(), cpuCores),
    memoryBytes: Math.min(totalmem(), memoryBytes),
  };
}

/** The server's page of metrics at `/metrics`; undefined where there is none, or only for those who have a token. */
export async function findMetricsPage(
  origin: string,
): Promise<{ readonly path: string; readonly isTaken: boolean } | undefined> {
  const client = createHttpClient({ connections: 1, maxBytes: MAX_PAGE_BYTES });
  try {
    const question = { url: new URL('/metrics', origin), accept: 'text/plain' };
    const { statusCode, contentType, text } = await client.ask(question, AbortSignal.timeout(ASK_MS));
    const format = expositionFormat(contentType);
    if (statusCode !== 200 || format === undefined) return undefined;
    const series = parseExposition(text, format, () => true);
    if (series.length === 0) return undefined;
    return { path: '/metrics', isTaken: series.some(({ name }) => TAKEN_OVER.has(name)) };
  } catch {
    // No page, or none in this format: there is nothing to tell, since nobody said that there is one.
    return undefined;
  } finally {
    await client.close();
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });

/** The port, or the next one that is free on loopback; undefined if none of the next is. */
export async function freePortFrom(first: number, taken: ReadonlySet<number>): Promise<number | undefined> {
  for (let port = first; port < first + MOST_PORTS; port += 1) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  return undefined;
}

/** Whether a port of this machine is reached on an address other than loopback, as a container has to. */
export async function isReachedFromContainers(port: number): Promise<boolean> {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const own = addresses.filter(({ internal, family }) => !internal && family === 'IPv4');
  const answers = await Promise.all(
    own.map(({ address }) => checkUpstream(new URL(`http://${address}:${port}`))),
  );
  return answers.some(({ ready }) => ready);
}
