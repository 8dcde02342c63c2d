import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { select, total } from '../harness/exposition.ts';
import { startHandServer } from '../harness/hand-server.ts';
import type { HandServer } from '../harness/hand-server.ts';
import { redisPath, startRedis } from '../harness/redis.ts';
import type { Redis } from '../harness/redis.ts';
import { describeWith } from '../harness/requirement.ts';
import { startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const PASSWORD = 'planted-password';

describeWith(redisPath, 'apt-get install redis-server')('sources on SIGHUP', () => {
  let folder: string;
  let sidecar: Sidecar;
  let redis: Redis;
  let page: HandServer;
  let readings = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-reload-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    redis = stack.use(await startRedis({ args: ['--requirepass', PASSWORD] }));
    page = stack.use(
      await startHandServer((_body, response) => {
        readings += 1;
        response.end('app_in_use 1\napp_max 4\n');
      }),
    );
    await writeFile(join(folder, 'password'), PASSWORD);
    await write('');
    sidecar = stack.use(await startSidecar(['--config', join(folder, 'mcp-vitals.yaml')]));
    // The log announces it a moment before it takes signals.
    await sidecar.metrics();
  }, 60_000);
  beforeEach(() => reload(''));

  const write = (sources: string): Promise<void> =>
    writeFile(
      join(folder, 'mcp-vitals.yaml'),
      `upstream: http://127.0.0.1:9${sources === '' ? '' : `\nsources: ${sources}`}\n`,
    );

  async function reload(sources: string): Promise<void> {
    const said = (): number => sidecar.stderr().split('configuration reloaded').length;
    const before = said();
    await write(sources);
    sidecar.signal('SIGHUP');
    await eventually(() => expect(said()).toBe(before + 1));
  }

  const redisSource = (more = ''): string =>
    `redis: { url: 'redis://127.0.0.1:${redis.port}', passwordFile: password, interval: 1s${more} }`;
  const scrapeSource = (poolType: string): string =>
    `scrape: { url: '${page.url}', interval: 1s, map: [{ to: connection_pool_usage, labels: { pool_type: ${poolType} }, value: app_in_use, of: app_max }] }`;

  /** Sources with their state, and pools with their use. */
  async function seen(): Promise<{ up: Record<string, number>; pools: Record<string, number> }> {
    const samples = await sidecar.metrics();
    const by = (name: string, label: string): Record<string, number> =>
      Object.fromEntries(select(samples, name).map(({ labels, value }) => [labels[label], value]));
    return { up: by('mcp_vitals_source_up', 'source'), pools: by('connection_pool_usage', 'pool_type') };
  }

  test('one that is added is read, one that is removed leaves nothing of it on the page', async () => {
    expect(await seen()).toEqual({ up: {}, pools: {} });
    await reload(`{ ${scrapeSource('http')} }`);
    await eventually(async () => expect(await seen()).toEqual({ up: { scrape: 1 }, pools: { http: 0.25 } }));
    await reload(`{ ${scrapeSource('http')}, ${redisSource()} }`);
    await eventually(async () =>
      expect(await seen()).toEqual({ up: { scrape: 1, redis: 1 }, pools: { http: 0.25 } }),
    );
    expect(total(await sidecar.metrics(), 'mcp_redis_clients')).toBe(1);
    await reload(`{ ${redisSource()} }`);
    await eventually(async () => expect(await seen()).toEqual({ up: { redis: 1 }, pools: {} }));
    const before = readings;
    const [reading] = select(await sidecar.metrics(), 'mcp_vitals_source_last_success_timestamp_seconds');
    await eventually(async () => {
      const [later] = select(await sidecar.metrics(), 'mcp_vitals_source_last_success_timestamp_seconds');
      expect(later?.value).toBeGreaterThan((reading?.value ?? 0) + 1);
    });
    expect(readings).toBe(before);
  }, 30_000);

  test('one that is changed goes by its new settings, without a sample of the old', async () => {
    await reload(`{ ${scrapeSource('http')} }`);
    await eventually(async () => expect((await seen()).pools).toEqual({ http: 0.25 }));
    await reload(`{ ${scrapeSource('grpc')} }`);
    await eventually(async () => expect((await seen()).pools).toEqual({ grpc: 0.25 }));
  }, 30_000);

  test('one that is not changed keeps its connection', async () => {
    await reload(`{ ${redisSource()} }`);
    await eventually(async () => expect((await seen()).up).toEqual({ redis: 1 }));
    const connections = async (): Promise<string | undefined> => {
      const info = String(await redis.run(['AUTH', PASSWORD], ['INFO', 'clients']));
      return /connected_clients:(\d+)/.exec(info)?.[1];
    };
    const own = async (): Promise<string | undefined> => {
      const list = String(await redis.run(['AUTH', PASSWORD], ['CLIENT', 'LIST']));
      return /^id=(\d+) .*cmd=info/m.exec(list)?.[1];
    };
    const before = await own();
    expect(before).toBeDefined();
    await reload(`{ ${redisSource()}, ${scrapeSource('http')} }`);
    await eventually(async () => expect((await seen()).up).toEqual({ redis: 1, scrape: 1 }));
    expect(await own()).toBe(before);
    // That one and the test's.
    expect(await connections()).toBe('2');
  }, 30_000);

  test('a password that is wrong fails in words, and one that is put right is used', async () => {
    await writeFile(join(folder, 'password'), 'planted-wrong-password');
    await reload(`{ ${redisSource()} }`);
    await eventually(async () => expect((await seen()).up).toEqual({ redis: 0 }));
    expect(sidecar.stderr()).toMatch(/warn .*source redis: redis 127\.0\.0\.1:\d+: .*WRONGPASS/);
    await writeFile(join(folder, 'password'), PASSWORD);
    await reload(`{ ${redisSource()} }`);
    await eventually(async () => expect((await seen()).up).toEqual({ redis: 1 }));
    expect(sidecar.stderr()).not.toContain('planted');
  }, 30_000);

  test('a file that is wrong changes nothing', async () => {
    await reload(`{ ${scrapeSource('http')} }`);
    await eventually(async () => expect((await seen()).up).toEqual({ scrape: 1 }));
    await write('{ redis: { url: http://127.0.0.1 }, scrape: { interval: 1ms } }');
    sidecar.signal('SIGHUP');
    await eventually(() => {
      expect(sidecar.stderr()).toMatch(/configuration not reloaded: .*sources\.redis\.url/);
      expect(sidecar.stderr()).toMatch(/configuration not reloaded: .*sources\.scrape\.interval/);
    });
    expect(await seen()).toEqual({ up: { scrape: 1 }, pools: { http: 0.25 } });
    expect(total(await sidecar.metrics(), 'mcp_vitals_config_last_reload_successful')).toBe(0);
  }, 30_000);
});
