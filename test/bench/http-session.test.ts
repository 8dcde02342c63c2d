import type { ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CallEnd, McpSession } from '../../src/bench/call-end.ts';
import { toEndpoint } from '../../src/bench/endpoint.ts';
import { errorKind } from '../../src/bench/error-kind.ts';
import { createHttpPool } from '../../src/bench/http-pool.ts';
import { openHttpSession } from '../../src/bench/http-session.ts';
import { CLIENT_INFO, VERSIONS } from '../../src/bench/negotiate.ts';
import { planCall } from '../../src/bench/planned-call.ts';
import { judge } from '../../src/mcp/call-outcome.ts';
import { DEFAULT_ERROR_PATTERNS } from '../../src/model/error-pattern.ts';
import { listenOnLoopback } from '../harness/free-port.ts';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';

const stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params: Record<string, unknown>;
}
interface Seen {
  readonly method: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly message: Message | undefined;
}

const json = (
  response: ServerResponse,
  value: object,
  status = 200,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
};
const result = (id: number | undefined, value: object = { content: [] }): object => ({
  jsonrpc: '2.0',
  id,
  result: value,
});

/** A legacy server with sessions, whose tool calls a test answers by hand. */
async function startLegacy(
  answerCall: (id: number, response: ServerResponse, call: number) => void,
): Promise<{ readonly server: HandServer; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  let calls = 0;
  const server = await startHandServer((body, response, request) => {
    const message: Message | undefined = body === '' ? undefined : JSON.parse(body);
    seen.push({ method: request.method, headers: request.headers, message });
    if (request.method === 'DELETE') response.writeHead(200).end();
    else if (message?.method === 'initialize') {
      const info = {
        protocolVersion: '2025-11-25',
        capabilities: {},
        serverInfo: { name: 'hand', version: '2' },
      };
      json(response, result(message.id, info), 200, { 'mcp-session-id': 'abc' });
    } else if (message?.method === 'tools/call') answerCall(message.id ?? 0, response, (calls += 1));
    else if (message?.id === undefined) response.writeHead(202).end();
    else
      json(
        response,
        { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } },
        404,
      );
  });
  stops.push(server.stop);
  return { server, seen };
}

async function open(
  url: string,
  era: 'auto' | 'legacy' | 'modern' = 'legacy',
  headers = '',
): Promise<McpSession> {
  const nowMs = (): number => performance.now();
  const pool = createHttpPool(
    toEndpoint(`${url}/mcp`, undefined, ['127.0.0.1']),
    { sent: 0, received: 0 },
    nowMs,
  );
  stops.push(pool.close);
  return openHttpSession({ pool, headers: () => headers, nowMs, timeoutMs: 5000 }, era);
}

const callOf = (
  session: McpSession,
  values: Record<string, unknown> = {},
  schema: Record<string, unknown> = {},
) =>
  planCall(
    { name: 'get_user', inputSchema: schema },
    0,
    values,
    session.agreement.era === 'modern'
      ? { protocolVersion: VERSIONS.modern, clientInfo: CLIENT_INFO }
      : undefined,
  );
const callOnce = (session: McpSession): Promise<CallEnd> =>
  new Promise((resolve) => {
    session.call(callOf(session), resolve);
  });
const kindOf = ({ outcome }: CallEnd): string =>
  errorKind(judge(outcome, 'tools/call', DEFAULT_ERROR_PATTERNS));

describe('a session of the legacy era', () => {
  it('is opened with initialize, carries its id and version with each call, and is ended with DELETE', async () => {
    const { server, seen } = await startLegacy((id, response) => json(response, result(id)));
    const session = await open(server.url, 'legacy', 'Authorization: Bearer t0ken\r\n');
    expect(session.agreement).toEqual({ era: 'legacy', protocolVersion: '2025-11-25', server: 'hand 2' });
    expect(kindOf(await callOnce(session))).toBe('ok');
    expect(await session.close()).toBe(true);
    expect(seen.map(({ method, message }) => message?.method ?? method)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call',
      'DELETE',
    ]);
    for (const { headers } of seen) expect(headers['authorization']).toBe('Bearer t0ken');
    expect(seen[2]?.headers).toMatchObject({
      'mcp-session-id': 'abc',
      'mcp-protocol-version': '2025-11-25',
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    });
    expect(seen[3]?.headers['mcp-session-id']).toBe('abc');
  });

  it('is what a server gets that does not know server/discover', async () => {
    const { server, seen } = await startLegacy((id, response) => json(response, result(id)));
    const session = await open(server.url, 'auto');
    expect(session.agreement.era).toBe('legacy');
    expect(seen[0]?.message?.method).toBe('server/discover');
  });

  it('is of no use any more when the server has forgotten it', async () => {
    const { server } = await startLegacy((id, response) =>
      json(response, { jsonrpc: '2.0', id, error: { code: -32001, message: 'Session not found' } }, 404),
    );
    const session = await open(server.url);
    expect(kindOf(await callOnce(session))).toBe('session_lost');
    expect(session.isUsable()).toBe(false);
  });
});

