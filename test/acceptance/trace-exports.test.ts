import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { totalBy } from '../harness/exposition.ts';
import { freePort } from '../harness/free-port.ts';
import { startHandServer, startSilentServer } from '../harness/hand-server.ts';
import type { HandServer } from '../harness/hand-server.ts';
import { startOtlpReceiver, tracesTo } from '../harness/otlp-receiver.ts';
import { toolCalls } from '../harness/scrape.ts';
import { startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

let upstream: HandServer;
/** Says on stderr which packages of OpenTelemetry a process loads. */
let watchImports: string;

beforeAll(async () => {
  upstream = stack.use(
    await startHandServer((body, response) => {
      const { id } = JSON.parse(body) as { id: number };
      const answer = { jsonrpc: '2.0', id, result: { content: [] } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-imports-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'watch-imports.mjs');
  await writeFile(
    file,
    `import { registerHooks } from 'node:module';
     registerHooks({
       load(url, context, next) {
         const name = /node_modules\\/(@opentelemetry\\/[^/]+|@grpc\\/[^/]+)\\/(?!.*node_modules)/.exec(url)?.[1];
         if (name) process.stderr.write('loaded ' + name + '\\n');
         return next(url, context);
       },
     });`,
  );
  watchImports = `--import=${pathToFileURL(file).href}`;
}, 30_000);

const start = async (env: Readonly<Record<string, string>>): Promise<Sidecar> =>
  stack.use(await startSidecar(['--upstream', upstream.url], env));

async function callTools(sidecar: Sidecar, count: number): Promise<void> {
  for (let id = 1; id <= count; id++) {
    const response = await fetch(`${sidecar.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'a' } }),
    });
    expect(response.status).toBe(200);
    await response.text();
  }
}

const spanCounts = async (sidecar: Sidecar): Promise<Record<string, number>> =>
  totalBy(await sidecar.metrics(), 'mcp_vitals_trace_spans_total', ['result']);

const loadedBy = (sidecar: Sidecar): string[] =>
  [...new Set([...sidecar.stderr().matchAll(/^loaded (\S+)$/gm)].map(([, name = '']) => name))].toSorted();

describe('traces that nobody asked for', () => {
  test.each<[string, Record<string, string>]>([
    ['no variable', {}],
    ['names and a sampler alone', { OTEL_SERVICE_NAME: 'orders', OTEL_TRACES_SAMPLER: 'always_on' }],
    [
      'none as the exporter',
      { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    ],
    ['the SDK disabled', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
  ])(
    'cost nothing with %s: the SDK is not even loaded, and the page does not speak of them',
    async (_name, env) => {
      const sidecar = await start({ NODE_OPTIONS: watchImports, ...env });
      await callTools(sidecar, 3);
      // The watch works: what the metrics need was seen.
      expect(loadedBy(sidecar)).toContain('@opentelemetry/sdk-metrics');
      expect(loadedBy(sidecar)).not.toContain('@opentelemetry/sdk-node');
      expect(loadedBy(sidecar)).not.toContain('@opentelemetry/sdk-trace');
      expect(sidecar.stderr()).not.toContain('traces');
      const page = await (await fetch(`${sidecar.adminUrl}/metrics`)).text();
      expect(page).not.toContain('mcp_vitals_trace');
    },
    40_000,
  );
});

describe('traces that were asked for in a way that cannot be', () => {
  test('are off, with each mistake on a line, and the sidecar runs all the same', async () => {
    const sidecar = await start({
      NODE_OPTIONS: watchImports,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'smoke',
    });
    await callTools(sidecar, 1);
    expect(sidecar.stderr()).toMatch(
      /error .*traces are off: OTEL_EXPORTER_OTLP_PROTOCOL: want .*, got smoke/,
    );
    expect(sidecar.stderr()).toMatch(/error .*traces are off: OTEL_TRACES_SAMPLER: want .*, got sometimes/);
    expect(loadedBy(sidecar)).not.toContain('@opentelemetry/sdk-node');
  }, 40_000);
});

describe('the export', () => {
  test('has the headers, the endpoint and the resource that the variables name, and of several exporters one', async () => {
    const receiver = stack.use(await startOtlpReceiver());
    const sidecar = await start({
      NODE_OPTIONS: watchImports,
      ...tracesTo({ url: 'http://127.0.0.1:1' }),
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=a',
      OTEL_SERVICE_NAME: 'orders',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
    });
    await callTools(sidecar, 2);
    await eventually(() => expect(receiver.spans).toHaveLength(2));
    expect(receiver.exports[0]).toMatchObject({ authorization: 'Bearer abc' });
    expect(receiver.spans[0]?.resource).toEqual({
      'deployment.environment.name': 'test',
      'service.name': 'orders',
      'service.instance.id': expect.any(String),
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': expect.any(String),
    });
    await eventually(async () => expect(await spanCounts(sidecar)).toEqual({ exported: 2 }));
    expect(sidecar.stderr()).not.toContain('abc');
  }, 40_000);

  test('sends what waits when the sidecar stops', async () => {
    const receiver = stack.use(await startOtlpReceiver());
    const sidecar = await start(tracesTo(receiver, { OTEL_BSP_SCHEDULE_DELAY: '60000' }));
    await callTools(sidecar, 5);
    expect(receiver.spans).toHaveLength(0);
    expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
    expect(receiver.spans).toHaveLength(5);
  }, 40_000);

  test('makes no span of what is not sampled', async () => {
    const receiver = stack.use(await startOtlpReceiver());
    const off = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const sidecar = await start(tracesTo(receiver, off));
    await callTools(sidecar, 20);
    await sidecar.stop();
    expect(receiver.exports).toHaveLength(0);
  }, 40_000);
});

describe('a collector that', () => {
  test('refuses costs the spans, which are counted, and one line', async () => {
    const receiver = stack.use(await startOtlpReceiver(() => 400));
    const sidecar = await start(tracesTo(receiver));
    await callTools(sidecar, 10);
    await eventually(async () => expect(await spanCounts(sidecar)).toEqual({ failed: 10 }));
    await callTools(sidecar, 10);
    await eventually(async () => expect(await spanCounts(sidecar)).toEqual({ failed: 20 }));
    expect(sidecar.stderr().match(/warn .*traces: /g)).toHaveLength(1);
    expect(toolCalls(await sidecar.metrics())).toEqual({ 'a ok': 20 });
  }, 40_000);

  test('comes back is said to', async () => {
    let status = 400;
    const receiver = stack.use(await startOtlpReceiver(() => status));
    const sidecar = await start(tracesTo(receiver));
    await callTools(sidecar, 1);
    await eventually(() => expect(sidecar.stderr()).toContain('traces: want 1 spans exported'));
    status = 200;
    await callTools(sidecar, 1);
    await eventually(() => expect(sidecar.stderr()).toContain('the collector takes spans again'));
    expect(await spanCounts(sidecar)).toEqual({ exported: 1, failed: 1 });
  }, 40_000);

  test('is not there loses no call, fills no memory, and does not hold up the end', async () => {
    const port = await freePort();
    const env = { OTEL_BSP_MAX_QUEUE_SIZE: '30', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' };
    const sidecar = await start(tracesTo({ url: `http://127.0.0.1:${port}` }, env));
    await callTools(sidecar, 100);
    expect(toolCalls(await sidecar.metrics())).toEqual({ 'a ok': 100 });
    const counts = await spanCounts(sidecar);
    expect(counts['queue_full']).toBeGreaterThanOrEqual(30);
    expect(counts['exported']).toBeUndefined();
    const askedAt = performance.now();
    expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAt).toBeLessThan(12_000);
  }, 60_000);

  test('takes and never answers does not hold up the end', async () => {
    const silent = stack.use(await startSilentServer());
    const sidecar = await start(tracesTo(silent));
    await callTools(sidecar, 5);
    const askedAt = performance.now();
    expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedAt).toBeLessThan(12_000);
  }, 60_000);
});
