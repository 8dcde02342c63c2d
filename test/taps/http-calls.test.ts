import { gzipSync, brotliCompressSync, deflateRawSync, deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { driveTap, result, rpcError, toolCall, type DrivenExchange, type TapDriver } from './tap-driver.ts';

const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };

describe('how a call ends', () => {
  const deadlock = result(1, { isError: true, content: [{ type: 'text', text: 'Deadlock detected' }] });
  it.each<[string, (exchange: DrivenExchange) => void, string]>([
    ['a result', (call) => call.json(result(1)), 'tools/call get_user ok'],
    [
      'a tool error',
      (call) => call.json(result(1, { isError: true })),
      'tools/call get_user tool_error tool_error server',
    ],
    [
      'a tool error with a known text',
      (call) => call.json(deadlock),
      'tools/call get_user tool_error database_deadlock server',
    ],
    [
      'an interim result',
      (call) => call.json(result(1, { resultType: 'input_required' })),
      'tools/call get_user input_required',
    ],
    ['a task', (call) => call.json(result(1, { resultType: 'task' })), 'tools/call get_user task'],
    [
      'invalid params',
      (call) => call.json(rpcError(1, -32602)),
      'tools/call get_user -32602 invalid_params client',
    ],
    [
      'an internal error',
      (call) => call.json(rpcError(1, -32603)),
      'tools/call get_user -32603 internal_error server',
    ],
    [
      'an internal error with a known text',
      (call) => call.json(rpcError(1, -32603, 'deadlock')),
      'tools/call get_user -32603 database_deadlock server',
    ],
    [
      'an unheard-of code',
      (call) => call.json(rpcError(1, -31999)),
      'tools/call get_user other other server',
    ],
    [
      'a refusal with id null',
      (call) => call.json(rpcError(null, -32700), 400),
      'tools/call get_user -32700 parse_error client',
    ],
    [
      'a header mismatch',
      (call) => call.json(rpcError(1, -32020), 400),
      'tools/call get_user -32020 version_negotiation',
    ],
    ['401', (call) => call.answer(401, {}), 'tools/call get_user 401 unauthorized client'],
    ['429', (call) => call.answer(429, {}), 'tools/call get_user 429 rate_limit_exceeded client'],
    [
      '503 as text',
      (call) => call.answer(503, { 'content-type': 'text/plain' }, 'busy'),
      'tools/call get_user 503 service_unavailable server',
    ],
    ['no answer in a good response', (call) => call.json([]), 'tools/call get_user other no_answer server'],
    [
      'a gateway that answers in JSON of its own',
      (call) => call.json({ error: { code: 503, message: 'no healthy upstream' } }, 503),
      'tools/call get_user 503 service_unavailable server',
    ],
    [
      'a legacy task',
      (call) => call.json(result(1, { task: { taskId: 't', status: 'working' } })),
      'tools/call get_user task',
    ],
    ['a redirect', (call) => call.answer(307, {}), 'tools/call get_user 307'],
    ['a result of another id', (call) => call.json(result(2)), 'tools/call get_user other no_answer server'],
    [
      'an answer that is not JSON',
      (call) => call.answer(200, JSON_HEADERS, '<html>'),
      'tools/call get_user other no_answer server',
    ],
    [
      'a client that leaves',
      (call) => call.end('client_gone'),
      'tools/call get_user cancelled client_disconnected',
    ],
    ['the end of the sidecar', (call) => call.end('shutdown'), 'tools/call get_user other stopped server'],
    [
      'a refused connection',
      (call) => call.observer.end({ kind: 'upstream_unreachable', code: 'ECONNREFUSED' }, 0),
      'tools/call get_user unreachable connection_refused server',
    ],
    [
      'a broken connection',
      (call) => call.observer.end({ kind: 'upstream_reset', code: 'ECONNRESET' }, 0),
      'tools/call get_user unreachable connection_reset server',
    ],
    [
      'a connection that takes too long',
      (call) => call.observer.end({ kind: 'upstream_timeout', phase: 'connect' }, 0),
      'tools/call get_user timeout connection_timeout server',
    ],
    [
      'an answer that takes too long',
      (call) => call.observer.end({ kind: 'upstream_timeout', phase: 'headers' }, 0),
      'tools/call get_user timeout response_timeout server',
    ],
    [
      'garbage',
      (call) => call.observer.end({ kind: 'upstream_invalid', code: 'x' }, 0),
      'tools/call get_user 502 invalid_http server',
    ],
  ])('%s', (_title, end, expected) => {
    const { post, sink } = driveTap();
    end(post(toolCall(1)));
    expect(sink.summary()).toEqual([expected]);
    expect(sink).toMatchObject({ pending: 0, seen: 1, ended: 1 });
  });

  it('takes a refusal of server/discover for negotiation, but not one of rights', () => {
    const { post, sink } = driveTap();
    const discover = { jsonrpc: '2.0', id: 1, method: 'server/discover' };
    post(discover).json(rpcError(1, -32601), 404);
    post(discover).answer(400, {});
    post(discover).answer(401, {});
    expect(sink.summary()).toEqual([
      'server/discover /mcp -32601 version_negotiation',
      'server/discover /mcp 400 version_negotiation',
      'server/discover /mcp 401 unauthorized client',
    ]);
  });
});

