import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SpanKind, TraceFlags, type SpanContext } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { connect } from '../harness/clients.ts';
import type { ClientKind, TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { startHandServer } from '../harness/hand-server.ts';
import { startOtlpReceiver, tracesTo } from '../harness/otlp-receiver.ts';
import type { OtlpReceiver, ReceivedSpan } from '../harness/otlp-receiver.ts';
import { startEverything, startFullServer, stdioServers } from '../harness/servers.ts';
import { mainPath, startSidecar } from '../harness/sidecar.ts';
import type { Sidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** What a client that is instrumented with the SDK does around a call. */
const exporter = new InMemorySpanExporter();
const clientTracer = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
}).getTracer('client');

const traceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;

/** Calls a tool inside a client span. @returns the context of that span, and its start and end in Unix time (ms). */
async function callInSpan(
  client: TestClient,
  tool: string,
  args: Readonly<Record<string, unknown>>,
): Promise<{ readonly context: SpanContext; readonly startMs: number; readonly endMs: number }> {
  const startMs = performance.timeOrigin + performance.now();
  const span = clientTracer.startSpan(`tools/call ${tool}`, { kind: SpanKind.CLIENT, startTime: startMs });
  const context = span.spanContext();
  await client.callTool(tool, args, { meta: { traceparent: traceparent(context), tracestate: 'vendor=x' } });
  const endMs = performance.timeOrigin + performance.now();
  span.end(endMs);
  return { context, startMs, endMs };
}

async function spanWhere(
  receiver: OtlpReceiver,
  isWanted: (span: ReceivedSpan) => boolean,
): Promise<ReceivedSpan> {
  let found: ReceivedSpan | undefined;
  await eventually(() => {
    found = receiver.spans.find(isWanted);
    expect(found).toBeDefined();
  });
  if (!found) throw new Error('span: want one, got none');
  return found;
}

const childOf =
  ({ traceId, spanId }: SpanContext) =>
  (span: ReceivedSpan): boolean =>
    span.traceId === traceId && span.parentSpanId === spanId;

interface Place {
  readonly kind: ClientKind;
  readonly over: string;
  readonly transport: 'tcp' | 'pipe';
  readonly hasSession: boolean;
  readonly connect: (receiver: OtlpReceiver) => Promise<TestClient>;
  readonly good: readonly [string, object];
  readonly failing: readonly [string, object];
}

const CALLS = {
  good: ['echo', { message: 'privateword' }],
  failing: ['get-sum', { a: 'privateword' }],
} as const;

const through = async (upstream: string, receiver: OtlpReceiver): Promise<Sidecar> =>
  stack.use(
    await startSidecar(['--upstream', upstream], tracesTo(receiver, { OTEL_SERVICE_NAME: 'orders' })),
  );

const overHttp = (kind: ClientKind): Place => ({
  kind,
  over: 'Streamable HTTP',
  transport: 'tcp',
  hasSession: true,
  connect: async (receiver) => {
    const server = stack.use(await startEverything('streamableHttp'));
    return connect(kind, { http: `${(await through(server.url, receiver)).url}/mcp` });
  },
  ...CALLS,
});

const overStdio = (kind: ClientKind): Place => ({
  kind,
  over: 'stdio',
  transport: 'pipe',
  hasSession: false,
  connect: (receiver) =>
    connect(kind, {
      stdio: [
        process.execPath,
        mainPath,
        'stdio',
        '--admin',
        '127.0.0.1:0',
        '--',
        ...stdioServers.everything,
      ],
      // A logger of the SDK's own would write among the server's messages.
      env: tracesTo(receiver, { OTEL_SERVICE_NAME: 'orders', OTEL_LOG_LEVEL: 'debug' }),
    }),
  ...CALLS,
});

