import { createGzip } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { driveTap, result, toolCall, type TapDriver } from './tap-driver.ts';

const initialize = (id: unknown = 0): object => ({
  jsonrpc: '2.0',
  id,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18' },
});
const initialized = (id: unknown = 0): object => ({
  jsonrpc: '2.0',
  id,
  result: { protocolVersion: '2025-11-25' },
});
const SESSION = { 'Mcp-Session-Id': 's1' };

function openSession({ post }: TapDriver): void {
  post(initialize()).json(initialized(), 200, SESSION);
}

describe('sessions of Streamable HTTP', () => {
  it('opens with the answer to initialize and closes with DELETE', () => {
    const driver = driveTap();
    openSession(driver);
    driver.clock.advance(5000);
    driver.request('DELETE', SESSION).answer(204, {});
    expect(driver.sink.lines).toEqual([
      'session opened initialize',
      'session closed delete 5000 streamable_http 2025-11-25',
    ]);
    expect(driver.sink.calls[0]).toMatchObject({ method: 'initialize', protocolVersion: '2025-11-25' });
  });

  it('stays open when the server does not allow DELETE', () => {
    const driver = driveTap();
    openSession(driver);
    driver.request('DELETE', SESSION).answer(405, {});
    expect(driver.sink.lines).toEqual(['session opened initialize']);
  });

  it('opens none without a session id, nor for a refused initialize', () => {
    const { post, sink } = driveTap();
    post(initialize()).json(initialized());
    post(initialize()).json(initialized(), 401, SESSION);
    expect(sink.lines).toEqual([]);
  });

  it('closes when the server says 404', () => {
    const driver = driveTap();
    openSession(driver);
    driver
      .post(toolCall(1), SESSION)
      .json({ jsonrpc: '2.0', id: 1, error: { code: -32001, message: 'Session not found' } }, 404);
    expect(driver.sink.lines.at(-1)).toMatch(/^session closed not_found/);
    expect(driver.sink.summary().at(-1)).toBe('tools/call get_user -32001 session_not_found client');
  });

  it('closes by silence, but not while an exchange is open', () => {
    const driver = driveTap({ sessionIdleTimeoutMs: 60_000 });
    openSession(driver);
    const stream = driver.get(SESSION);
    stream.sse();
    driver.clock.advance(3_600_000);
    driver.tap.sweep();
    expect(driver.sink.lines).toEqual(['session opened initialize', 'stream opened get']);
    stream.end('client_gone');
    driver.clock.advance(59_999);
    driver.tap.sweep();
    expect(driver.sink.lines.at(-1)).toBe('stream closed get 3600000');
    driver.clock.advance(1);
    driver.tap.sweep();
    expect(driver.sink.lines.at(-1)).toMatch(/^session closed idle/);
  });

  it('adopts a session that was opened before, once the server accepts it', () => {
    const { post, sink } = driveTap();
    post(toolCall(1), SESSION).answer(404, {});
    expect(sink.lines).toEqual([]);
    post(toolCall(2), SESSION).json(result(2));
    post(toolCall(3), SESSION).json(result(3));
    expect(sink.lines).toEqual(['session opened adopted']);
  });

  it('does not take the 404 of another path for the end of the session', () => {
    const driver = driveTap();
    openSession(driver);
    driver.get(SESSION, '/favicon.ico').answer(404, {});
    expect(driver.sink.lines).toEqual(['session opened initialize']);
    driver.request('DELETE', SESSION).answer(404, {});
    expect(driver.sink.lines.at(-1)).toMatch(/^session closed not_found/);
  });

  it('evicts the session that was silent longest, and never one under way', () => {
    const driver = driveTap({ maxSessions: 3 });
    const open = (id: string): void =>
      driver.post(initialize()).json(initialized(), 200, { 'mcp-session-id': id });
    for (const id of ['busy', 'used', 'silent']) open(id);
    const call = driver.post(toolCall(1), { 'mcp-session-id': 'busy' });
    driver.post(toolCall(2), { 'mcp-session-id': 'used' }).json(result(2));
    open('new');
    call.json(result(1));
    driver.post(toolCall(3), { 'mcp-session-id': 'used' }).json(result(3));
    driver.post(toolCall(4), { 'mcp-session-id': 'silent' }).json(result(4));
    expect(driver.sink.summary().filter((line) => line.startsWith('tools/call'))).toEqual(
      Array(4).fill('tools/call get_user ok'),
    );
    const opened = driver.sink.lines.filter((line) => line.startsWith('session'));
    // Only `silent` was closed: it comes back as adopted.
    expect(opened.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      ...Array(3).fill('session opened initialize'),
      'session closed evicted',
      'session opened initialize',
      'session closed evicted',
      'session opened adopted',
    ]);
  });

  it('makes room beyond the cap', () => {
    const { post, sink } = driveTap({ maxSessions: 2 });
    for (const id of ['a', 'b', 'c']) post(initialize()).json(initialized(), 200, { 'mcp-session-id': id });
    expect(sink.lines.filter((line) => line.startsWith('session closed evicted'))).toHaveLength(1);
  });
});

