import { createServer } from 'node:http';
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node';
import { McpServer } from '@modelcontextprotocol/server';
import { Pool } from 'pg';
import { instrument } from '../instrument/instrument.ts';
import { reasonOf, runChildProgram } from './child-program.ts';
import type { RunningChild } from './child-program.ts';
import { brokenNow, isBroken } from './demo-breaks.ts';
import { registerDemoTools, warmUsers } from './demo-tools.ts';
import { poolSize } from './pool-size.ts';
import { createRecentValues } from './recent-values.ts';
import { createMemoryLeak } from './retain-memory.ts';
import { seedDatabase } from './seed-database.ts';
import { serveBothEras } from './serve-both-eras.ts';
import { serveHttp } from './serve-http.ts';

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name}: want a URL, got nothing`);
  return value;
}

/** Those of the users that are asked for most often: about as many look-ups hit as in the benchmark document. */
const cachedUsers = 600;
const cachedForMs = 30 * 60_000;

/**
 * Starts the demo's MCP server at `/mcp`, for both eras, and its metrics at `/metrics`. Environment:
 * `DATABASE_URL`, `WEATHER_URL`, `DEMO_SERVER_PORT` (default: a free one), `DEMO_SERVER_HOST` (default: loopback),
 * `DEMO_BREAKS` (what is broken on request).
 */
async function startDemoServer(): Promise<RunningChild> {
  const weatherUrl = required('WEATHER_URL');
  const pool = new Pool({
    connectionString: required('DATABASE_URL'),
    max: poolSize,
    connectionTimeoutMillis: 10_000,
  });
  // A lost idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => process.stderr.write(`database connection: ${reasonOf(error)}\n`));
  await seedDatabase(pool);
  // What only the server knows: the sidecar measures its calls and its queries from outside.
  const vitals = instrument();
  const users = vitals.cache('l1', createRecentValues<Record<string, unknown>>(cachedUsers, cachedForMs));
  await warmUsers({ pool, users }, cachedUsers);
  const showMetrics = vitals.express();

  const leak = isBroken('memory') ? createMemoryLeak() : undefined;
  const endpoint = serveBothEras({
    createServer: () => {
      const server = new McpServer({ name: 'mcp-vitals-demo', version: '1.0.0' });
      registerDemoTools(server, { pool, users, weatherUrl, weatherTimeoutMs: 2000, breaks: brokenNow() });
      return server;
    },
  });
  const host = process.env['DEMO_SERVER_HOST'] ?? '127.0.0.1';
  // On loopback a browser could be made to call it. Elsewhere it is called by names that only its network knows.
  const guardsHost = host === '127.0.0.1';
  const validHost = localhostHostValidation();
  const validOrigin = localhostOriginValidation();
  const server = createServer((request, response) => {
    if (guardsHost && !(validHost(request, response) && validOrigin(request, response))) return;
    if (request.url === '/metrics') {
      void showMetrics(request, response);
      return;
    }
    if (request.url !== '/mcp') {
      response.writeHead(404).end();
      return;
    }
    leak?.();
    endpoint.handle(request, response).catch((error: unknown) => {
      process.stderr.write(`request: ${reasonOf(error)}\n`);
      response.destroy();
    });
  });
  const listening = await serveHttp(server, Number(process.env['DEMO_SERVER_PORT'] ?? 0), host);
  return {
    ready: { url: `${listening.origin}/mcp` },
    stop: async () => {
      await endpoint.close();
      await listening.close();
      await pool.end();
      await vitals.stop();
    },
  };
}

await runChildProgram(startDemoServer);
