import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../harness/free-port.ts';
import { startHandServer } from '../harness/hand-server.ts';
import type { HandServer } from '../harness/hand-server.ts';
import { startPostgres } from '../harness/postgres.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { startRedis } from '../harness/redis.ts';
import { inRepository } from '../harness/repository.ts';
import { startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { startProcess } from '../harness/start-process.ts';
import type { TestProcess } from '../harness/start-process.ts';
import type { StopStack } from '../harness/stop-stack.ts';
import { announcedDatabase, databaseUrl } from './database-sidecar.ts';

const POSTGRES_PASSWORD = 'planted-postgres-password';
const REDIS_PASSWORD = 'planted-redis-password';
const SCRAPE_TOKEN = 'planted-scrape-token';
const everything = inRepository(
  'node_modules',
  '@modelcontextprotocol',
  'server-everything',
  'dist',
  'index.js',
);

/** The reference server on a port, as a supervisor would start it again and again. */
const startServer = (port: number): Promise<TestProcess> =>
  startProcess({
    command: process.execPath,
    args: [everything, 'streamableHttp'],
    env: { PORT: String(port) },
    ready: [/on port \d+/],
  });

/** The server's own metrics page: of four lookups three are hits, of ten connections three are in use. */
async function startPage(port = 0): Promise<HandServer> {
  let readings = 0;
  return startHandServer((_body, response, { headers }) => {
    if (headers.authorization !== `Bearer ${SCRAPE_TOKEN}`) {
      response.writeHead(401).end();
      return;
    }
    readings += 1;
    const lines = [
      `app_cache_total{result="hit"} ${3 * readings}`,
      `app_cache_total{result="miss"} ${readings}`,
      'app_http_connections_in_use 3',
      'app_http_connections_max 10',
    ];
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${lines.join('\n')}\n`);
  }, port);
}

const sourcesOf = (ports: Readonly<Record<string, number>>): string => `
  process: { port: ${ports['server']}, interval: 1s }
  postgres:
    url: postgres://vitals@127.0.0.1:${ports['postgres']}/postgres
    passwordFile: postgres-password
    pools:
      - { poolType: orders, size: 4, applicationName: orders-mcp }
      - { poolType: everybody, database: postgres }
    interval: 1s
  redis: { url: redis://vitals@127.0.0.1:${ports['redis']}, cacheType: sessions, interval: 1s }
  scrape:
    url: http://127.0.0.1:${ports['page']}/metrics
    interval: 1s
    map:
      - to: cache_hit_rate
        labels: { cache_type: l1 }
        hits: 'app_cache_total{result="hit"}'
        lookups: app_cache_total
      - to: connection_pool_usage
        labels: { pool_type: http }
        value: app_http_connections_in_use
        of: app_http_connections_max
  prometheus:
    url: http://127.0.0.1:${ports['prometheus']}
    interval: 1s
    queries:
      - { to: connection_pool_usage, labels: { pool_type: pgbouncer }, query: count(up) / 4 }
`;

/** A part that a test can take away and bring back. */
export interface Breakable {
  readonly break: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}

/** A sidecar with a database tap and every source, each read once a second, and what they read. */
export interface Sources {
  readonly sidecar: Sidecar;
  /** What stands behind a source, by the source's name. */
  readonly parts: Readonly<Record<'redis' | 'postgres' | 'scrape' | 'process', Breakable>>;
  /** The session of the server's pool: through the tap, in a transaction. */
  readonly session: () => Client;
  /** Makes traffic for the rates: of four lookups in Redis three are hits, and PostgreSQL reads a table. */
  readonly traffic: () => Promise<void>;
}

/** Starts a PostgreSQL, a Redis, a Prometheus, a server with a metrics page, and the sidecar that reads them. */
export async function startAllSources(stack: StopStack): Promise<Sources> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-sources-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const serverPort = await freePort();
  const [postgres, redis, prometheus] = await Promise.all([
    startPostgres(),
    startRedis({ args: ['--maxmemory', '50mb'] }),
    startPrometheus(
      (port) =>
        `global: { scrape_interval: 1s, scrape_timeout: 1s }\nscrape_configs: [{ job_name: own, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`,
    ),
  ]);
  for (const started of [postgres, redis, prometheus]) stack.use(started);
  let page = await startPage();
  stack.defer(() => page.stop());
  let server = await startServer(serverPort);
  stack.defer(() => server.stop());
  await postgres.sql(`CREATE USER vitals PASSWORD '${POSTGRES_PASSWORD}'; GRANT pg_monitor TO vitals`);
  const allow = (): Promise<unknown> =>
    redis.run(['ACL', 'SETUSER', 'vitals', 'on', `>${REDIS_PASSWORD}`, '+info']);
  await allow();

  await writeFile(join(folder, 'postgres-password'), `${POSTGRES_PASSWORD}\n`);
  const ports = {
    server: serverPort,
    postgres: postgres.port,
    redis: redis.port,
    page: page.port,
    prometheus: prometheus.port,
  };
  const database = `{ upstream: '127.0.0.1:${postgres.port}', listen: '127.0.0.1:0', poolSize: 8 }`;
  const file = join(folder, 'mcp-vitals.yaml');
  await writeFile(
    file,
    `upstream: http://127.0.0.1:${serverPort}\ndatabase: ${database}\nsources:${sourcesOf(ports)}`,
  );
  const sidecar = stack.use(
    await startSidecar(['--config', file], {
      MCP_VITALS_SOURCES_REDIS_PASSWORD: REDIS_PASSWORD,
      MCP_VITALS_SOURCES_SCRAPE_TOKEN: SCRAPE_TOKEN,
    }),
  );
  const openSession = async (): Promise<Client> => {
    const client = new Client({
      connectionString: databaseUrl(postgres, announcedDatabase(sidecar)),
      application_name: 'orders-mcp',
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    stack.defer(() => client.end());
    return client;
  };
  let session = await openSession();

  return {
    sidecar,
    session: () => session,
    traffic: async () => {
      const hits = Array.from({ length: 3 }, () => ['GET', 'there']);
      // One of them may be away.
      await Promise.allSettled([
        redis.run(['SET', 'there', '1'], ...hits, ['GET', 'absent']),
        postgres.sql('SELECT count(*) FROM pg_proc'),
      ]);
    },
    parts: {
      redis: {
        break: redis.kill,
        mend: async () => {
          await redis.resume();
          await allow();
        },
      },
      postgres: {
        break: postgres.halt,
        mend: async () => {
          await postgres.resume();
          session = await openSession();
        },
      },
      scrape: {
        break: () => page.stop(),
        mend: async () => {
          page = await startPage(page.port);
        },
      },
      process: {
        break: async () => {
          server.signal('SIGKILL');
          await server.exited;
        },
        mend: async () => {
          server = await startServer(serverPort);
        },
      },
    },
  };
}