describe('cancelling', () => {
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };

  it('ends a legacy call by its notification, and ignores a late answer', () => {
    const driver = driveTap();
    openSession(driver);
    const call = driver.post(toolCall(1), SESSION);
    call.sse();
    driver.clock.advance(300);
    driver.post(cancel, SESSION).answer(202, {});
    expect(driver.sink.summary().at(-1)).toBe('tools/call get_user cancelled cancelled');
    expect(driver.sink.calls.at(-1)?.durationMs).toBe(300);
    call.event(result(1));
    call.end();
    expect(driver.sink.calls).toHaveLength(2);
    expect(driver.sink.pending).toBe(0);
  });

  it('does not mix sessions up', () => {
    const driver = driveTap();
    openSession(driver);
    const call = driver.post(toolCall(1), SESSION);
    driver.post(cancel, { 'mcp-session-id': 'another' }).answer(202, {});
    call.json(result(1));
    expect(driver.sink.summary().at(-1)).toBe('tools/call get_user ok');
  });

  it('ends a modern call when the client closes its stream', () => {
    const { post, sink } = driveTap();
    const call = post(toolCall(1), { 'MCP-Protocol-Version': '2026-07-28' });
    call.sse();
    call.body('id: 1\ndata:\n\n');
    call.end('client_gone');
    expect(sink.summary()).toEqual(['tools/call get_user cancelled client_disconnected']);
  });
});

describe('resuming', () => {
  function cutCall(driver: TapDriver, kind: 'complete' | 'client_gone'): void {
    openSession(driver);
    const call = driver.post(toolCall(1), SESSION);
    call.sse();
    call.body('id: 1\nretry: 10\ndata:\n\n');
    driver.clock.advance(1000);
    call.end(kind);
  }

  it.each(['complete', 'client_gone'] as const)(
    'takes the answer from a stream with Last-Event-ID after %s',
    (kind) => {
      const driver = driveTap();
      cutCall(driver, kind);
      expect(driver.sink.pending).toBe(1);
      driver.clock.advance(1000);
      const resumed = driver.get({ ...SESSION, 'Last-Event-ID': '1' });
      resumed.sse();
      resumed.event(result(1), 'id: 2\n');
      expect(driver.sink.summary().at(-1)).toBe('tools/call get_user ok');
      expect(driver.sink.calls.at(-1)?.durationMs).toBe(2000);
      resumed.end();
      expect(driver.sink).toMatchObject({ pending: 0, seen: 3, ended: 3 });
    },
  );

  it.each([
    ['complete', 'tools/call get_user other no_answer server'],
    ['client_gone', 'tools/call get_user cancelled client_disconnected'],
  ] as const)('gives it up after a while: %s', (kind, expected) => {
    const driver = driveTap({ resumeTimeoutMs: 60_000 });
    cutCall(driver, kind);
    driver.clock.advance(60_000);
    driver.tap.sweep();
    expect(driver.sink.summary().at(-1)).toBe(expected);
    // The time until the cut, not the time spent hoping.
    expect(driver.sink.calls.at(-1)?.durationMs).toBe(1000);
    expect(driver.sink.pending).toBe(0);
  });

  it('gives it up at once when the session ends', () => {
    const driver = driveTap();
    cutCall(driver, 'client_gone');
    driver.request('DELETE', SESSION).answer(200, {});
    expect(driver.sink.pending).toBe(0);
  });

  it.each([
    ['its id was taken by another call of the batch', [toolCall(1, 'a'), toolCall(1, 'b')], false],
    ['its session was ended meanwhile', toolCall(1, 'a'), true],
  ])('does not wait where %s', (_title, body, ends) => {
    const driver = driveTap();
    openSession(driver);
    const call = driver.post(body, SESSION);
    call.sse();
    call.body('id: 1\ndata:\n\n');
    if (ends) driver.request('DELETE', SESSION).answer(200, {});
    call.end('client_gone');
    driver.clock.advance(3_600_000);
    driver.tap.sweep();
    expect(driver.sink.pending).toBe(0);
  });

  it('does not wait where events have no ids', () => {
    const driver = driveTap();
    openSession(driver);
    const call = driver.post(toolCall(1), SESSION);
    call.sse();
    call.end('client_gone');
    expect(driver.sink.pending).toBe(0);
  });
});

