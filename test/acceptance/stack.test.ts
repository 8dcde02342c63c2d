import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { alertmanagerConfig } from '../../src/rules/alertmanager-config.ts';
import { placeholderLinks } from '../../src/rules/links.ts';
import { alertRules, recordRules } from '../../src/rules/rule-file.ts';
import { alertGroups, recordGroups } from '../../src/rules/rule-groups.ts';
import { shortenedWindows } from '../../src/rules/windows.ts';
import { createComposeProject, type ComposeProject } from '../harness/compose-project.ts';
import { composePath, dockerdPath, startContainerEngine } from '../harness/container-engine.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { askQuery } from '../harness/query-api.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { makeStackImages } from '../harness/stack-images.ts';
import { createStopStack } from '../harness/stop-stack.ts';

/** Within which everything is to be healthy; a machine that builds and tests other things meanwhile gets more. */
const HEALTHY_MS = process.env['CI'] || process.env['BUSY'] ? 270_000 : 90_000;

/** Grafana's image cannot be had without a registry; its files are tested elsewhere. */
const asked = [
  'mcp-vitals',
  'demo-server',
  'prometheus',
  'alertmanager',
  'alert-log',
  'demo-clients',
  'longterm',
];
const profiles = ['--profile', 'demo', '--profile', 'longterm'];

const healthy = {
  'mcp-vitals': 'healthy',
  'demo-server': 'healthy',
  prometheus: 'healthy',
  alertmanager: 'healthy',
  'alert-log': 'healthy',
  'demo-sidecar': 'healthy',
  'demo-fastmcp': 'healthy',
  'demo-weather': 'healthy',
  'demo-postgres': 'healthy',
  'demo-redis': 'healthy',
  'demo-clients': 'running',
  longterm: 'healthy',
  'longterm-volume': 'exited 0',
};

const targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        health: z.string(),
        lastError: z.string(),
        labels: z.object({ job: z.string(), instance: z.string() }),
      }),
    ),
  }),
});
const rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
});
const detectors = z.object({
  series: z.array(
    z.object({ detector: z.string(), series: z.string(), verdict: z.object({ sinceMs: z.number() }) }),
  ),
});
const probe = z.object({ runs: z.array(z.object({ startedWallMs: z.number() })) });

const getJson = async <T>(url: string, shape: z.ZodType<T>): Promise<T> =>
  shape.parse(await (await fetch(url)).json());

const stack = createStopStack();
afterAll(stack.stopAll, 180_000);

