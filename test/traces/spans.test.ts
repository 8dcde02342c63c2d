import { describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { CallTrace } from '../../src/model/call-trace.ts';
import type { TraceCall } from '../../src/model/spans.ts';
import type { CallObservation } from '../../src/model/traffic.ts';
import { SpanBook } from '../../src/traces/span-book.ts';
import { createTraceCall, type TraceCallParts } from '../../src/traces/trace-call.ts';
import { call } from '../metrics/call-observation.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
const tool = (name: string): Partial<CallObservation> => ({ target: { kind: 'tool', name } });
const path: Partial<CallObservation> = { target: { kind: 'path', name: '/mcp' } };

function traced(more: Partial<CallTrace> = {}): CallTrace {
  return { requestId: 'n7', sessionId: 's-1', meta: undefined, header: undefined, endedAtMs: 5000, ...more };
}

/** The SDK's own tracer, its spans in memory. The monotonic clock shows 6 s, the wall clock a million more. */
function setUp(more: Partial<TraceCallParts> = {}): {
  readonly traceCall: TraceCall;
  readonly spans: () => ReadableSpan[];
  readonly book: SpanBook;
} {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const book = new SpanBook(100);
  const parts = {
    tracer: provider.getTracer('test'),
    sampling: { followsParent: true, ratio: 1 },
    book,
    server: () => ({ address: 'orders.internal', port: 8080 }),
    // As late as life is: the SDK takes what is below the age of the process for a time by performance.now().
    clock: { nowMs: () => 6000, wallMs: () => 1_700_000_006_000 },
    onFault: (error: unknown) => {
      throw error;
    },
    ...more,
  };
  return { traceCall: createTraceCall(parts), spans: () => exporter.getFinishedSpans(), book };
}

function spanOf(observation: CallObservation, trace = traced(), name = 'some name'): ReadableSpan {
  const { traceCall, spans } = setUp();
  traceCall(observation, trace, name);
  const [span] = spans();
  if (!span) throw new Error('span: want one, got none');
  return span;
}

const msOf = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6;

describe('the span of a call', () => {
  it('has all that the convention wants of a tool call that went well', () => {
    const span = spanOf(call(tool('get_user')), traced(), 'tools/call get_user');
    expect([span.name, span.kind, span.status]).toEqual(['tools/call get_user', 1, { code: 0 }]);
    expect(span.attributes).toEqual({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_user',
      'jsonrpc.request.id': '7',
      'mcp.session.id': 's-1',
      'mcp.protocol.version': '2025-11-25',
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'server.address': 'orders.internal',
      'server.port': 8080,
      'mcp_vitals.status': 'ok',
    });
  });

  it.each<[string, Partial<CallObservation>, Record<string, unknown>]>([
    [
      'a prompt',
      { method: 'prompts/get', target: { kind: 'prompt', name: 'review' } },
      { 'gen_ai.prompt.name': 'review' },
    ],
    [
      'a resource, whose URI is nobody’s business',
      { method: 'resources/read', target: { kind: 'resource', name: 'file' } },
      { 'mcp.method.name': 'resources/read' },
    ],
    ['a method without a target', { method: 'tools/list', ...path }, { 'mcp.method.name': 'tools/list' }],
    ['a tool that a client made up', tool('x-4711'), { 'gen_ai.tool.name': 'x-4711' }],
    ['a call over pipes', { ...tool('a'), transport: 'stdio' }, { 'network.transport': 'pipe' }],
    [
      'a call in which a person was asked',
      { ...tool('a'), clientWaitMs: 1500 },
      { 'mcp_vitals.client_wait_seconds': 1.5 },
    ],
  ])('names %s', (_what, more, attributes) => {
    const span = spanOf(call(more));
    expect(span.attributes).toMatchObject(attributes);
    expect(Object.keys(span.attributes)).not.toContain('mcp.resource.uri');
  });

  it.each<[string, Partial<CallObservation>, Record<string, unknown>]>([
    [
      'a tool that says it failed',
      { status: 'tool_error', errorType: 'database_deadlock', fault: 'server' },
      { 'error.type': 'tool_error', 'mcp_vitals.error_type': 'database_deadlock' },
    ],
    [
      'a JSON-RPC error',
      { status: '-32602', errorType: 'invalid_params', fault: 'client', rpcErrorCode: -32602 },
      { 'error.type': '-32602', 'rpc.response.status_code': '-32602' },
    ],
    [
      'a JSON-RPC error of an unknown code',
      { status: 'other', errorType: 'other', fault: 'server', rpcErrorCode: 4711 },
      { 'error.type': 'other', 'rpc.response.status_code': '4711' },
    ],
    [
      'an HTTP error',
      { status: '503', errorType: 'service_unavailable', fault: 'server' },
      { 'error.type': '503' },
    ],
    [
      'no answer at all',
      { status: 'other', errorType: 'no_answer', fault: 'server' },
      { 'error.type': 'no_answer' },
    ],
    [
      'a server that is gone',
      { status: 'unreachable', errorType: 'connection_refused', fault: 'server' },
      { 'error.type': 'unreachable' },
    ],
  ])('is an error for %s', (_what, more, attributes) => {
    const span = spanOf(call(more));
    expect(span.status).toEqual({ code: 2 });
    expect(span.attributes).toMatchObject(attributes);
  });

  it.each<[string, Partial<CallObservation>]>([
    ['cancelled', { status: 'cancelled', errorType: 'cancelled' }],
    ['left by its client', { status: 'cancelled', errorType: 'client_disconnected' }],
    ['waiting for input', { status: 'input_required' }],
    [
      'a negotiation of the version',
      { status: '-32022', errorType: 'version_negotiation', rpcErrorCode: -32022 },
    ],
  ])('is no error for a call that was %s, but says so', (_what, more) => {
    const span = spanOf(call(more));
    expect(span.status).toEqual({ code: 0 });
    expect(span.attributes).not.toHaveProperty(['error.type']);
    expect(span.attributes['mcp_vitals.status']).toBe(more.status);
  });

  it('lasts from the arrival of the request to its answer, in Unix time', () => {
    const span = spanOf(call({ durationMs: 1250.5 }), traced({ endedAtMs: 5000.25 }));
    expect([msOf(span.startTime), msOf(span.endTime)]).toEqual([1_700_000_003_749.75, 1_700_000_005_000.25]);
  });

  it.each<[string, string, string | undefined]>([
    ['a number', 'n12', '12'],
    ['a string', 'sreq-1', 'req-1'],
    ['a string that was too long', `c${'x'.repeat(400)}`, 'x'.repeat(256)],
    ['null, which the convention does not want', 'null', undefined],
    ['what is no scalar', '{}', undefined],
  ])('has the id of the request where that is %s', (_what, requestId, text) => {
    expect(spanOf(call(), traced({ requestId })).attributes['jsonrpc.request.id']).toBe(text);
  });

  it('keeps no value of more than 256 characters, whoever made it up', () => {
    const long = 'x'.repeat(10_000);
    const span = spanOf(
      call({ ...tool(long), method: long, protocolVersion: long }),
      traced({ requestId: `s${long}`, sessionId: long }),
      long,
    );
    const lengths = Object.values(span.attributes).map((value) => String(value).length);
    expect(Math.max(...lengths)).toBe(256);
    expect(span.name).toHaveLength(256);
  });

  it('is a child of the message’s context, linked to the HTTP request’s', () => {
    const span = spanOf(
      call(),
      traced({
        meta: { parent: `${PARENT}-01`, state: 'a=b' },
        header: { parent: `${PARENT.slice(0, -1)}8-01`, state: undefined },
      }),
    );
    expect(span.spanContext().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(span.spanContext().traceState?.serialize()).toBe('a=b');
    expect(span.parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7', isRemote: true });
    expect(span.links.map(({ context }) => context.spanId)).toEqual(['00f067aa0ba902b8']);
  });
});

describe('a call', () => {
  it('is told the ids of its span', () => {
    const { traceCall, spans } = setUp();
    const ids = traceCall(call(), traced(), 'tools/call');
    expect(ids).toEqual({
      traceId: spans()[0]?.spanContext().traceId,
      spanId: spans()[0]?.spanContext().spanId,
    });
  });

  it('whose parent was not sampled has no span', () => {
    const { traceCall, spans, book } = setUp();
    expect(
      traceCall(call(), traced({ meta: { parent: `${PARENT}-00`, state: undefined } }), 'tools/call'),
    ).toBeUndefined();
    expect(spans()).toEqual([]);
    expect(book.counts().waiting).toBe(0);
  });

  it('asks the SDK for nothing unless it is sampled', () => {
    const tracer = new Proxy({} as TraceCallParts['tracer'], {
      get: () => {
        throw new Error('the tracer was asked');
      },
    });
    const { traceCall } = setUp({ tracer, sampling: { followsParent: true, ratio: 0 } });
    expect(traceCall(call(), traced(), 'tools/call')).toBeUndefined();
  });

  it('has no span while as many wait as the queue takes, and is counted as lost', () => {
    const book = new SpanBook(2);
    const { traceCall, spans } = setUp({ book });
    const ids = [1, 2, 3, 4].map(() => traceCall(call(), traced(), 'tools/call'));
    expect(ids.map((each) => each !== undefined)).toEqual([true, true, false, false]);
    expect(spans()).toHaveLength(2);
    expect(book.counts()).toEqual({ exported: 0, failed: 0, queueFull: 2, faulty: 0, waiting: 2 });
    book.sent(2);
    book.settled(2, false);
    expect(traceCall(call(), traced(), 'tools/call')).toBeDefined();
    expect(book.counts()).toEqual({ exported: 0, failed: 2, queueFull: 2, faulty: 0, waiting: 1 });
  });

  it('is none the worse for a tracer that throws', () => {
    const faults: unknown[] = [];
    const tracer = {
      startSpan: () => {
        throw new Error('broken');
      },
      startActiveSpan: () => undefined,
    };
    const { traceCall, book } = setUp({
      tracer: tracer as unknown as TraceCallParts['tracer'],
      onFault: (error) => void faults.push(error),
    });
    expect(traceCall(call(), traced(), 'tools/call')).toBeUndefined();
    expect(faults).toEqual([new Error('broken')]);
    expect(book.counts().faulty).toBe(1);
  });
});