describe('streams', () => {
  it('keeps a GET stream apart from calls', () => {
    const driver = driveTap();
    openSession(driver);
    const stream = driver.get(SESSION);
    stream.sse();
    stream.event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    driver.clock.advance(90_000);
    stream.end('client_gone');
    expect(driver.sink.calls).toHaveLength(1);
    expect(driver.sink.lines.slice(1)).toEqual([
      'stream opened get',
      'notification notifications/tools/list_changed server',
      'stream closed get 90000',
    ]);
  });

  it('counts a refused GET stream as plain HTTP', () => {
    const { get, sink } = driveTap();
    get().answer(405, {});
    expect(sink.summary()).toEqual(['GET /mcp 405 method_not_allowed']);
    expect(sink.lines).toEqual([]);
  });

  it('takes subscriptions/listen for a stream, and its refusal for a call', () => {
    const { post, sink, clock } = driveTap();
    const listen = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: {} };
    const stream = post(listen);
    stream.sse();
    stream.event({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged' });
    clock.advance(7000);
    stream.end('client_gone');
    expect(sink.calls).toEqual([]);
    expect(sink.lines).toEqual([
      'stream opened listen',
      'notification notifications/subscriptions/acknowledged server',
      'stream closed listen 7000',
    ]);
    post(listen).json({ jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'no' } }, 404);
    expect(sink.summary()).toEqual(['subscriptions/listen /mcp -32601 method_not_found client']);
    expect(sink.pending).toBe(0);
  });
});