describeWith(dockerdPath, 'apt-get install docker.io')('docker-compose.yml', () =>
  describeWith(composePath, 'apt-get install docker-compose')('with an engine', () => {
    let project: ComposeProject;
    let at: Readonly<Record<'sidecar' | 'demo' | 'prometheus' | 'alertmanager' | 'longterm', string>>;
    let upMs = 0;
    /** A moment of the first life of everything, in Unix seconds. */
    let early = 0;

    beforeAll(async () => {
      const engine = stack.use(await startContainerEngine());
      const images = await makeStackImages(engine);
      const ports = await Promise.all(Array.from({ length: 7 }, freePort));
      const [sidecar, sidecarAdmin, demo, demoAdmin, prometheus, alertmanager, longterm] = ports.map(String);
      const env = {
        ...images,
        MCP_VITALS_IMAGE: 'local/mcp-vitals:test',
        DEMO_IMAGE: 'local/mcp-vitals-demo:test',
        PROMETHEUS_CONFIG: 'prometheus-longterm.yml',
        MCP_VITALS_PORT: sidecar ?? '',
        MCP_VITALS_ADMIN_PORT: sidecarAdmin ?? '',
        DEMO_PORT: demo ?? '',
        DEMO_ADMIN_PORT: demoAdmin ?? '',
        PROMETHEUS_PORT: prometheus ?? '',
        ALERTMANAGER_PORT: alertmanager ?? '',
        LONGTERM_PORT: longterm ?? '',
        // Little: two cores run all of it, and what measures it.
        DEMO_RATE: '5',
        DEMO_CLIENTS_RATE: '10',
      };
      at = {
        sidecar: `http://127.0.0.1:${sidecarAdmin}`,
        demo: `http://127.0.0.1:${demoAdmin}`,
        prometheus: `http://127.0.0.1:${prometheus}`,
        alertmanager: `http://127.0.0.1:${alertmanager}`,
        longterm: `http://127.0.0.1:${longterm}`,
      };
      project = stack.use(createComposeProject(engine, `mcp-vitals-${process.pid}`, env, profiles));
      await project.run('build', 'mcp-vitals', 'demo-weather');
      const startedMs = performance.now();
      await project.run('up', '--detach', ...asked);
      await project.until(healthy, HEALTHY_MS);
      upMs = performance.now() - startedMs;
      console.info(`the stack was healthy after ${(upMs / 1000).toFixed(0)} s`);
    }, 900_000);

    const silences = async (): Promise<string> => (await fetch(`${at.alertmanager}/api/v2/silences`)).text();
    const oldestDetector = async (origin: string): Promise<number> => {
      const { series } = await getJson(`${origin}/api/v1/detectors`, detectors);
      return Math.min(...series.map(({ verdict }) => verdict.sinceMs));
    };
    const probeRuns = async (): Promise<readonly number[]> =>
      (await getJson(`${at.demo}/api/v1/probes/health`, probe)).runs.map(
        ({ startedWallMs }) => startedWallMs,
      );
    const marker = (sql: string): Promise<string> =>
      project.run(
        'exec',
        '-T',
        'demo-postgres',
        'psql',
        '-h',
        '/var/run/postgresql',
        '-U',
        'orders',
        '-tAc',
        sql,
      );

    test('is healthy as a whole soon after it was started', () => {
      expect(upMs).toBeLessThan(HEALTHY_MS);
    });

    test('every target is scraped, each under one address with its name beside it', async () => {
      await eventually(async () => {
        const { activeTargets } = (await getJson(`${at.prometheus}/api/v1/targets`, targets)).data;
        expect(
          activeTargets
            .map(({ labels, health, lastError }) =>
              [labels.job, labels.instance, health, lastError].join(' '),
            )
            .toSorted((one, other) => one.localeCompare(other)),
        ).toEqual([
          'alertmanager alertmanager:9093 up ',
          'longterm longterm:8428 up ',
          'mcp-vitals demo-sidecar:9464 up ',
          'mcp-vitals mcp-vitals:9464 up ',
          'prometheus localhost:9090 up ',
        ]);
      }, 60_000);
      await eventually(async () => {
        const rates = await askQuery(at.prometheus, 'requests_per_second');
        expect(rates.map(([series]) => series)).toEqual(
          [
            ['demo-fastmcp', 'demo-sidecar:9464'],
            ['mcp-server', 'mcp-vitals:9464'],
          ].map(([name, instance]) =>
            JSON.stringify(
              Object.entries({
                __name__: 'requests_per_second',
                exported_instance: name,
                instance,
                job: 'mcp-vitals',
              }),
            ),
          ),
        );
      }, 90_000);
    }, 200_000);

    test('every rule is evaluated without an error', async () => {
      await eventually(async () => {
        const { groups } = (await getJson(`${at.prometheus}/api/v1/rules`, rules)).data;
        const all = groups.flatMap((group) => group.rules);
        expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
        expect(all.length).toBeGreaterThan(100);
      }, 90_000);
    }, 120_000);

    test('the demo shows what the document has: four tools, a database, a cache, the server itself', async () => {
      const see = async (promql: string): Promise<void> =>
        eventually(
          async () =>
            expect([promql, (await askQuery(at.prometheus, promql)).length > 0]).toEqual([promql, true]),
          90_000,
        );
      const demo = 'instance="demo-sidecar:9464"';
      for (const tool of ['get_user', 'generate_report', 'fetch_weather', 'process_batch']) {
        await see(`request_duration_seconds_count{${demo},endpoint="${tool}",status="ok"} > 0`);
      }
      await see(`database_query_duration_seconds_count{${demo},query_type="select"} > 0`);
      await see(`cache_hit_rate{${demo},cache_type="redis"} > 0`);
      await see(`mcp_process_memory_bytes{${demo},kind="pss"} > 1e8`);
      await see(`mcp_process_open_files{${demo}} > 4`);
      await see(`probe_success{${demo},probe="get-user"} == 1`);
    }, 180_000);

    test('the sidecar of the demo server comes back when the server is restarted', async () => {
      await project.run('restart', '--timeout', '5', 'demo-fastmcp');
      await project.until(healthy, HEALTHY_MS);
      await eventually(async () => {
        const rate = await askQuery(at.prometheus, 'requests_per_second{instance="demo-sidecar:9464"} > 1');
        expect(rate).toHaveLength(1);
      }, 90_000);
    }, 400_000);

    test('keeps what it knew when any one of its services is restarted', async () => {
      const silence = {
        matchers: [{ name: 'alertname', value: 'McpNeverToBe', isRegex: false }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'test',
        comment: 'remembered',
      };
      await fetch(`${at.alertmanager}/api/v2/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(silence),
      });
      await marker('CREATE TABLE remembered (id int)');
      // With a look-back of a minute, this is a moment at which there surely was a sample.
      early = Math.floor(Date.now() / 1000);
      const sample = 'up{instance="mcp-vitals:9464"}';
      const then = await askQuery(at.prometheus, sample, early);
      expect(then).toHaveLength(1);
      const since = await oldestDetector(at.sidecar);
      const runs = await probeRuns();
      const firstRun = runs.at(-1) ?? 0;
      for (const service of [
        'prometheus',
        'alertmanager',
        'mcp-vitals',
        'longterm',
        'demo-postgres',
        'demo-sidecar',
      ]) {
        await project.run('restart', '--timeout', '40', service);
        await project.until({ [service]: 'healthy' }, HEALTHY_MS);
      }
      expect(await askQuery(at.prometheus, sample, early)).toEqual(then);
      await eventually(async () => expect(await askQuery(at.longterm, sample, early)).toEqual(then), 60_000);
      expect(await silences()).toContain('remembered');
      expect(await marker("SELECT count(*) FROM pg_class WHERE relname = 'remembered'")).toMatch(/^1$/m);
      expect(await oldestDetector(at.sidecar)).toBe(since);
      expect(await probeRuns()).toContain(firstRun);
    }, 600_000);

    test('a fault that is switched on reaches the receiver of pages', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-short-'));
      stack.defer(() => rm(folder, { recursive: true, force: true }));
      // The users of the containers read it.
      await chmod(folder, 0o755);
      await writeShortRules(folder);
      // The files that ship, in which five minutes are three seconds.
      await project.runWith(
        { PROMETHEUS_DIR: folder, ALERTS_DIR: folder, ALERTMANAGER_DIR: folder },
        'up',
        '--detach',
        '--no-deps',
        'prometheus',
        'alertmanager',
      );
      await project.until(healthy, HEALTHY_MS);
      await project.run('exec', '-T', 'demo-fastmcp', 'touch', '/faults/errors');
      await eventually(
        async () =>
          expect(await project.logs('alert-log')).toMatch(
            /PAGE firing McpErrorRatioHigh demo-sidecar:9464: .*demo-sidecar:9464/,
          ),
        120_000,
      );
      await project.run('exec', '-T', 'demo-fastmcp', 'rm', '/faults/errors');
      await eventually(
        async () => expect(await project.logs('alert-log')).toMatch(/PAGE resolved McpErrorRatioHigh/),
        120_000,
      );
    }, 600_000);

    test('keeps all of it when it is taken down and started again', async () => {
      const sample = 'up{instance="mcp-vitals:9464"}';
      const then = await askQuery(at.prometheus, sample, early);
      expect(then).toHaveLength(1);
      const since = await oldestDetector(at.sidecar);
      await project.run('down', '--timeout', '40');
      await project.run('up', '--detach', ...asked);
      await project.until(healthy, HEALTHY_MS);
      expect(await askQuery(at.prometheus, sample, early)).toEqual(then);
      expect(await askQuery(at.longterm, sample, early)).toEqual(then);
      expect(await silences()).toContain('remembered');
      expect(await oldestDetector(at.sidecar)).toBe(since);
      expect(await marker("SELECT count(*) FROM pg_class WHERE relname = 'remembered'")).toMatch(/^1$/m);
    }, 600_000);
  }),
);

/** A folder for Prometheus and for Alertmanager with what ships, a hundred times as fast. */
async function writeShortRules(folder: string): Promise<void> {
  const windows = shortenedWindows(100, 1000);
  const options = { windows, links: placeholderLinks };
  const groups = [
    ...recordGroups.map((group) => recordRules(group, options)),
    ...alertGroups.map((group) => alertRules(group, options)),
  ];
  await writeFile(join(folder, 'rules.yml'), stringify({ groups }));
  const prometheus = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }] },
    scrape_configs: [
      { job_name: 'mcp-vitals', static_configs: [{ targets: ['mcp-vitals:9464', 'demo-sidecar:9464'] }] },
    ],
  };
  await writeFile(join(folder, 'prometheus-longterm.yml'), stringify(prometheus));
  const logged = (name: string) => ({ webhook_configs: [{ url: `http://alert-log:8080/${name}` }] });
  const receivers = { page: logged('page'), ticket: logged('ticket'), watchdog: logged('watchdog') };
  await writeFile(
    join(folder, 'alertmanager.yml'),
    stringify(alertmanagerConfig({ receivers, windows, quietHours: false })),
  );
  await cp(inRepository('alerts', 'mcp-vitals.tmpl'), join(folder, 'mcp-vitals.tmpl'));
}
