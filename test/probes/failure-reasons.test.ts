import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FAILURE_REASONS } from '../../src/model/probe-result.ts';
import type { ProbeCheck } from '../../src/model/probe.ts';
import { driftOf, recordTools } from '../../src/probes/tool-drift.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort, listenOnLoopback } from '../harness/free-port.ts';
import { startSilentServer } from '../harness/hand-server.ts';
import { sendResult, startHandMcp, type HandAnswer } from './hand-mcp.ts';
import { callOf, handshake, httpProbeOf, reasonOf, run, stdioProbeOf } from './probe-definition.ts';

const stops: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Reasons that a test of this file, or of tls.test.ts, has provoked. */
const provoked = new Set<string>(['tls']);

async function handMcp(answers: Readonly<Record<string, HandAnswer>>) {
  const server = await startHandMcp(answers);
  stops.push(server.stop);
  return server;
}

/** Raw bytes for whoever connects. */
async function rawServer(bytes: string, end = true): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes)));
  });
  const port = await listenOnLoopback(server);
  stops.push(() => void server.close());
  return `http://127.0.0.1:${port}/mcp`;
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): HandAnswer =>
  (response) =>
    response.writeHead(code, headers).end('no');

const call = callOf('anything');
const soon = { timeoutMs: 700 };

/** Methods answered by hand, and what the probe then says. */
const answered: [string, Record<string, HandAnswer>, reason: string, changes?: { timeoutMs: number }][] = [
  [
    'a redirect to another origin',
    { initialize: status(307, { location: 'http://127.0.0.1:1/mcp' }) },
    'http_3xx',
  ],
  ['HTTP 404', { initialize: status(404) }, 'http_4xx'],
  ['HTTP 429 at a call', { 'tools/call': status(429) }, 'http_4xx'],
  ['HTTP 503', { initialize: status(503) }, 'http_5xx'],
  ['HTTP 500 at a call', { 'tools/call': status(500) }, 'http_5xx'],
  [
    'HTTP 401',
    { initialize: status(401, { 'www-authenticate': 'Bearer resource_metadata="http://127.0.0.1:1/x"' }) },
    'unauthorized',
  ],
  ['HTTP 403', { initialize: status(403) }, 'forbidden'],
  [
    'a JSON-RPC error',
    {
      'tools/call': (response, { id }) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'broken' } })),
    },
    'rpc_error',
  ],
  [
    'isError',
    {
      'tools/call': (response, { id }) =>
        sendResult(response, id, { isError: true, content: [{ type: 'text', text: 'no such user' }] }),
    },
    'tool_error',
  ],
  [
    'an answer with another id as JSON',
    { 'tools/call': (response) => sendResult(response, 4711, { content: [] }) },
    'protocol',
  ],
  [
    'an answer with another id in a stream that stays open',
    {
      'tools/call': (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"jsonrpc":"2.0","id":4711,"result":{"content":[]}}\n\n');
      },
    },
    'protocol',
  ],
  [
    'a stream that ends without the answer',
    {
      'tools/call': (response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n'),
    },
    'protocol',
  ],
  ['HTTP 202 for a request', { 'tools/call': (response) => response.writeHead(202).end() }, 'protocol'],
  [
    'a page of HTML',
    { initialize: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome') },
    'protocol',
  ],
  [
    'JSON that is cut short',
    {
      'tools/call': (response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":'),
    },
    'protocol',
  ],
  [
    'an event that is no JSON-RPC',
    {
      'tools/call': (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"hello":"world"}\n\n');
      },
    },
    'protocol',
  ],
  [
    'a result that is none of a tool',
    { 'tools/call': (response, { id }) => sendResult(response, id, { content: 'text' }) },
    'protocol',
  ],
  ['a connection cut before the answer', { 'tools/call': (response) => response.destroy() }, 'reset'],
  [
    'a connection cut within the answer',
    {
      'tools/call': (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        response.write('{"jsonrpc"', () => response.destroy());
      },
    },
    'reset',
  ],
  [
    'a stream cut within the answer',
    {
      'tools/call': (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"json', () => response.destroy());
      },
    },
    'reset',
  ],
  [
    'silence after the head of the answer',
    {
      'tools/call': (response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      },
    },
    'timeout',
    soon,
  ],
  [
    'comments only',
    {
      'tools/call': (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(': still here\n\n'), 50);
        response.on('close', () => clearInterval(timer));
      },
    },
    'timeout',
    soon,
  ],
  [
    'an answer after the deadline',
    {
      'tools/call': (response, { id }) =>
        void setTimeout(() => sendResult(response, id, { content: [] }), 1500),
    },
    'timeout',
    soon,
  ],
];

