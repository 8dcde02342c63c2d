import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { connect } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition } from '../harness/exposition.ts';
import { startOtlpReceiver, tracesTo } from '../harness/otlp-receiver.ts';
import type { OtlpReceiver } from '../harness/otlp-receiver.ts';
import { prometheusPath, promtoolPath, startPrometheus } from '../harness/prometheus.ts';
import type { Prometheus } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { startEverything } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { runProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const META = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };

const exemplars = z.object({
  data: z.array(
    z.object({
      seriesLabels: z.record(z.string(), z.string()),
      exemplars: z.array(
        z.object({ labels: z.record(z.string(), z.string()), value: z.string(), timestamp: z.number() }),
      ),
    }),
  ),
});

describeWith(prometheusPath, 'apt-get install prometheus')('Prometheus with exemplar storage', () => {
  let receiver: OtlpReceiver;
  let sidecar: Sidecar;
  let prometheus: Prometheus;
  beforeAll(async () => {
    receiver = stack.use(await startOtlpReceiver());
    const upstream = stack.use(await startEverything('streamableHttp'));
    sidecar = stack.use(await startSidecar(['--upstream', upstream.url], tracesTo(receiver)));
    const target = new URL(sidecar.adminUrl).host;
    prometheus = stack.use(
      await startPrometheus(
        () =>
          `{global: {scrape_interval: 1s}, scrape_configs: [{job_name: vitals, static_configs: [{targets: ['${target}']}]}]}`,
        undefined,
        ['--enable-feature=exemplar-storage'],
      ),
    );
    const client = await connect('sdk1', { http: `${sidecar.url}/mcp` });
    stack.defer(client.stop);
    await client.callTool('echo', { message: 'x' });
    await client.callTool('trigger-long-running-operation', { duration: 0.6, steps: 1 }, { meta: META });
  }, 90_000);

  test('leads from a bucket of the latency to the span of a request that fell into it', async () => {
    await eventually(() => expect(receiver.spans.some(({ traceId }) => traceId === TRACE)).toBe(true));
    const span = receiver.spans.find(({ traceId }) => traceId === TRACE);
    const nowSeconds = Date.now() / 1000;
    const query = encodeURIComponent('request_duration_seconds_bucket{endpoint=~"trigger.*"}');
    const url = `http://127.0.0.1:${prometheus.port}/api/v1/query_exemplars?query=${query}&start=${nowSeconds - 60}&end=${nowSeconds + 60}`;
    await eventually(async () => {
      const { data } = exemplars.parse(await (await fetch(url)).json());
      expect(data).toHaveLength(1);
      const [series] = data;
      expect(series?.seriesLabels).toMatchObject({ le: '1.0', method: 'tools/call', status: 'ok' });
      expect(series?.exemplars).toHaveLength(1);
      const [exemplar] = series?.exemplars ?? [];
      expect(exemplar?.labels).toEqual({ trace_id: TRACE, span_id: span?.spanId });
      expect(Number(exemplar?.value)).toBeGreaterThan(0.5);
      expect(Number(exemplar?.value)).toBeLessThanOrEqual(1);
    }, 20_000);
  }, 40_000);

  test('finds it up, and the same series on the page as are in the text format', async () => {
    await eventually(async () => expect(await prometheus.queryOne('up')).toBe(1));
    const text = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
    const named = await prometheus.query('count by (__name__) ({job="vitals"})');
    const own = named
      .map(({ metric }) => metric['__name__'] ?? '')
      .filter((name) => name !== 'up' && !name.startsWith('scrape_'));
    expect(own.toSorted()).toEqual([...new Set(parseExposition(text).map(({ name }) => name))].toSorted());
    const bounds = 'count(count by (le) (request_duration_seconds_bucket))';
    expect(await prometheus.queryOne(bounds)).toBe(9);
  }, 40_000);

  test('has types and texts of all metrics, with the names that PromQL knows', async () => {
    const url = `http://127.0.0.1:${prometheus.port}/api/v1/targets/metadata?metric=request_duration_seconds`;
    await eventually(async () => {
      expect(await (await fetch(url)).json()).toMatchObject({
        data: [{ type: 'histogram', unit: 'seconds', help: expect.stringContaining('arrival') }],
      });
    });
  }, 30_000);

  test('would find nothing to mend on the text page, on which there are no exemplars', async () => {
    const page = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
    expect(page).not.toContain(' # {');
    const run = await runProcess({
      command: '/bin/sh',
      args: ['-c', 'printf %s "$1" | "$2" check metrics', 'sh', page, promtoolPath],
    });
    expect(run.stdout + run.stderr).toBe('');
  }, 30_000);
});
