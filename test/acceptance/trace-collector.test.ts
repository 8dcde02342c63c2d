import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { totalBy } from '../harness/exposition.ts';
import { freePort } from '../harness/free-port.ts';
import { startOtlpReceiver } from '../harness/otlp-receiver.ts';
import type { OtlpReceiver } from '../harness/otlp-receiver.ts';
import { inRepository } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { startEverything } from '../harness/servers.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { startProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const collectorPath = inRepository('.cache', 'otelcol', 'otelcol');

/** Takes OTLP in all its forms and hands it on as JSON. */
const configFor = (ports: { readonly grpc: number; readonly http: number }, onTo: string): string => `
receivers:
  otlp:
    protocols:
      grpc: { endpoint: '127.0.0.1:${ports.grpc}' }
      http: { endpoint: '127.0.0.1:${ports.http}' }
exporters:
  otlp_http:
    endpoint: ${onTo}
    encoding: json
    compression: none
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    traces: { receivers: [otlp], exporters: [otlp_http] }
`;

describeWith(collectorPath, 'test/servers/otelcol-build.yaml says how to build it')(
  "OpenTelemetry's collector",
  () => {
    let behind: OtlpReceiver;
    let upstream: UpstreamServer;
    const ports = { grpc: 0, http: 0 };
    beforeAll(async () => {
      behind = stack.use(await startOtlpReceiver());
      upstream = stack.use(await startEverything('streamableHttp'));
      ports.grpc = await freePort();
      ports.http = await freePort();
      const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-otelcol-'));
      stack.defer(() => rm(folder, { recursive: true, force: true }));
      const file = join(folder, 'config.yaml');
      await writeFile(file, configFor(ports, behind.url));
      stack.use(
        await startProcess({
          command: collectorPath,
          args: [`--config=file:${file}`],
          ready: [/Everything is ready/],
        }),
      );
    }, 60_000);

    test.each<['grpc' | 'http/protobuf' | 'http/json', string]>([
      ['grpc', '1'],
      ['http/protobuf', '2'],
      ['http/json', '3'],
    ])(
      'takes spans by %s and reads in them what was meant',
      async (protocol, digit) => {
        const sidecar = stack.use(
          await startSidecar(['--upstream', upstream.url], {
            OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${protocol === 'grpc' ? ports.grpc : ports.http}`,
            OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
            OTEL_SERVICE_NAME: `orders-${digit}`,
            OTEL_BSP_SCHEDULE_DELAY: '50',
          }),
        );
        const client = await connect('sdk1', { http: `${sidecar.url}/mcp` });
        stack.defer(client.abandon);
        const traceId = digit.repeat(32);
        const beforeMs = Date.now();
        await client.callTool(
          'get-sum',
          { a: 'x' },
          { meta: { traceparent: `00-${traceId}-${'a'.repeat(16)}-01` } },
        );
        await eventually(() => expect(behind.spans.some((span) => span.traceId === traceId)).toBe(true));
        const span = behind.spans.find((each) => each.traceId === traceId);
        expect(span).toMatchObject({
          name: 'tools/call get-sum',
          parentSpanId: 'a'.repeat(16),
          kind: 2,
          status: 2,
          attributes: {
            'mcp.method.name': 'tools/call',
            'error.type': 'tool_error',
            'server.port': new URL(upstream.url).port,
          },
          resource: { 'service.name': `orders-${digit}` },
        });
        expect(span?.startMs).toBeGreaterThan(beforeMs - 2);
        await eventually(async () => {
          const counts = totalBy(await sidecar.metrics(), 'mcp_vitals_trace_spans_total', ['result']);
          expect(counts['exported']).toBeGreaterThanOrEqual(2);
          expect(counts['failed']).toBeUndefined();
        });
      },
      40_000,
    );
  },
);
