import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { CallTrace } from '../../src/model/call-trace.ts';
import { createStdioTap } from '../../src/taps/stdio-tap.ts';
import { defaultOptions, driveTap, manualClock, RecordingSink, result, toolCall } from './tap-driver.ts';
import type { TapDriver } from './tap-driver.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const OTHER = '00-4bf92f3577b34da6a3ce929d0e0e4736-53995c3f42cd8ad8-01';
const meta = { traceparent: PARENT, tracestate: 'a=b' };

const traceOf = ({ sink }: TapDriver, index = 0): CallTrace | undefined => sink.calls[index]?.trace;

/** Requests whose context lies before, behind and between what the tap wants to know otherwise. */
const orders: readonly (readonly [string, object])[] = [
  [
    'as the official clients write it, the id last',
    { method: 'tools/call', params: { name: 'a', arguments: { x: 1 }, _meta: meta }, jsonrpc: '2.0', id: 1 },
  ],
  [
    'behind id and name',
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a', arguments: {}, _meta: meta } },
  ],
  [
    'before the name',
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { _meta: meta, arguments: {}, name: 'a' } },
  ],
  [
    'beside the members of 2026-07-28',
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'a',
        _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 7, ...meta },
      },
    },
  ],
  ['of a method without a target', { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } }],
];

