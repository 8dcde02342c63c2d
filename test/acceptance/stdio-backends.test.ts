import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../harness/clients.ts';
import type { TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { select, total } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { freePort, listenOnLoopback } from '../harness/free-port.ts';
import { postgresBin, startPostgres } from '../harness/postgres.ts';
import type { Postgres } from '../harness/postgres.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { scrape, toolCalls, unobserved } from '../harness/scrape.ts';
import { stdioServers, venvPython } from '../harness/servers.ts';
import { mainPath } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectionKinds, databaseErrors, databaseUrl, queries } from './database-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** A client of a server behind `mcp-vitals stdio`. */
interface Measured {
  readonly client: TestClient;
  readonly metrics: () => Promise<ScrapedSample[]>;
  readonly log: () => string;
}

async function measured(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  let log = '';
  const sidecar = [
    process.execPath,
    mainPath,
    'stdio',
    '--admin',
    '127.0.0.1:0',
    '--log.level',
    'info',
    '--',
  ];
  const client = await connect('sdk1', {
    stdio: [...sidecar, ...command],
    env,
    onStderr: (text) => (log += text),
  });
  stack.defer(client.abandon);
  let metricsUrl = '';
  await eventually(() => {
    metricsUrl = /metrics on (http:\/\/\S+\/metrics)/.exec(log)?.[1] ?? '';
    expect(metricsUrl).not.toBe('');
  });
  return { client, metrics: () => scrape(metricsUrl), log: () => log };
}

test('the process of a stdio server is measured without a word of configuration', async () => {
  const { client, metrics } = await measured(stdioServers.memory);
  expect(await client.listTools()).toBeDefined();
  await eventually(async () => {
    const samples = await metrics();
    expect(total(samples, 'mcp_vitals_source_up', { source: 'process' })).toBe(1);
    // The server alone, not the sidecar that is its parent.
    expect(total(samples, 'mcp_processes')).toBe(1);
    expect(total(samples, 'mcp_process_threads')).toBeGreaterThan(1);
    expect(total(samples, 'mcp_process_memory_bytes')).toBeGreaterThan(10e6);
    expect(total(samples, 'mcp_process_open_files')).toBeGreaterThan(3);
    expect(total(samples, 'mcp_process_restarts_total')).toBe(0);
    // No other source, no tap.
    expect(select(samples, 'mcp_vitals_source_up')).toHaveLength(1);
    expect(select(samples, 'mcp_database_transactions_open')).toEqual([]);
  });
}, 60_000);

test('its interval is what sources.process.interval says', async () => {
  const { metrics } = await measured(stdioServers.memory, { MCP_VITALS_SOURCES_PROCESS_INTERVAL: '1s' });
  await eventually(async () => {
    const samples = await metrics();
    expect(total(samples, 'mcp_vitals_source_readings_total', { source: 'process' })).toBeGreaterThan(2);
    expect(select(samples, 'mcp_process_cpu_cores')).toHaveLength(1);
  }, 8000);
}, 60_000);

describeWith(postgresBin, 'apt-get install postgresql')('a stdio server with a database', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = stack.use(await startPostgres());
  }, 60_000);
  const server = [venvPython, inRepository('test', 'servers', 'database_server.py')];

  describeWith(venvPython, '.cache/venv/bin/pip install fastmcp psycopg[binary]')('in Python', () => {
    test('that asks it through the tap is answered, and every query is counted', async () => {
      const port = await freePort();
      const { client, metrics, log } = await measured(server, {
        MCP_VITALS_DATABASE: `127.0.0.1:${postgres.port}`,
        MCP_VITALS_DATABASE_LISTEN: `127.0.0.1:${port}`,
        DATABASE_URL: databaseUrl(postgres, port),
        PYTHONDONTWRITEBYTECODE: '1',
      });
      for (const number of [10, 1000])
        expect(await client.callTool('count', { number })).toMatchObject({
          content: [{ type: 'text', text: String(number) }],
        });
      await eventually(async () => {
        const samples = await metrics();
        expect(toolCalls(samples)).toEqual({ 'count ok': 2 });
        expect(queries(samples)).toEqual({ begin: 2, select: 2, commit: 2 });
        expect(connectionKinds(samples)).toEqual({ plain: 2 });
        expect(databaseErrors(samples)).toEqual({});
        expect(unobserved(samples)).toEqual({});
        expect(total(samples, 'mcp_processes')).toBe(1);
      });
      // Both clocks agree: the database's share lies within the calls'.
      const samples = await metrics();
      expect(total(samples, 'database_query_duration_seconds_sum')).toBeLessThan(
        total(samples, 'request_duration_seconds_sum', { method: 'tools/call' }),
      );
      expect(log()).not.toContain(postgres.password);
    }, 60_000);
  });

  test('runs all the same where the port of the tap is taken, and the log says so', async () => {
    const occupant = createServer();
    const port = await listenOnLoopback(occupant);
    stack.defer(() => new Promise((resolve) => occupant.close(resolve)));
    const { client, metrics, log } = await measured(stdioServers.memory, {
      MCP_VITALS_DATABASE: `127.0.0.1:${postgres.port}`,
      MCP_VITALS_DATABASE_LISTEN: `127.0.0.1:${port}`,
    });
    expect(await client.listTools()).toBeDefined();
    expect(log()).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}: address already in use.*not measured`));
    await eventually(async () => expect(total(await metrics(), 'mcp_processes')).toBe(1));
  }, 60_000);
});
