import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { eventually } from '../harness/eventually.ts';
import { listenOnLoopback } from '../harness/free-port.ts';
import { prometheusPath, startPrometheus, type Prometheus } from '../harness/prometheus.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';

const values = z.object({
  rules: z.object({
    custom: z.tuple([
      z.object({
        seriesQuery: z.string(),
        resources: z.object({ overrides: z.record(z.string(), z.object({ resource: z.string() })) }),
        metricsQuery: z.string(),
      }),
    ]),
  }),
});
const scaledObject = z.object({
  spec: z.object({
    triggers: z.array(z.object({ type: z.string(), metadata: z.record(z.string(), z.string()) })),
  }),
});

const overlay = async (...path: string[]): Promise<unknown> =>
  parse(await readFile(inRepository('kubernetes', 'overlays', ...path), 'utf8'));

// What prometheus-adapter and KEDA would ask, of a real Prometheus with the labels that the PodMonitor gives.
describeWith(prometheusPath, 'apt-get install prometheus')('autoscalers ask Prometheus', () => {
  const rates = { 'mcp-server-a': 700, 'mcp-server-b': 900, 'other-1': 50 };
  const pages = Object.entries(rates).map(([pod, rate]) => ({
    pod,
    server: http.createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/plain; version=0.0.4');
      response.end(`# TYPE requests_per_second gauge\nrequests_per_second{instance="${pod}"} ${rate}\n`);
    }),
  }));
  let prometheus: Prometheus;

  beforeAll(async () => {
    const targets = await Promise.all(
      pages.map(async ({ pod, server }) => {
        const port = await listenOnLoopback(server);
        return `{ targets: ['127.0.0.1:${port}'], labels: { namespace: tools, pod: ${pod}, instance: ${pod} } }`;
      }),
    );
    prometheus = await startPrometheus(
      () => `scrape_configs:
  - job_name: mcp-server
    scrape_interval: 1s
    static_configs: [${targets.join(', ')}]
`,
    );
    await eventually(async () => {
      const { length } = await prometheus.query('requests_per_second');
      if (length < 3) throw new Error(`want 3 series, got ${length}`);
    });
  }, 60_000);

  afterAll(async () => {
    await prometheus.stop();
    for (const { server } of pages) server.close();
  });

  it('prometheus-adapter gets one value for each pod', async () => {
    const { seriesQuery, metricsQuery, resources } = values.parse(
      await overlay('autoscaling', 'prometheus-adapter.yaml'),
    ).rules.custom[0];
    expect(Object.values(resources.overrides).map(({ resource }) => resource)).toEqual(['namespace', 'pod']);
    expect(await prometheus.query(seriesQuery)).toHaveLength(3);
    // As the adapter fills it in for the pods of one Deployment.
    const query = metricsQuery
      .replaceAll('<<.Series>>', 'requests_per_second')
      .replaceAll('<<.LabelMatchers>>', 'namespace="tools",pod=~"mcp-server-a|mcp-server-b"')
      .replaceAll('<<.GroupBy>>', 'pod');
    const answer = await prometheus.query(query);
    expect(new Map(answer.map(({ metric, value }) => [metric['pod'], value]))).toEqual(
      new Map([
        ['mcp-server-a', 700],
        ['mcp-server-b', 900],
      ]),
    );
  });

  it('KEDA gets the sum over the Deployment’s pods', async () => {
    const { triggers } = scaledObject.parse(await overlay('keda', 'scaled-object.yaml')).spec;
    const query = triggers.find(({ type }) => type === 'prometheus')?.metadata['query'] ?? '';
    expect(await prometheus.queryOne(query)).toBe(1600);
  });
});