describe('requests without a call', () => {
  it.each<[string, unknown, (exchange: DrivenExchange) => void, string[]]>([
    [
      'a notification that is taken',
      { method: 'notifications/initialized' },
      (post) => post.answer(202, {}),
      [],
    ],
    [
      'a notification that fails',
      { method: 'notifications/initialized' },
      (post) => post.answer(503, {}),
      ['notifications/initialized /mcp 503 service_unavailable server'],
    ],
    [
      'a response that fails',
      { id: 1, result: {} },
      (post) => post.answer(500, {}),
      ['response /mcp 500 internal_error server'],
    ],
    ['other JSON', { client_name: 'x' }, (post) => post.json({ client_id: 'y' }, 201), ['POST /mcp ok']],
    [
      'other JSON that fails',
      { client_name: 'x' },
      (post) => post.answer(500, {}),
      ['POST /mcp 500 internal_error server'],
    ],
  ])('%s', (_title, body, answer, expected) => {
    const { post, sink } = driveTap();
    answer(post(body));
    expect(sink.summary()).toEqual(expected);
  });
});

describe('what a call addresses', () => {
  it.each([
    [
      { method: 'tools/call', params: { name: 'a' } },
      { kind: 'tool', name: 'a' },
    ],
    [
      { method: 'prompts/get', params: { name: 'p' } },
      { kind: 'prompt', name: 'p' },
    ],
    [
      { method: 'resources/read', params: { uri: 'Postgres://host/secret' } },
      { kind: 'resource', name: 'postgres' },
    ],
    [
      { method: 'resources/read', params: { uri: 'no scheme' } },
      { kind: 'path', name: '/mcp' },
    ],
    [{ method: 'tools/list' }, { kind: 'path', name: '/mcp' }],
    [
      { method: 'tools/call', params: {} },
      { kind: 'path', name: '/mcp' },
    ],
  ])('%j', (message, target) => {
    const { post, sink } = driveTap();
    post({ id: 1, ...message }, {}, '/mcp?token=secret').json(result(1));
    expect(sink.calls[0]?.target).toEqual(target);
  });
});

it.each([
  ['/mcp', '/mcp'],
  ['/mcp/v1/messages', '/mcp/v1/messages'],
  ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/mcp'],
  ['/users/12345', '/users/:id'],
  ['/s/3f2504e0-4f89-41d3-9a0c-0305e82c3301/mcp', '/s/:id/mcp'],
  ['/api/mcp/s/sk_live_51H8xYzAbCdEfGh/mcp', '/api/mcp/s/:id/mcp'],
])('shows the path %s as %s', (path, shown) => {
  const { post, sink } = driveTap();
  post({ id: 1, method: 'ping' }, {}, path).json(result(1));
  expect(sink.calls[0]?.target.name).toBe(shown);
});

