import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { select, total, totalBy } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { postgresBin } from '../harness/postgres.ts';
import { prometheusPath, promtoolPath } from '../harness/prometheus.ts';
import { redisPath } from '../harness/redis.ts';
import { describeWith } from '../harness/requirement.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startAllSources } from './sources-stack.ts';
import type { Sources } from './sources-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** The first of the programs that is not there, if one is not. */
const program = [postgresBin, redisPath, prometheusPath].find((path) => !existsSync(path)) ?? postgresBin;

describeWith(program, 'apt-get install it')('all sources of one sidecar', () => {
  const KINDS = ['postgres', 'process', 'prometheus', 'redis', 'scrape'];
  let sidecar: Sidecar;
  let all: Sources;
  beforeAll(async () => {
    all = await startAllSources(stack);
    ({ sidecar } = all);
  }, 90_000);

  const up = (samples: readonly ScrapedSample[]): Record<string, number> =>
    Object.fromEntries(
      select(samples, 'mcp_vitals_source_up').map(({ labels, value }) => [labels['source'], value]),
    );
  const allUp = Object.fromEntries(KINDS.map((kind) => [kind, 1]));
  const namesOf = (samples: readonly ScrapedSample[], prefix: string): string[] =>
    [...new Set(samples.map(({ name }) => name))].filter((name) => name.startsWith(prefix)).toSorted();

  const PROCESS_NAMES = [
    'mcp_process_cpu_cores',
    'mcp_process_cpu_limit_cores',
    'mcp_process_cpu_ratio',
    'mcp_process_memory_bytes',
    'mcp_process_open_files',
    'mcp_process_open_files_limit',
    'mcp_process_restarts_total',
    'mcp_process_sockets',
    'mcp_process_start_time_seconds',
    'mcp_process_threads',
    'mcp_processes',
  ];
  const POSTGRES_NAMES = [
    'mcp_postgres_deadlocks_total',
    'mcp_postgres_max_connections',
    'mcp_postgres_oldest_transaction_age_seconds',
    'mcp_postgres_sessions',
    'mcp_postgres_waiting_sessions',
  ];
  const REDIS_NAMES = [
    'mcp_redis_blocked_clients',
    'mcp_redis_clients',
    'mcp_redis_evicted_keys_total',
    'mcp_redis_memory_bytes',
    'mcp_redis_memory_limit_bytes',
    'mcp_redis_rejected_connections_total',
  ];

  test('puts every documented sample on the page, with ratios between 0 and 1', async () => {
    await eventually(async () => {
      await all.traffic();
      const samples = await sidecar.metrics();
      expect(up(samples)).toEqual(allUp);
      // Where the test's own cgroup has a limit of memory, that is there as well.
      const processNames = namesOf(samples, 'mcp_process').filter((n) => !n.endsWith('memory_limit_bytes'));
      expect(processNames).toEqual(PROCESS_NAMES);
      expect(namesOf(samples, 'mcp_postgres_')).toEqual(POSTGRES_NAMES);
      expect(namesOf(samples, 'mcp_redis_')).toEqual(REDIS_NAMES);
      expect(totalBy(samples, 'cache_hit_rate', ['cache_type'])).toEqual({
        l1: 0.75,
        postgres: expect.any(Number),
        sessions: expect.any(Number),
      });
      expect(totalBy(samples, 'connection_pool_usage', ['pool_type'])).toEqual({
        orders: 0.25,
        everybody: expect.any(Number),
        http: 0.3,
        pgbouncer: 0.25,
        // The tap sees the same session.
        database: 0.125,
      });
      for (const name of ['cache_hit_rate', 'connection_pool_usage']) {
        for (const { value } of select(samples, name)) {
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }
      expect(total(samples, 'cache_hit_rate', { cache_type: 'sessions' })).toBeLessThan(1);
    }, 30_000);
    const samples = await sidecar.metrics();
    expect(total(samples, 'mcp_processes')).toBe(1);
    expect(total(samples, 'mcp_process_sockets', { state: 'listen' })).toBeGreaterThan(0);
    expect(total(samples, 'mcp_process_memory_bytes')).toBeGreaterThan(10e6);
    const started = total(samples, 'mcp_process_start_time_seconds') * 1000;
    expect(Math.abs(Date.now() - started)).toBeLessThan(120_000);
    expect(total(samples, 'mcp_postgres_sessions', { state: 'idle_in_transaction' })).toBe(1);
    expect(total(samples, 'mcp_redis_memory_limit_bytes')).toBe(50 * 1024 * 1024);
    for (const source of KINDS) {
      expect(
        total(samples, 'mcp_vitals_source_readings_total', { source, result: 'success' }),
      ).toBeGreaterThan(0);
      const lastSuccess = total(samples, 'mcp_vitals_source_last_success_timestamp_seconds', { source });
      expect(Math.abs(Date.now() / 1000 - lastSuccess)).toBeLessThan(30);
    }
  }, 60_000);

  test('leaves promtool nothing to complain of', async () => {
    const text = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
    expect(text).toContain('\nmcp_redis_clients ');
    const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-page-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'page.txt'), text);
    const run = await runProcess({
      command: '/bin/sh',
      args: ['-c', '"$1" check metrics < "$2"', 'sh', promtoolPath, join(folder, 'page.txt')],
    });
    expect([run.stdout, run.stderr, run.code]).toEqual(['', '', 0]);
  }, 30_000);

  test('shows the same in its status', async () => {
    const status: unknown = await (await fetch(`${sidecar.adminUrl}/api/v1/status`)).json();
    expect(status).toMatchObject({
      backends: {
        database: { connections: 1, opaque: 0, busy: 1 },
        pools: expect.arrayContaining([{ type: 'http', ratio: 0.3 }]),
        process: { memoryBytes: expect.any(Number), threads: expect.any(Number) },
        failing: [],
      },
    });
  });

  test.each([
    { source: 'redis', prefix: 'mcp_redis_', cache: 'sessions', pools: [] },
    {
      source: 'postgres',
      prefix: 'mcp_postgres_',
      cache: 'postgres',
      // The third is what the tap knows: nothing, while no connection is open.
      pools: ['orders', 'everybody', 'database'],
    },
    { source: 'scrape', prefix: 'none', cache: 'l1', pools: ['http'] },
    { source: 'process', prefix: 'mcp_process_', cache: 'none', pools: [] },
  ] as const)(
    'without $source only what it measures is absent, and all is back when that is',
    async ({ source, prefix, cache, pools }) => {
      const before = await sidecar.metrics();
      const wanted = namesOf(before, prefix);
      const types = (samples: readonly ScrapedSample[]): string[] =>
        [
          ...select(samples, 'connection_pool_usage').map(({ labels }) => labels['pool_type'] ?? ''),
          ...select(samples, 'cache_hit_rate').map(({ labels }) => labels['cache_type'] ?? ''),
        ].toSorted();
      await all.parts[source].break();
      await eventually(async () => {
        await all.traffic();
        const samples = await sidecar.metrics();
        expect(up(samples)).toEqual({ ...allUp, [source]: 0 });
        expect(namesOf(samples, prefix)).toEqual([]);
        const gone: readonly string[] = [cache, ...pools];
        // The hit rate of PostgreSQL comes and goes with its traffic, that of Redis as well.
        const steady = ['orders', 'everybody', 'http', 'pgbouncer', 'database', 'l1'];
        expect(types(samples).filter((type) => gone.includes(type))).toEqual([]);
        expect(types(samples)).toEqual(expect.arrayContaining(steady.filter((type) => !gone.includes(type))));
      });
      const failures = { source, result: 'failure' };
      expect(total(await sidecar.metrics(), 'mcp_vitals_source_readings_total', failures)).toBeGreaterThan(0);
      const status: unknown = await (await fetch(`${sidecar.adminUrl}/api/v1/status`)).json();
      expect(status).toMatchObject({ backends: { failing: [source] } });

      await all.parts[source].mend();
      await eventually(async () => {
        await all.traffic();
        const samples = await sidecar.metrics();
        expect(up(samples)).toEqual(allUp);
        expect(namesOf(samples, prefix)).toEqual(wanted);
        if (cache !== 'none') expect(types(samples)).toContain(cache);
        expect(types(samples)).toEqual(expect.arrayContaining([...pools]));
      });
      expect(sidecar.stderr()).toContain(`source ${source}: read again`);
    },
    60_000,
  );

  test('counts the restart of the server, and no other', async () => {
    const samples = await sidecar.metrics();
    expect(total(samples, 'mcp_process_restarts_total')).toBe(1);
    expect(
      total(samples, 'mcp_vitals_source_readings_total', { source: 'prometheus', result: 'failure' }),
    ).toBe(0);
    await all.session().query('COMMIT');
    await eventually(async () => {
      const after = await sidecar.metrics();
      expect(total(after, 'mcp_postgres_oldest_transaction_age_seconds')).toBe(0);
      expect(select(after, 'connection_pool_usage', { pool_type: 'orders' })[0]?.value).toBe(0);
    });
  }, 30_000);

  test('keeps its passwords to itself', async () => {
    const pages = await Promise.all(
      ['/metrics', '/api/v1/status'].map(async (path) => (await fetch(`${sidecar.adminUrl}${path}`)).text()),
    );
    expect(pages.join('') + sidecar.stderr() + sidecar.stdout()).not.toMatch(/planted/);
  });
});