const places: readonly Place[] = [
  overHttp('sdk1'),
  overHttp('sdk2-legacy'),
  {
    ...overHttp('sdk2-pinned'),
    over: 'Streamable HTTP of 2026-07-28',
    hasSession: false,
    connect: async (receiver) => {
      const server = stack.use(await startFullServer());
      return connect('sdk2-pinned', { http: `${(await through(server.url, receiver)).url}/mcp` });
    },
    good: ['test_simple_text', {}],
    failing: ['test_error_handling', {}],
  },
  {
    ...overHttp('sdk1'),
    over: 'HTTP+SSE',
    hasSession: false,
    connect: async (receiver) => {
      const server = stack.use(await startEverything('sse'));
      return connect('sdk1', { sse: `${(await through(server.url, receiver)).url}/sse` });
    },
  },
  overStdio('sdk1'),
  overStdio('sdk2-auto'),
];

describe.each(places)('$kind over $over', ({ transport, hasSession, good, failing, connect: open }) => {
  let receiver: OtlpReceiver;
  let client: TestClient;
  beforeAll(async () => {
    receiver = stack.use(await startOtlpReceiver());
    client = await open(receiver);
    stack.defer(client.abandon);
  }, 60_000);

  test('its span is the parent of the server’s, which begins within it', async () => {
    const [tool, args] = good;
    const { context, startMs, endMs } = await callInSpan(client, tool, { ...args });
    const span = await spanWhere(receiver, childOf(context));
    expect(span).toMatchObject({
      name: `tools/call ${tool}`,
      kind: 2,
      status: 0,
      traceState: 'vendor=x',
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool,
        'network.transport': transport,
      },
      resource: { 'service.name': 'orders' },
    });
    expect(span.attributes['mcp.protocol.version']).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(span.attributes['jsonrpc.request.id']).toMatch(/^\d+$/);
    expect(span.attributes['mcp.session.id'] !== undefined).toBe(hasSession);
    // The clocks of two processes may be a millisecond apart, and the tap looks at an answer after it was sent on.
    expect(span.startMs).toBeGreaterThan(startMs - 2);
    expect(span.startMs).toBeLessThan(endMs + 2);
    expect(span.endMs).toBeLessThan(endMs + 1000);
    expect(span.endMs).toBeGreaterThan(span.startMs);
  }, 30_000);

  test('a tool that fails makes an error of its span, which says nothing of why', async () => {
    const [tool, args] = failing;
    const { context } = await callInSpan(client, tool, { ...args });
    const span = await spanWhere(receiver, childOf(context));
    expect(span).toMatchObject({ status: 2, statusMessage: '', attributes: { 'error.type': 'tool_error' } });
  }, 30_000);

  test('nothing of what was asked or answered went to the collector', async () => {
    await eventually(() => expect(receiver.spans.length).toBeGreaterThan(2));
    expect(receiver.text()).not.toMatch(/privateword|validation|expected|intentionally|simple text/i);
  }, 30_000);
});