describe('durations', () => {
  it('ends at the response with the id, not at the head, the first byte or the end of the stream', () => {
    const { post, sink, clock } = driveTap();
    const call = post(toolCall(7));
    clock.advance(10);
    call.sse();
    call.body('id: 1\ndata:\n\n');
    clock.advance(20);
    call.event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } });
    clock.advance(30);
    call.event(result(7));
    expect(sink.calls[0]).toMatchObject({ durationMs: 60, timeToFirstByteMs: 10, status: 'ok' });
    clock.advance(1000);
    call.end();
    expect(sink.calls).toHaveLength(1);
    expect(sink.lines).toContain('notification notifications/progress server');
  });

  it('answers each call of a batch by its id', () => {
    const { post, sink, clock } = driveTap();
    const batch = post([toolCall(1, 'a'), toolCall('1', 'b'), { method: 'notifications/x' }]);
    clock.advance(5);
    batch.sse();
    batch.event(result('1'));
    clock.advance(5);
    batch.event(rpcError(1, -32603));
    batch.end();
    expect(sink.summary()).toEqual(['tools/call b ok', 'tools/call a -32603 internal_error server']);
    expect(sink.calls.map(({ durationMs }) => durationMs)).toEqual([5, 10]);
  });

  it('takes the waiting for the client apart, overlapping questions once', () => {
    const { post, sink, clock } = driveTap();
    post({ id: 0, method: 'initialize' }).json({ id: 0, result: { protocolVersion: '2025-11-25' } }, 200, {
      'Mcp-Session-Id': 's',
    });
    const session = { 'mcp-session-id': 's' };
    const call = post(toolCall(1), session);
    call.sse();
    clock.advance(100);
    call.event({ jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: {} });
    clock.advance(1000);
    call.event({ jsonrpc: '2.0', id: 'q2', method: 'sampling/createMessage', params: {} });
    clock.advance(500);
    post({ jsonrpc: '2.0', id: 'q1', result: { action: 'accept' } }, session).answer(202, {});
    clock.advance(500);
    post({ jsonrpc: '2.0', id: 'q2', error: { code: -1, message: 'no' } }, session).answer(202, {});
    clock.advance(50);
    call.event(result(1));
    call.end();
    expect(sink.calls.at(-1)).toMatchObject({
      durationMs: 2150,
      clientWaitMs: 2000,
      protocolVersion: '2025-11-25',
    });
    expect(sink.lines).toEqual(expect.arrayContaining(['wait elicitation 1500', 'wait sampling 1000']));
  });
});

describe('sizes', () => {
  it('counts bytes as sent, and the batch of a configured tool', () => {
    const { post, sink } = driveTap();
    const request = toolCall(1, 'process_batch', { items: [1, 2, 3] });
    post(request).json(result(1));
    expect(sink.calls[0]).toMatchObject({
      requestBytes: JSON.stringify(request).length,
      responseBytes: JSON.stringify(result(1)).length,
      batchSize: 3,
    });
    post(toolCall(2, 'another_tool', { items: [1] })).json(result(2));
    expect(sink.calls[1]?.batchSize).toBeUndefined();
  });

  it('reads bodies of any size without keeping them', () => {
    const { post, sink } = driveTap({ maxBodyBytes: 1024 });
    const call = post(JSON.stringify(toolCall(1, 'big', { text: 'x'.repeat(3_000_000) })));
    call.json(result(1, { content: [{ text: 'y'.repeat(3_000_000) }], isError: true }));
    expect(sink.summary()).toEqual(['tools/call big tool_error tool_error server']);
  });
});

