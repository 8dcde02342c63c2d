import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/free-port.ts';
import { startHandServer } from '../harness/hand-server.ts';
import { prometheusPath } from '../harness/prometheus.ts';
import { askQuery } from '../harness/query-api.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { startSidecar, type Sidecar } from '../harness/sidecar.ts';
import { startProcess, type TestProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startVictoriaMetrics, victoriaMetricsPath } from '../harness/victoria-metrics.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** What ships, with the addresses of this test and a scrape each second. */
async function derivedConfig(replacements: Readonly<Record<string, string>>): Promise<string> {
  let text = await readFile(inRepository('prometheus', 'prometheus-longterm.yml'), 'utf8');
  const all = {
    ...replacements,
    'rules/*.yml': inRepository('prometheus', 'rules', '*.yml'),
    '../alerts/': inRepository('alerts', '/'),
    '_interval: 15s': '_interval: 1s',
    'scrape_timeout: 5s': 'scrape_timeout: 1s',
  };
  for (const [from, to] of Object.entries(all)) {
    if (!text.includes(from)) throw new Error(`prometheus-longterm.yml: want ${from}, got none`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const queries = [
  'up',
  'request_duration_seconds_count',
  'sum by (endpoint, status) (request_duration_seconds_count)',
  'mcp_baseline_latency_seconds{tool="get_user"}',
  'histogram_quantile(0.5, sum by (le) (request_duration_seconds_bucket))',
  // What the rules recorded is kept for as long.
  'job_instance:mcp_requests:rate5m',
  'ALERTS{alertname="McpWatchdog"}',
];

describeWith(prometheusPath, 'apt-get install prometheus')('Prometheus', () =>
  describeWith(victoriaMetricsPath, 'apt-get install victoria-metrics')('with a store for years', () => {
    let sidecar: Sidecar;
    let store: string;
    let prometheus: TestProcess;
    let startPrometheus: () => Promise<TestProcess>;
    let url: string;

    const call = async (id: number): Promise<void> => {
      const response = await fetch(`${sidecar.url}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'get_user' } }),
      });
      await response.text();
    };

    beforeAll(async () => {
      const upstream = stack.use(
        await startHandServer((_body, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
        }),
      );
      sidecar = stack.use(await startSidecar(['--upstream', upstream.url]));
      store = stack.use(await startVictoriaMetrics()).url;
      const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-remote-write-'));
      stack.defer(() => rm(folder, { recursive: true, force: true }));
      const address = `127.0.0.1:${await freePort()}`;
      url = `http://${address}`;
      const configFile = join(folder, 'prometheus.yml');
      await writeFile(
        configFile,
        await derivedConfig({
          'mcp-vitals:9464': new URL(sidecar.adminUrl).host,
          'longterm:8428': new URL(store).host,
          'localhost:9090': address,
        }),
      );
      startPrometheus = () =>
        startProcess({
          command: prometheusPath,
          args: [
            `--config.file=${configFile}`,
            `--storage.tsdb.path=${join(folder, 'data')}`,
            `--web.listen-address=${address}`,
          ],
          ready: [/Server is ready to receive web requests/],
        });
      prometheus = await startPrometheus();
      stack.defer(() => prometheus.stop());
      const leaving = new AbortController();
      const working = (async () => {
        for (let id = 0; !leaving.signal.aborted; id += 1) {
          await call(id).catch(() => undefined);
          await sleep(50);
        }
      })();
      stack.defer(async () => {
        leaving.abort();
        await working;
      });
    }, 90_000);

    /** Waits until both know a moment, and asks both the same about it. */
    const expectSameAnswers = async (atSeconds: number): Promise<void> => {
      for (const query of queries) {
        const own = await askQuery(url, query, atSeconds);
        expect([query, own.length > 0]).toEqual([query, true]);
        await eventually(async () => {
          expect([query, await askQuery(store, query, atSeconds)]).toEqual([query, own]);
        }, 30_000);
      }
    };

    /** A moment at which every query had an answer, and long enough ago that it was sent. */
    const moment = async (): Promise<number> => {
      for (const query of queries) {
        await eventually(async () => expect(await askQuery(url, query)).not.toEqual([]), 90_000);
      }
      // Whole seconds, so that both are asked of the same moment.
      const atSeconds = Math.ceil(Date.now() / 1000) + 1;
      await sleep(4000);
      return atSeconds;
    };

    let before: number;

    test('the same query has the same answer in both', async () => {
      before = await moment();
      await expectSameAnswers(before);
    }, 180_000);

    test('also when Prometheus was killed and started again: of what was before, and of what came after', async () => {
      prometheus.signal('SIGKILL');
      await prometheus.exited;
      await sleep(2000);
      prometheus = await startPrometheus();
      await expectSameAnswers(before);
      const after = await moment();
      expect(after).toBeGreaterThan(before);
      await expectSameAnswers(after);
    }, 240_000);

    test('the store still answers of the past when Prometheus is gone', async () => {
      const own = await askQuery(url, 'sum(request_duration_seconds_count)', before);
      prometheus.signal('SIGKILL');
      await prometheus.exited;
      expect(await askQuery(store, 'sum(request_duration_seconds_count)', before)).toEqual(own);
    }, 60_000);
  }),
);