describe('a request', () => {
  let receiver: OtlpReceiver;
  let sidecar: Sidecar;
  const seen: { readonly headers: readonly string[]; readonly body: string }[] = [];
  const post = (message: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${sidecar.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(message),
    });
  const call = (id: string, tool: string, meta?: object): object => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: tool, arguments: {}, ...(meta && { _meta: meta }) },
  });
  const spanOf = (id: string): Promise<ReceivedSpan> =>
    spanWhere(receiver, ({ attributes }) => attributes['jsonrpc.request.id'] === id);

  beforeAll(async () => {
    receiver = stack.use(await startOtlpReceiver());
    const upstream = stack.use(
      await startHandServer((body, response, { rawHeaders }) => {
        seen.push({ headers: rawHeaders, body });
        const { id, params } = JSON.parse(body) as { id: string; params: { name: string } };
        const answer = JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } });
        if (params.name === 'stay-open') {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          setTimeout(() => response.write(`data: ${answer}\n\n`), 200);
        } else if (params.name === 'never') {
          response.writeHead(200, { 'content-type': 'application/json' }).end('');
        } else if (params.name === 'slow') setTimeout(() => response.end(answer), 10_000).unref();
        else response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      }),
    );
    sidecar = stack.use(
      await startSidecar(
        ['--upstream', upstream.url],
        tracesTo(receiver, { OTEL_TRACES_SAMPLER: 'parentbased_always_on' }),
      ),
    );
  }, 60_000);

  const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
  const OTHER = '00-4bf92f3577b34da6a3ce929d0e0e4736-53995c3f42cd8ad8';

  test('goes on just as it came, with a context or without', async () => {
    const message = call('plain', 'echo', { traceparent: `${PARENT}-01` });
    await post(message, { traceparent: `${OTHER}-01`, tracestate: 'x=1' });
    await post(call('none', 'echo'));
    const [withOne, without] = seen;
    expect(withOne?.body).toBe(JSON.stringify(message));
    expect(withOne?.headers.join('\n')).toContain(`traceparent\n${OTHER}-01\ntracestate\nx=1`);
    expect(without?.headers.join('\n')).not.toMatch(/trace/i);
    expect(without?.body).not.toContain('trace');
  });

  test('is linked to its HTTP request where both have a context', async () => {
    expect(await spanOf('plain')).toMatchObject({
      parentSpanId: '00f067aa0ba902b7',
      links: ['53995c3f42cd8ad8'],
    });
  });

  test('begins a trace of its own without any', async () => {
    expect(await spanOf('none')).toMatchObject({ parentSpanId: '', links: [] });
  });

  test('is a child of its HTTP request where that alone has one', async () => {
    await post(call('header', 'echo'), { traceparent: `${OTHER}-01` });
    expect(await spanOf('header')).toMatchObject({ parentSpanId: '53995c3f42cd8ad8', links: [] });
  });

  test('has no span where its parent was not sampled', async () => {
    await post(call('out', 'echo', { traceparent: `${PARENT}-00` }));
    await post(call('in', 'echo', { traceparent: `${PARENT}-01` }));
    await spanOf('in');
    expect(receiver.spans.map(({ attributes }) => attributes['jsonrpc.request.id'])).not.toContain('out');
  });

  test('that is answered on a stream ends with its answer, while the stream goes on', async () => {
    // Nobody ends the stream but this test, when it has the span.
    const response = await post(call('stream', 'stay-open'));
    const span = await spanOf('stream');
    expect(span).toMatchObject({ status: 0, attributes: { 'mcp_vitals.status': 'ok' } });
    expect(span.endMs - span.startMs).toBeGreaterThan(190);
    await response.body?.cancel();
  }, 30_000);

  test('that its client gives up is no error, but says what became of it', async () => {
    const leaving = new AbortController();
    const given = fetch(`${sidecar.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(call('left', 'slow')),
      signal: leaving.signal,
    });
    await eventually(() => expect(seen.at(-1)?.body).toContain('"left"'));
    leaving.abort();
    await expect(given).rejects.toThrow('abort');
    expect(await spanOf('left')).toMatchObject({
      status: 0,
      attributes: { 'mcp_vitals.status': 'cancelled' },
    });
  });

  test('that is not answered is an error', async () => {
    await (await post(call('never', 'never'))).text();
    expect(await spanOf('never')).toMatchObject({ status: 2, attributes: { 'error.type': 'no_answer' } });
  });
});

describe('a cancelled call', () => {
  test('of a real client ends its span when the client says so', async () => {
    const receiver = stack.use(await startOtlpReceiver());
    const server = stack.use(await startEverything('streamableHttp'));
    const client = await connect('sdk1', { http: `${(await through(server.url, receiver)).url}/mcp` });
    stack.defer(client.abandon);
    const leaving = new AbortController();
    const cancelled = client.callTool(
      'trigger-long-running-operation',
      { duration: 30, steps: 150 },
      { signal: leaving.signal, onprogress: () => leaving.abort() },
    );
    await expect(cancelled).rejects.toThrow('abort');
    const span = await spanWhere(
      receiver,
      ({ name }) => name === 'tools/call trigger-long-running-operation',
    );
    expect(span).toMatchObject({ status: 0, attributes: { 'mcp_vitals.status': 'cancelled' } });
    expect(span.endMs - span.startMs).toBeLessThan(20_000);
  }, 60_000);
});