const settled = async ({ sink }: TapDriver): Promise<void> => {
  for (let turn = 0; turn < 200 && sink.ended < sink.seen; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('compressed bodies', () => {
  const text = JSON.stringify(result(1, { isError: true }));
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('%s is read from a copy', async (encoding, bytes) => {
    const driver = driveTap();
    const call = driver.post(toolCall(1));
    call.head(200, { ...JSON_HEADERS, 'Content-Encoding': encoding });
    // In two parts, as the wire may cut it.
    call.body(bytes.subarray(0, 5));
    call.body(bytes.subarray(5));
    call.end();
    await settled(driver);
    expect(driver.sink.summary()).toEqual(['tools/call get_user tool_error tool_error server']);
    expect(driver.sink.lines).toEqual([]);
  });

  it.each([
    ['an unknown coding', 'compress', Buffer.from('xx'), 'unsupported_encoding'],
    ['two codings', 'gzip, br', Buffer.from('xx'), 'unsupported_encoding'],
    ['broken bytes', 'gzip', Buffer.from('not gzip at all'), 'undecodable_body'],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(3_000_000)), 'decoded_too_large'],
  ])('%s is dropped and counted', async (_title, encoding, bytes, reason) => {
    const driver = driveTap({ maxDecodedBytes: 1_000_000 });
    const call = driver.post(toolCall(1));
    call.answer(200, { ...JSON_HEADERS, 'Content-Encoding': encoding }, bytes);
    await settled(driver);
    expect(driver.sink.lines).toEqual([`exchange dropped ${reason}`]);
    expect(driver.sink).toMatchObject({ pending: 0, ended: 1 });
  });

  it('gives up a body that comes faster than it can be decoded', async () => {
    const driver = driveTap({ maxBodyBytes: 1000 });
    const call = driver.post(toolCall(1));
    call.head(200, { ...JSON_HEADERS, 'Content-Encoding': 'gzip' });
    const bytes = gzipSync(Buffer.from(Array.from({ length: 60_000 }, () => Math.random() * 256)));
    for (let at = 0; at < bytes.length; at += 900) call.body(bytes.subarray(at, at + 900));
    call.end();
    await settled(driver);
    expect(driver.sink.lines).toEqual(['exchange dropped decoder_backlog']);
  });

  it.each([
    ['at once', 0],
    ['later', 50],
  ])('reads a compressed request that is answered %s', async (_title, delayMs) => {
    const driver = driveTap();
    const call = driver.post(gzipSync(JSON.stringify(toolCall(1, 'zipped'))), { 'content-encoding': 'gzip' });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    call.json(result(1, { isError: true }));
    await settled(driver);
    expect(driver.sink.summary()).toEqual(['tools/call zipped tool_error tool_error server']);
    expect(driver.sink.lines).toEqual([]);
    expect(driver.sink).toMatchObject({ pending: 0, ended: 1 });
  });

  it.each([
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('survives bytes behind the end of %s, of a request and of an answer', async (encoding, compress) => {
    const driver = driveTap();
    const trailed = (value: object): Buffer =>
      Buffer.concat([compress(JSON.stringify(value)), Buffer.from('\n')]);
    const call = driver.post(trailed(toolCall(1)), { 'content-encoding': encoding });
    await new Promise((resolve) => setTimeout(resolve, 30));
    call.head(200, { ...JSON_HEADERS, 'Content-Encoding': encoding });
    call.body(trailed(result(1)));
    await new Promise((resolve) => setTimeout(resolve, 30));
    call.end();
    await settled(driver);
    expect(driver.sink).toMatchObject({ pending: 0, seen: 1, ended: 1 });
  });

  it('holds back no more of an answer than it may', async () => {
    const driver = driveTap({ maxBodyBytes: 1000 });
    const call = driver.post(gzipSync(JSON.stringify(toolCall(1, 'zipped'))), { 'content-encoding': 'gzip' });
    call.json(result(1, { content: [{ text: 'x'.repeat(5000) }] }));
    await settled(driver);
    expect(driver.sink.summary()).toEqual(['tools/call zipped other no_answer server']);
    expect(driver.sink.lines).toEqual(['exchange dropped decoder_backlog']);
  });

  it('copies what the thread pool reads later', async () => {
    const driver = driveTap();
    const call = driver.post(toolCall(1));
    call.head(200, { ...JSON_HEADERS, 'Content-Encoding': 'gzip' });
    const lent = Buffer.from(gzipSync(text));
    call.observer.responseBody(lent);
    lent.fill(0);
    call.end();
    await settled(driver);
    expect(driver.sink.summary()).toEqual(['tools/call get_user tool_error tool_error server']);
  });
});

describe('limits and faults', () => {
  it('gives up the call that waits longest beyond the cap, and counts it', () => {
    const { post, sink } = driveTap({ maxPending: 2 });
    const calls = ['a', 'b', 'c'].map((name, index) => post(toolCall(index, name)));
    expect(sink.pending).toBe(2);
    for (const [index, call] of calls.entries()) call.json(result(index));
    expect(sink.summary()).toEqual(['tools/call b ok', 'tools/call c ok']);
    expect(sink.lines).toEqual(['dropped pending_full']);
    expect(sink).toMatchObject({ pending: 0, seen: 3, ended: 3 });
  });

  it('matches a large batch in time that grows with its size only', () => {
    const { post, sink } = driveTap({ maxPending: 100_000 });
    const ids = Array.from({ length: 20_000 }, (_, index) => index);
    const batch = post(ids.map((id) => toolCall(id)));
    batch.json(ids.toReversed().flatMap((id) => [result(`unknown ${id}`), result(id)]));
    expect(sink.calls).toHaveLength(20_000);
    expect(new Set(sink.summary())).toEqual(new Set(['tools/call get_user ok']));
    expect(sink.pending).toBe(0);
  });

  it('counts a request that is not JSON, with what the server said of it', () => {
    const { post, sink } = driveTap();
    post('{"id":1,').json(rpcError(null, -32700), 400);
    post('nonsense').answer(400, {});
    expect(sink.summary()).toEqual([
      'other /mcp -32700 parse_error client',
      'other /mcp 400 http_4xx client',
    ]);
    expect(sink.lines).toEqual(['exchange dropped truncated_json', 'exchange dropped invalid_json']);
  });

  it('survives a fault of its own and settles the call', () => {
    const { post, sink, errors } = driveTap();
    const call = post(toolCall(1));
    sink.notification = () => {
      throw new Error('planted');
    };
    call.sse();
    expect(() => call.event({ method: 'notifications/x' })).not.toThrow();
    call.event(result(1));
    call.end();
    expect(errors).toHaveLength(1);
    expect(sink.lines).toEqual(['exchange dropped tap_error']);
    expect(sink).toMatchObject({ pending: 0, ended: 1 });
  });
});

describe('an answer that the proxy has to make itself', () => {
  it.each([
    ['a number', 7, '"id":7'],
    ['a string', 'a"b', '"id":"a\\"b"'],
    ['null', null, '"id":null'],
  ])('carries the id: %s', (_title, id, expected) => {
    const { post } = driveTap();
    const body = post(toolCall(id)).observer.failureBody(502, 'upstream: connection refused') ?? '';
    expect(body).toContain(expected);
    expect(JSON.parse(body)).toEqual({
      jsonrpc: '2.0',
      id,
      error: { code: -32000, message: 'upstream: connection refused', data: { httpStatus: 502 } },
    });
  });

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['1700000000000000001', '1700000000000000001'],
    ['1e400', '1e400'],
    ['1.5', '1.5'],
    [`"${'x'.repeat(600)}"`, 'null'],
    ['{}', 'null'],
  ])('sends the id %s back as %s', (id, expected) => {
    const { post } = driveTap();
    const body = post(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`).observer.failureBody(502, 'x') ?? '';
    expect(body).toContain(`"id":${expected},`);
  });

  it('answers a batch by a batch, a timeout by the code of one, and plain HTTP not at all', () => {
    const { post, request } = driveTap();
    const batch = JSON.parse(
      post([toolCall(1), toolCall(2)]).observer.failureBody(504, 'late') ?? '',
    ) as unknown[];
    expect(batch).toMatchObject([{ id: 1, error: { code: -32001 } }, { id: 2 }]);
    expect(request('GET').observer.failureBody(502, 'x')).toBeUndefined();
  });
});

describe('HTTP beside MCP', () => {
  it.each([
    ['GET', 200, 'GET /.well-known/oauth-protected-resource ok'],
    ['GET', 405, 'GET /.well-known/oauth-protected-resource 405 method_not_allowed'],
    ['POST', 500, 'POST /.well-known/oauth-protected-resource 500 internal_error server'],
  ])('%s %i', (method, status, expected) => {
    const { request, sink } = driveTap();
    request(method, {}, '/.well-known/oauth-protected-resource?x=1').answer(status, {});
    expect(sink.summary()).toEqual([expected]);
    expect(sink.calls[0]).toMatchObject({ isMcp: false, transport: 'http' });
  });

  it('takes no tunnel for a request', () => {
    const { request, sink } = driveTap();
    request('GET').answer(101, {});
    expect(sink.calls).toEqual([]);
  });
});