describe('a server over HTTP', () => {
  it.each(answered)('%s is just that', async (_, answers, reason, changes = { timeoutMs: 30_000 }) => {
    const server = await handMcp(answers);
    const result = await run(httpProbeOf(server.mcpUrl, call, changes));
    expect({ reason: reasonOf(result), message: result.failure?.message }).toEqual({
      reason,
      message: expect.stringMatching(/\S/),
    });
    provoked.add(reason);
    // Whatever went wrong, each session that was opened was ended.
    const sessions = 'initialize' in answers ? 1 : server.opened();
    expect(server.deleted()).toBe(sessions);
  });

  it.each<[string, () => Promise<string> | string, string, timeoutMs?: number]>([
    ['a host without an address', () => 'http://no-such-host.invalid:8000/mcp', 'dns'],
    ['a port where nothing listens', async () => `http://127.0.0.1:${await freePort()}/mcp`, 'refused'],
    ['an address without a way to it', () => 'http://255.255.255.255:8000/mcp', 'unreachable'],
    [
      'a server that takes the request and says nothing',
      async () => {
        const server = await startSilentServer();
        stops.push(server.stop);
        return `${server.url}/mcp`;
      },
      'timeout',
      700,
    ],
    ['something that is no HTTP', () => rawServer('SSH-2.0-OpenSSH_9.2\r\n', false), 'protocol'],
    ['a connection that ends without a byte', () => rawServer(''), 'reset'],
  ])('%s is just that', async (_, place, reason, timeoutMs = 30_000) => {
    const result = await run(httpProbeOf(await place(), handshake, { timeoutMs }));
    expect({ reason: reasonOf(result), message: result.failure?.message }).toEqual({
      reason,
      message: expect.stringMatching(/\S/),
    });
    provoked.add(reason);
  });

  it('a handshake of TLS that nobody answers is a timeout, and leaves no connection open', async () => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket.resume().on('error', () => {}));
      socket.on('close', () => open.delete(socket));
    });
    const port = await listenOnLoopback(server);
    stops.push(() => void server.close());
    const result = await run(httpProbeOf(`https://127.0.0.1:${port}/mcp`, handshake, { timeoutMs: 300 }));
    expect(reasonOf(result)).toBe('timeout');
    await eventually(() => expect(open.size).toBe(0));
  });

  it('a wrong expectation is an assertion', async () => {
    const server = await handMcp({});
    const check: ProbeCheck = {
      ...callOf('anything'),
      kind: 'tool',
      expect: { matches: /better/ },
    } as ProbeCheck;
    const result = await run(httpProbeOf(server.mcpUrl, check));
    expect(result.failure).toEqual({ reason: 'assertion', message: 'text: want /better/, got "well"' });
    provoked.add('assertion');
  });

  it('a changed list of tools is drift', async () => {
    const tool = { name: 'a', inputSchema: { type: 'object' } };
    const server = await handMcp({
      'tools/list': (response, { id }) => sendResult(response, id, { tools: [tool] }),
    });
    const recordedTools = recordTools([{ ...tool, description: 'former' }, { name: 'b' }]);
    const check: ProbeCheck = { kind: 'tools', failOn: ['removed', 'description'], require: [] };
    const result = await run(httpProbeOf(server.mcpUrl, check), { recordedTools });
    expect(result.failure).toEqual({
      reason: 'schema_drift',
      message: 'tools: want the recorded list, got removed: b; description: a',
    });
    expect(result.drift).toEqual(driftOf(recordedTools, recordTools([tool])));
    provoked.add('schema_drift');
  });

  it('a secret that cannot be read is one of credentials', async () => {
    const server = await handMcp({});
    const credentials = { bearer: { file: '/nowhere/token' } };
    const result = await run(httpProbeOf(server.mcpUrl, handshake, { credentials }));
    expect(result.failure).toEqual({
      reason: 'credentials',
      message: '/nowhere/token: want a readable file, got ENOENT',
    });
    provoked.add('credentials');
  });

  it('a bug of a probe is its own', async () => {
    const kinds = { handshake: () => Promise.reject(new TypeError('x is not a function')) };
    const result = await run(httpProbeOf('http://127.0.0.1:1/mcp', handshake), { kinds });
    expect(result.failure).toEqual({ reason: 'internal', message: 'x is not a function' });
    provoked.add('internal');
  });
});