describe('the trace context of a message', () => {
  it.each(orders)('is found %s', (_name, message) => {
    const driver = driveTap({ traced: true });
    driver.post(message).json(result(1));
    expect(traceOf(driver)).toMatchObject({ requestId: 'n1', meta: { parent: PARENT, state: 'a=b' } });
  });

  it.each(orders)('is found %s, whatever the pieces it comes in', (_name, message) => {
    const bytes = Buffer.from(JSON.stringify(message));
    for (let cut = 1; cut < bytes.length; cut += 3) {
      const driver = driveTap({ traced: true });
      const exchange = driver.request('POST', {
        'content-type': 'application/json',
        'content-length': String(bytes.length),
      });
      exchange.observer.requestBody(bytes.subarray(0, cut));
      exchange.observer.requestBody(bytes.subarray(cut));
      exchange.observer.requestEnd();
      exchange.json(result(1));
      expect(traceOf(driver)?.meta?.parent).toBe(PARENT);
    }
  });

  it.each(orders)('is found %s in one piece of known length', (_name, message) => {
    const body = JSON.stringify(message);
    const driver = driveTap({ traced: true });
    driver.post(body, { 'content-length': String(body.length) }).json(result(1));
    expect(traceOf(driver)?.meta?.parent).toBe(PARENT);
  });

  it('is found in a compressed body', async () => {
    const driver = driveTap({ traced: true });
    const exchange = driver.post(gzipSync(JSON.stringify(orders[0]?.[1])), { 'content-encoding': 'gzip' });
    exchange.json(result(1));
    for (let wait = 0; driver.sink.calls.length === 0 && wait < 200; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(traceOf(driver)?.meta?.parent).toBe(PARENT);
  });

  it.each<[string, object]>([
    ['in the arguments', toolCall(1, 'a', { _meta: meta, traceparent: PARENT })],
    ['beside _meta', { ...toolCall(1, 'a'), params: { name: 'a', traceparent: PARENT } }],
    ['in the _meta of the message itself', { ...toolCall(1, 'a'), _meta: meta }],
  ])('is not what a client writes %s', (_name, message) => {
    const driver = driveTap({ traced: true });
    driver.post(message).json(result(1));
    expect(traceOf(driver)).toMatchObject({ requestId: 'n1', meta: undefined });
  });

  it('is each message’s own in a batch, the header’s that of all', () => {
    const driver = driveTap({ traced: true });
    const first = { ...toolCall(1, 'a'), params: { name: 'a', _meta: { traceparent: PARENT } } };
    driver.post([first, toolCall(2, 'b')], { Traceparent: OTHER }).json([result(1), result(2)]);
    expect(driver.sink.calls.map(({ trace }) => [trace?.meta?.parent, trace?.header?.parent])).toEqual([
      [PARENT, OTHER],
      [undefined, OTHER],
    ]);
  });

  it('has no state where that is longer than can be kept whole', () => {
    const driver = driveTap({ traced: true });
    const tracestate = Array.from({ length: 60 }, (_, index) => `key${index}=value`).join(',');
    driver
      .post(
        { ...toolCall(1, 'a'), params: { name: 'a', _meta: { traceparent: PARENT, tracestate } } },
        { traceparent: OTHER, tracestate },
      )
      .json(result(1));
    expect(traceOf(driver)).toMatchObject({
      meta: { parent: PARENT, state: undefined },
      header: { parent: OTHER, state: undefined },
    });
  });
});

describe('the trace context of an HTTP request', () => {
  it('is in its headers, their names in any case, the state in several of them', () => {
    const driver = driveTap({ traced: true });
    const exchange = driver.tap.observe({
      method: 'POST',
      target: '/mcp',
      rawHeaders: [
        'Content-Type',
        'application/json',
        'TraceParent',
        PARENT,
        'tracestate',
        'a=1',
        'Tracestate',
        'b=2',
      ],
      receivedAtMs: driver.clock.nowMs(),
    });
    exchange?.requestBody(Buffer.from(JSON.stringify(toolCall(1))));
    exchange?.requestEnd();
    exchange?.responseHead(500, []);
    exchange?.end({ kind: 'complete' }, 0);
    expect(traceOf(driver)?.header).toEqual({ parent: PARENT, state: 'a=1,b=2' });
  });
});

describe('what a span needs of a call', () => {
  it('is the session that its request names, or that the answer to initialize announces', () => {
    const driver = driveTap({ traced: true });
    driver
      .post({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} })
      .json(result(0), 200, { 'Mcp-Session-Id': 'abc' });
    driver.post(toolCall(1), { 'mcp-session-id': 'abc' }).json(result(1));
    expect(driver.sink.calls.map(({ trace }) => trace?.sessionId)).toEqual(['abc', 'abc']);
  });

  it('is the time of its end: the response with its id, not the end of the stream that brought it', () => {
    const driver = driveTap({ traced: true });
    const exchange = driver.post(toolCall(1));
    driver.clock.advance(100);
    exchange.sse();
    driver.clock.advance(100);
    exchange.event(result(1));
    driver.clock.advance(5000);
    exchange.end();
    const [observation] = driver.sink.calls;
    expect([observation?.durationMs, observation?.trace?.endedAtMs]).toEqual([200, 1200]);
  });

  it('is nothing while traces are off: not even looked for', () => {
    const driver = driveTap();
    driver.post(orders[0]?.[1], { traceparent: PARENT }).json(result(1));
    expect(driver.sink.calls[0]).toHaveProperty('trace', undefined);
  });

  it('is nothing for what is no JSON-RPC request', () => {
    const driver = driveTap({ traced: true });
    driver.get({ traceparent: PARENT }, '/health').answer(200, {});
    driver
      .post({ jsonrpc: '2.0', method: 'notifications/initialized' }, { traceparent: PARENT })
      .answer(500, {});
    expect(driver.sink.calls.map(({ trace }) => trace)).toEqual([undefined, undefined]);
  });
});

describe('over HTTP+SSE and pipes', () => {
  it('an answer on the other stream ends the call of the message with the context', () => {
    const driver = driveTap({ traced: true });
    const stream = driver.get({}, '/sse');
    stream.sse();
    stream.body('event: endpoint\ndata: /message?sessionId=1\n\n');
    driver.post(orders[1]?.[1], {}, '/message?sessionId=1').answer(202, {});
    driver.clock.advance(300);
    stream.event(result(1));
    expect(driver.sink.calls[0]).toMatchObject({
      transport: 'http_sse',
      durationMs: 300,
      trace: { meta: { parent: PARENT } },
    });
  });

  it.each([true, false])('a line has its context where traces are on: %s', (traced) => {
    const sink = new RecordingSink();
    const tap = createStdioTap(() => ({ ...defaultOptions, traced }), sink, manualClock());
    tap.clientToServer(Buffer.from(`${JSON.stringify(orders[1]?.[1])}\n`));
    tap.serverToClient(Buffer.from(`${JSON.stringify(result(1))}\n`));
    expect(sink.calls[0]?.trace?.meta).toEqual(traced ? { parent: PARENT, state: 'a=b' } : undefined);
  });
});