describe('what the end of a call counts as', () => {
  const event = (value: object): string => `event: message\ndata: ${JSON.stringify(value)}\n\n`;
  const events = (response: ServerResponse, text: string, end = true): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text);
    if (end) response.end();
  };
  const error = (code: number, message: string) => (id: number) => ({
    jsonrpc: '2.0',
    id,
    error: { code, message },
  });
  const toolError = (text: string) => ({ content: [{ type: 'text', text }], isError: true });

  const cases: readonly [
    kind: string,
    how: string,
    answer: (id: number, response: ServerResponse) => void,
  ][] = [
    ['ok', 'a result as JSON', (id, response) => json(response, result(id))],
    ['ok', 'a result as an event', (id, response) => events(response, event(result(id)))],
    [
      'ok',
      'a result after an empty event, a notification and a request of the server',
      (id, response) =>
        events(
          response,
          `id: 1\ndata:\n\n${event({ jsonrpc: '2.0', method: 'notifications/message', params: {} })}${event({ jsonrpc: '2.0', id: 5, method: 'ping' })}${event(result(id))}`,
        ),
    ],
    [
      'tool_error',
      'isError with HTTP 200',
      (id, response) => json(response, result(id, toolError('no such user'))),
    ],
    [
      'database_deadlock',
      'a tool error that says so',
      (id, response) => json(response, result(id, toolError('ERROR: deadlock detected'))),
    ],
    [
      'connection_timeout',
      'a tool error that says so',
      (id, response) => json(response, result(id, toolError('connection timed out'))),
    ],
    ['internal_error', 'a JSON-RPC error', (id, response) => json(response, error(-32603, 'oops')(id))],
    [
      'invalid_params',
      'a JSON-RPC error in an event',
      (id, response) => events(response, event(error(-32602, 'bad')(id))),
    ],
    [
      'rate_limit_exceeded',
      'HTTP 429',
      (_id, response) => void response.writeHead(429, { 'retry-after': '7' }).end('slow down'),
    ],
    ['service_unavailable', 'HTTP 503', (_id, response) => void response.writeHead(503).end()],
    ['unauthorized', 'HTTP 401', (_id, response) => void response.writeHead(401).end()],
    ['http_error', 'another status', (_id, response) => void response.writeHead(418).end()],
    ['http_error', 'a redirect', (_id, response) => void response.writeHead(302, { location: '/' }).end()],
    ['protocol_error', 'the answer to another request', (id, response) => json(response, result(id + 1))],
    [
      'protocol_error',
      'a stream that ends without an answer',
      (_id, response) => events(response, ': nothing\n\n'),
    ],
    ['protocol_error', 'something else than JSON', (_id, response) => json(response, {})],
    ['connection_reset', 'a connection that is cut', (_id, response) => void response.destroy()],
    [
      'connection_reset',
      'an answer that is cut',
      (_id, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"json', () => response.destroy());
      },
    ],
    [
      'input_required',
      'a question to the caller',
      (id, response) => json(response, result(id, { resultType: 'input_required' })),
    ],
  ];
  it.each(cases)('%s: %s', async (kind, _how, answer) => {
    const { server } = await startLegacy((id, response) => answer(id, response));
    const end = await callOnce(await open(server.url));
    expect(kindOf(end)).toBe(kind);
  });

  it('says how long a server that limits the rate asked to be left alone', async () => {
    const { server } = await startLegacy(
      (_id, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
    );
    expect((await callOnce(await open(server.url))).retryAfterMs).toBe(7000);
  });

  it('has its answer as soon as it is there, whether or not the stream goes on', async () => {
    const { server } = await startLegacy((id, response, call) => {
      if (call === 1) events(response, event(result(id)), false);
      else json(response, result(id));
    });
    const session = await open(server.url);
    expect(kindOf(await callOnce(session))).toBe('ok');
    // The next call does not wait for the stream that still hangs on the first connection.
    expect(kindOf(await callOnce(session))).toBe('ok');
  });

  it('is connection_refused where nobody listens', async () => {
    const { server } = await startLegacy((id, response) => json(response, result(id)));
    const session = await open(server.url);
    await server.stop();
    stops.splice(0, 1);
    expect(['connection_refused', 'connection_reset']).toContain(kindOf(await callOnce(session)));
    expect(kindOf(await callOnce(session))).toBe('connection_refused');
  });

  it('is protocol_error where the server does not speak HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
      socket.on('error', () => {});
    });
    const port = await listenOnLoopback(server);
    stops.push(() => void server.close());
    await expect(open(`http://127.0.0.1:${port}`)).rejects.toThrow(
      'want an answer, got something else than HTTP',
    );
  });
});

describe('a session of the modern era', () => {
  it('has no opening but server/discover, and says with each call what it is in headers and in _meta', async () => {
    const seen: Seen[] = [];
    const server = await startHandServer((body, response, request) => {
      const message: Message = JSON.parse(body);
      seen.push({ method: request.method, headers: request.headers, message });
      const discovery = {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        serverInfo: { name: 'new', version: '1' },
      };
      json(
        response,
        result(
          message.id,
          message.method === 'server/discover' ? discovery : { content: [], resultType: 'complete' },
        ),
      );
    });
    stops.push(server.stop);
    const session = await open(server.url, 'auto');
    expect(session.agreement).toEqual({ era: 'modern', protocolVersion: '2026-07-28', server: 'new 1' });
    const schema = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
    const call = callOf(session, { region: 'Zürich' }, schema);
    const end = await new Promise<CallEnd>((resolve) => void session.call(call, resolve));
    expect(kindOf(end)).toBe('ok');
    expect(await session.close()).toBe(true);
    expect(seen).toHaveLength(2);
    expect(seen[1]?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'get_user',
      'mcp-param-region': `=?base64?${Buffer.from('Zürich').toString('base64')}?=`,
    });
    expect(seen[1]?.headers['mcp-session-id']).toBeUndefined();
    expect(seen[1]?.message?.params).toMatchObject({
      name: 'get_user',
      arguments: { region: 'Zürich' },
      _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
    });
  });
});