describe('a server over pipes', () => {
  const node = (code: string): string[] => [process.execPath, '-e', code];
  const answerInitialize = `
    process.stdin.on('data', (text) => {
      for (const line of String(text).split('\\n').filter(Boolean)) {
        const { id, method } = JSON.parse(line);
        if (method !== 'initialize') continue;
        const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
        console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
      }
    });`;

  it.each<[string, readonly string[], string, timeoutMs?: number]>([
    ['a program that does not exist', ['/nowhere/server'], 'start_failed'],
    ['one that ends at once', node('console.error("no database"); process.exit(3)'), 'exited'],
    ['one that logs to stdout', node('console.log("listening"); setInterval(() => {}, 1000)'), 'protocol'],
    ['one that says nothing', node('process.stdin.resume()'), 'timeout', 700],
    [
      'one whose child stays behind',
      node(`require('child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
        ${answerInitialize} process.stdin.on('end', () => process.exit(0));`),
      'left_behind',
    ],
    [
      'one that does not end',
      node(`${answerInitialize} process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`),
      'left_behind',
    ],
  ])('%s is just that', async (_, command, reason, timeoutMs = 30_000) => {
    const result = await run(stdioProbeOf(command, undefined, { timeoutMs }));
    expect({ reason: reasonOf(result), message: result.failure?.message }).toEqual({
      reason,
      message: expect.stringMatching(/\S/),
    });
    provoked.add(reason);
  });

  it('one that answers and ends at once has answered', async () => {
    const lastWords = `${answerInitialize} process.stdin.on('data', () => setTimeout(() => process.exit(0), 0));`;
    const result = await run(stdioProbeOf(node(lastWords)));
    // It may be gone when it is told that the session is initialized, not before its answer was read.
    expect(result.protocolVersion ?? reasonOf(result)).toBe('2025-11-25');
  });

  it('gets secrets as variables, and nobody else does', async () => {
    const code = `console.error('key', process.env.API_KEY, process.env.SECRET_OF_THE_SIDECAR); ${answerInitialize}`;
    process.env['SECRET_OF_THE_SIDECAR'] = 's3cret-of-the-sidecar';
    const credentials = { env: { API_KEY: { env: 'SECRET_OF_THE_SIDECAR' } } };
    const result = await run(stdioProbeOf(node(code), undefined, { credentials }));
    delete process.env['SECRET_OF_THE_SIDECAR'];
    expect(reasonOf(result)).toBe('none');
    expect(result.transcript.entries).toContainEqual(
      expect.objectContaining({ type: 'stderr', text: 'key *** undefined' }),
    );
  });

  it('says with what a server ended', async () => {
    const result = await run(stdioProbeOf(node('console.error("no database"); process.exit(3)')));
    expect(result.failure?.message).toBe('want it running, got exit code 3 (no database)');
  });
});

it('each reason was provoked by a fault', () => {
  expect([...provoked].toSorted()).toEqual([...FAILURE_REASONS].toSorted());
});