describe('HTTP+SSE', () => {
  const TARGET = '/message?sessionId=abc';

  function connect(driver: TapDriver, endpoint = TARGET) {
    const stream = driver.get({}, '/sse');
    stream.sse();
    stream.event(endpoint, 'event: endpoint\n');
    return stream;
  }

  it.each([TARGET, 'message?sessionId=abc', 'http://127.0.0.1:9/message?sessionId=abc'])(
    'finds the answer on the stream that named the endpoint %s',
    (endpoint) => {
      const driver = driveTap();
      const stream = connect(driver, endpoint);
      const call = driver.post(toolCall(1), {}, TARGET);
      driver.clock.advance(40);
      // The answer may be faster than the 202.
      stream.event(result(1), 'event: message\n');
      call.answer(202, {}, 'Accepted');
      expect(driver.sink.summary()).toEqual(['tools/call get_user ok']);
      expect(driver.sink.calls[0]).toMatchObject({ durationMs: 40, transport: 'http_sse' });
      driver.clock.advance(60);
      stream.end('client_gone');
      expect(driver.sink.lines).toEqual([
        'stream opened sse',
        'session opened initialize',
        'stream closed sse 100',
        'session closed stream_closed 100 http_sse undefined',
      ]);
      expect(driver.sink).toMatchObject({ pending: 0, seen: 2, ended: 2 });
    },
  );

  it.each([
    ['a comment first', {}, ': ok\n\n'],
    ['retry first', {}, 'retry: 100\n\n'],
    ['the version of a client that comes back', { 'MCP-Protocol-Version': '2025-11-25' }, ''],
  ])('knows its stream by the endpoint: %s', (_title, headers, before) => {
    const driver = driveTap();
    const stream = driver.get(headers, '/sse');
    stream.sse();
    if (before !== '') stream.body(before);
    stream.event(TARGET, 'event: endpoint\n');
    driver.post(toolCall(1), {}, TARGET).answer(202, {});
    stream.event(result(1));
    expect(driver.sink.summary()).toEqual(['tools/call get_user ok']);
    expect(driver.sink.lines).toContain('stream opened sse');
  });

  it('lets a call that takes the id of another supersede it', () => {
    const driver = driveTap();
    const stream = connect(driver);
    for (const name of ['a', 'b', 'c']) driver.post(toolCall(1, name), {}, TARGET).answer(202, {});
    stream.event(result(1));
    stream.end();
    expect(driver.sink.summary()).toEqual([
      'tools/call a other duplicate_id client',
      'tools/call b other duplicate_id client',
      'tools/call c ok',
    ]);
    expect(driver.sink.pending).toBe(0);
  });

  it('gives its calls up when the stream cannot be decoded', async () => {
    const driver = driveTap();
    const stream = driver.get({}, '/sse');
    stream.sse({ 'content-encoding': 'gzip' });
    const gzip = createGzip();
    const compressed: Buffer[] = [];
    gzip.on('data', (chunk: Buffer) => compressed.push(chunk));
    gzip.write(`event: endpoint\ndata: ${TARGET}\n\n`);
    await new Promise<void>((resolve) => gzip.flush(() => resolve()));
    stream.body(Buffer.concat(compressed));
    await new Promise((resolve) => setTimeout(resolve, 30));
    driver.post(toolCall(1), {}, TARGET).answer(202, {});
    expect(driver.sink.pending).toBe(1);
    stream.body('this is not gzip');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(driver.sink.pending).toBe(0);
    driver.post(toolCall(2), {}, TARGET).answer(202, {});
    expect(driver.sink.calls).toEqual([]);
    expect(driver.sink.lines).toContain('exchange dropped undecodable_body');
  });

  it('keeps equal ids of two clients apart', () => {
    const driver = driveTap();
    const one = connect(driver, '/message?sessionId=1');
    const two = connect(driver, '/message?sessionId=2');
    driver.post(toolCall(1, 'a'), {}, '/message?sessionId=1').answer(202, {});
    driver.post(toolCall(1, 'b'), {}, '/message?sessionId=2').answer(202, {});
    two.event(result(1));
    one.event(result(1, { isError: true }));
    expect(driver.sink.summary()).toEqual(['tools/call b ok', 'tools/call a tool_error tool_error server']);
  });

  it('settles a call whose POST is refused, and those that wait when the stream ends', () => {
    const driver = driveTap();
    const stream = connect(driver);
    driver.post(toolCall(1, 'a'), {}, TARGET).answer(500, {});
    driver.post(toolCall(2, 'b'), {}, TARGET).answer(202, {});
    expect(driver.sink.pending).toBe(1);
    stream.end('client_gone');
    expect(driver.sink.summary()).toEqual([
      'tools/call a 500 internal_error server',
      'tools/call b cancelled client_disconnected',
    ]);
  });

  it('takes elicitation apart: question on the stream, response in a POST', () => {
    const driver = driveTap();
    const stream = connect(driver);
    driver.post(toolCall(1), {}, TARGET).answer(202, {});
    stream.event({ jsonrpc: '2.0', id: 0, method: 'elicitation/create', params: {} });
    driver.clock.advance(800);
    driver.post({ jsonrpc: '2.0', id: 0, result: {} }, {}, TARGET).answer(202, {});
    stream.event(result(1));
    expect(driver.sink.calls[0]).toMatchObject({ durationMs: 800, clientWaitMs: 800 });
  });
});
