import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { placeholderLinks } from '../../src/rules/links.ts';
import { alertRules, recordRules } from '../../src/rules/rule-file.ts';
import { alertGroups, recordGroups } from '../../src/rules/rule-groups.ts';
import { shortenedWindows } from '../../src/rules/windows.ts';
import { freePort } from '../harness/free-port.ts';
import { startPrometheus, type Prometheus } from '../harness/prometheus.ts';
import { startPostgres } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';
import { mainPath, startSidecar } from '../harness/sidecar.ts';
import { startProcess, type TestProcess } from '../harness/start-process.ts';
import type { Browser } from 'playwright-core';
import type { StopStack } from '../harness/stop-stack.ts';
import type { DrawOptions } from './draw-dashboard.ts';
import { everything } from './interpolate.ts';
import { workOnDatabase } from './odd-database.ts';
import { burstOddServer, startOddServer, visitOddServer } from './odd-server.ts';
import { startOtherExporters } from './other-exporters.ts';
import { startSecureServer } from './secure-server.ts';

/** How often Prometheus scrapes on the stage. */
const SCRAPE_SECONDS = 1;

/** The rules that ship, a hundred times as fast, so that an hour of them is over in 36 seconds. */
const windows = shortenedWindows(100, 4000);

/** What dashboards are drawn of. */
export interface Stage {
  readonly prometheus: Prometheus;
  /** Origin of Prometheus. */
  readonly origin: string;
  readonly demo: TestProcess;
}

/**
 * The demo with its tool `generate_report` broken and its sessions and memory leaking; Redis beside it, which evicts
 * keys; a second server with odd names, failures of every kind and questions to people, before a PostgreSQL
 * that breaks deadlocks, with a reload and a spike every half a minute; a probe of TLS whose certificate ends soon; and
 * what other exporters say.
 */
export async function startStage(stack: StopStack): Promise<Stage> {
  const redis = stack.use(
    await startRedis({ args: ['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru'] }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-dashboards-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const secure = stack.use(await startSecureServer(folder));
  const postgres = stack.use(await startPostgres({ settings: { deadlock_timeout: '100ms' } }));
  await writeFile(join(folder, 'password'), postgres.password);
  const tapPort = await freePort();
  const exporters = stack.use(await startOtherExporters());
  const odd = stack.use(await startOddServer());
  const settings = join(folder, 'odd.yaml');
  await writeFile(
    settings,
    stringify({
      upstream: odd.url,
      instance: 'odd & <i>strange</i>',
      server: { tier: 1 },
      state: { directory: join(folder, 'state') },
      database: { upstream: `127.0.0.1:${postgres.port}`, listen: `127.0.0.1:${tapPort}`, poolSize: 4 },
      sources: {
        postgres: {
          url: `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
          passwordFile: join(folder, 'password'),
          interval: '1s',
        },
        scrape: {
          url: `${odd.url}/metrics`,
          interval: '1s',
          map: [{ to: 'mcp_server_sessions', value: 'odd_sessions' }],
        },
      },
      probes: {
        interval: '5s',
        list: [
          { name: 'tls', kind: 'http', url: secure.url },
          {
            name: 'tools',
            kind: 'tools',
            url: '/mcp',
            snapshotFile: join(folder, 'tools.json'),
          },
        ],
      },
    }),
  );
  const sidecar = stack.use(await startSidecar(['--config', settings]));
  const demo = stack.use(
    await startProcess({
      command: process.execPath,
      args: [
        mainPath,
        'demo',
        '--break',
        'sessions,memory,tool',
        '--rate',
        '20',
        '--listen',
        '127.0.0.1:0',
        '--admin',
        '127.0.0.1:0',
        '--server.tier',
        '2',
        '--instance',
        'demo',
        '--sources.redis.url',
        redis.url,
        '--sources.redis.interval',
        '2s',
        '--sources.redis.timeout',
        '1s',
      ],
      ready: [/Metrics on (https?:\/\/\S+)\/metrics/, /Ready after/],
      readyTimeoutMs: 90_000,
    }),
  );
  const leaving = new AbortController();
  const { signal } = leaving;
  const visiting = async (pauseMs: number): Promise<void> => {
    for (let n = 0; !signal.aborted; n += 1) {
      await visitOddServer(sidecar.url, n % 4 === 0);
      await redis.run(['SET', `key-${n}`, 'x'.repeat(200_000)], ['GET', `key-${n}`], ['GET', 'nothing']);
      await sleep(pauseMs);
    }
  };
  // A reload and a spike of a few seconds, again and again.
  const events = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(20_000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      sidecar.signal('SIGHUP');
      await burstOddServer(sidecar.url, 4000);
    }
  };
  const work = Promise.all([visiting(500), events(), workOnDatabase(postgres, tapPort, signal)]);
  stack.defer(async () => {
    leaving.abort();
    await work;
  });

  const rules = join(folder, 'rules.yml');
  const options = { windows, links: placeholderLinks };
  const groups = [
    ...recordGroups.map((group) => recordRules(group, options)),
    ...alertGroups.map((group) => alertRules(group, options)),
  ];
  await writeFile(rules, stringify({ groups }));
  const target = (url: string | undefined) => [{ targets: [new URL(url ?? '').host] }];
  const every = `${SCRAPE_SECONDS}s`;
  const prometheus = stack.use(
    await startPrometheus(() =>
      stringify({
        global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
        rule_files: [rules],
        scrape_configs: [
          {
            job_name: 'mcp-vitals',
            static_configs: [...target(demo.matches[0]?.[1]), ...target(sidecar.adminUrl)],
          },
          { job_name: 'other-exporters', static_configs: target(exporters.url) },
        ],
      }),
    ),
  );
  return { prometheus, origin: `http://127.0.0.1:${prometheus.port}`, demo };
}

/** How to draw what happened on the stage in the last seconds, with everything chosen. */
export function lastSeconds(seconds: number, { origin }: Stage, browser: Browser): DrawOptions {
  const to = Math.floor(Date.now() / 1000) - 1;
  return {
    browser,
    prometheus: origin,
    time: { from: to - seconds, to, step: SCRAPE_SECONDS },
    values: everything({ rangeSeconds: seconds, stepSeconds: SCRAPE_SECONDS, scrapeSeconds: SCRAPE_SECONDS }),
    windows,
  };
}
