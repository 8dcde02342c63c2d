import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../harness/clients.ts';
import type { TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { prometheusPath, promtoolPath, startPrometheus } from '../harness/prometheus.ts';
import type { Prometheus } from '../harness/prometheus.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { startEverything } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const configPath = inRepository('prometheus', 'prometheus-loopback.yml');
const TOKEN = 'a-long-secret';

/**
 * What `promtool check metrics` may complain about, because the name is not ours to choose:
 * the documented metrics and OpenTelemetry's conventions. Everything else must pass.
 */
const promtoolExceptions: readonly string[] = [];

function replace(text: string, wanted: RegExp, by: string): string {
  if (!wanted.test(text)) throw new Error(`prometheus.yml: want ${wanted}, got none`);
  return text.replace(wanted, by);
}

/** The file that ships, with the test's ports, a second between scrapes, and its commented token in force. */
function derivedConfig(shipped: string, sidecar: Sidecar, port: number, tokenFile: string): string {
  let text = replace(shipped, /127\.0\.0\.1:9464/, new URL(sidecar.adminUrl).host);
  text = replace(text, /127\.0\.0\.1:9090/, `127.0.0.1:${port}`);
  text = replace(text, /scrape_interval: 15s/, 'scrape_interval: 1s');
  text = replace(text, /scrape_timeout: 5s/, 'scrape_timeout: 1s');
  text = replace(text, /# authorization:/, 'authorization:');
  text = replace(text, /# {3}type: Bearer/, '  type: Bearer');
  return replace(text, /# {3}credentials_file: \S+/, `  credentials_file: ${tokenFile}`);
}

describeWith(prometheusPath, 'apt-get install prometheus')('Prometheus scrapes the sidecar', () => {
  let sidecar: Sidecar;
  let prometheus: Prometheus;
  let client: TestClient;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-token-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, TOKEN);
    const upstream = stack.use(await startEverything('streamableHttp'));
    sidecar = stack.use(
      await startSidecar(['--upstream', upstream.url, '--instance', 'orders-mcp'], {
        MCP_VITALS_ADMIN_TOKEN: TOKEN,
      }),
    );
    const shipped = await readFile(configPath, 'utf8');
    prometheus = stack.use(await startPrometheus((port) => derivedConfig(shipped, sidecar, port, tokenFile)));
    client = await connect('sdk1', { http: `${sidecar.url}/mcp` });
    stack.defer(client.stop);
    await client.listTools();
  }, 90_000);

  const expectQuery = (promql: string, check: (value: number | undefined) => void): Promise<void> =>
    eventually(async () => check(await prometheus.queryOne(promql)), 20_000);

  test('finds it up and accepts every line of its page', async () => {
    await expectQuery('up{job="mcp-vitals"}', (value) => expect(value).toBe(1));
    await expectQuery('scrape_samples_scraped{job="mcp-vitals"}', (value) =>
      expect(value).toBeGreaterThan(20),
    );
  }, 40_000);

  test('sees exactly the calls that a client made', async () => {
    for (let call = 0; call < 20; call += 1) await client.callTool('echo', { message: `call ${call}` });
    for (let call = 0; call < 3; call += 1) await client.callTool('get-sum', { a: 'x' });
    await client.callTool('trigger-long-running-operation', { duration: 0.7, steps: 1 });
    const counted = 'request_duration_seconds_count{method="tools/call",';
    await expectQuery(`${counted}endpoint="echo",status="ok"}`, (value) => expect(value).toBe(20));
    await expectQuery(`${counted}endpoint="get-sum",status="tool_error"}`, (value) => expect(value).toBe(3));
    await expectQuery('sum(request_duration_seconds_count{method="tools/call"})', (value) =>
      expect(value).toBe(24),
    );
    await expectQuery(
      'sum(mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call"})',
      (value) => expect(value).toBe(24),
    );
    await expectQuery('sum(mcp_sessions_active)', (value) => expect(value).toBe(1));
  }, 60_000);

  test('computes percentiles that fit the calls: the slow one lies between .5 and 1 second', async () => {
    const buckets = 'request_duration_seconds_bucket{endpoint="trigger-long-running-operation",status="ok"}';
    await expectQuery(`histogram_quantile(0.99, sum by (le) (${buckets}))`, (value) => {
      expect(value).toBeGreaterThan(0.5);
      expect(value).toBeLessThanOrEqual(1);
    });
    const documented = `count(count by (le) (${buckets}))`;
    await expectQuery(documented, (value) => expect(value).toBe(9));
  }, 40_000);

  test('sees the rate while the client works, by gauge and by counter', async () => {
    const leaving = new AbortController();
    let calls = 0;
    const work = (async () => {
      while (!leaving.signal.aborted) {
        await client.callTool('echo', { message: 'steady' });
        calls += 1;
        await sleep(50);
      }
    })();
    try {
      // By the address that every other series of it has; the sidecar's own name (`--instance`) stands beside it.
      const target = new URL(sidecar.adminUrl).host;
      await expectQuery(`requests_per_second{instance="${target}",exported_instance!=""}`, (value) =>
        expect(value).toBeGreaterThan(1),
      );
      await expectQuery('sum(rate(request_duration_seconds_count{endpoint="echo"}[10s]))', (value) =>
        expect(value).toBeGreaterThan(1),
      );
    } finally {
      leaving.abort();
      await work;
    }
    await expectQuery('request_duration_seconds_count{endpoint="echo",status="ok"}', (value) =>
      expect(value).toBe(20 + calls),
    );
  }, 60_000);

  test('meets a page on which promtool finds nothing to mend, apart from the documented names', async () => {
    const page = await fetch(`${sidecar.adminUrl}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const complaints = await promtoolComplaints(await page.text());
    expect(complaints.filter((line) => !promtoolExceptions.includes(line))).toEqual([]);
    expect(promtoolExceptions.filter((line) => !complaints.includes(line))).toEqual([]);
  }, 40_000);
});

describeWith(promtoolPath, 'apt-get install prometheus')('promtool', () => {
  test('accepts the configuration that ships', async () => {
    const run = await runProcess({ command: promtoolPath, args: ['check', 'config', configPath] });
    expect(run.stdout + run.stderr).toContain('SUCCESS');
    expect(run.code).toBe(0);
  }, 30_000);

  test('would complain about a page that is not in order', async () => {
    const page = '# HELP calls x\n# TYPE calls counter\ncalls 1\n';
    expect(await promtoolComplaints(page)).toEqual(['calls counter metrics should have "_total" suffix']);
  }, 30_000);
});

/** Lines of `promtool check metrics` for a page. */
async function promtoolComplaints(page: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-page-'));
  try {
    const file = join(folder, 'metrics.txt');
    await writeFile(file, page);
    const run = await runProcess({
      command: '/bin/sh',
      args: ['-c', '"$1" check metrics < "$2"', 'sh', promtoolPath, file],
    });
    return `${run.stdout}${run.stderr}`.split('\n').filter((line) => line !== '');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
