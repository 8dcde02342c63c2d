import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { totalBy } from '../harness/exposition.ts';
import { freePort } from '../harness/free-port.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startTestSidecar } from '../transparency/in-process-sidecar.ts';
import { expectHeld, heldBy } from './rest.ts';
import { post, sendRaw } from './raw-client.ts';
import { startRawServer } from './raw-server.ts';

/** A fault is repeated so that a leak of one descriptor or entry shows. */
const TIMES = 12;
const CASE_LIMIT_MS = 40_000;
const ENV = {
  MCP_VITALS_UPSTREAM_KEEP_ALIVE: '200ms',
  MCP_VITALS_UPSTREAM_HEADERS_TIMEOUT: '300ms',
  MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s',
};

const SSE_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const PROGRESS = 'data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const BAD_GATEWAY = /^HTTP\/1\.1 502 Bad Gateway\r\n/;
const TIMEOUT = /^HTTP\/1\.1 504 Gateway Timeout\r\n/;
/** The head and what there is of the body, but no end of it. */
const CUT_SSE = /^HTTP\/1\.1 200 OK\r\n[^]*notifications\/progress(?![^]*\r\n0\r\n\r\n)/;
const CUT_JSON = /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\{"jsonrpc"$/;

interface Fault {
  readonly name: string;
  readonly act: (socket: Socket) => void;
  readonly client: RegExp;
  readonly status: string;
  readonly errorType: string;
}

/** Acts a moment later, so that what was written first has been read. */
const later = (action: () => void): void => void setTimeout(action, 20);

const FAULTS: readonly Fault[] = [
  {
    name: 'resets the connection in the middle of an SSE stream',
    act: (socket) => {
      socket.write(SSE_HEAD + chunk(PROGRESS));
      later(() => socket.resetAndDestroy());
    },
    client: CUT_SSE,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'closes the connection in the middle of an SSE stream',
    act: (socket) => socket.end(SSE_HEAD + chunk(PROGRESS)),
    client: CUT_SSE,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'resets the connection in the middle of a JSON body',
    act: (socket) => {
      socket.write(`${JSON_HEAD}Content-Length: 100\r\n\r\n{"jsonrpc"`);
      later(() => socket.resetAndDestroy());
    },
    client: CUT_JSON,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'closes the connection in the middle of a JSON body',
    act: (socket) => socket.end(`${JSON_HEAD}Content-Length: 100\r\n\r\n{"jsonrpc"`),
    client: CUT_JSON,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'never answers',
    act: () => {},
    client: TIMEOUT,
    status: 'timeout',
    errorType: 'response_timeout',
  },
  {
    name: 'sends half a head and then nothing',
    act: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Ty'),
    client: TIMEOUT,
    status: 'timeout',
    errorType: 'response_timeout',
  },
  {
    name: 'answers garbage',
    act: (socket) => socket.write('220 mail.example ESMTP\r\n'),
    client: BAD_GATEWAY,
    status: '502',
    errorType: 'invalid_http',
  },
  {
    name: 'answers with two lengths',
    act: (socket) => socket.write(`${JSON_HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`),
    client: BAD_GATEWAY,
    status: '502',
    errorType: 'invalid_http',
  },
  {
    name: 'sends garbage between chunks',
    act: (socket) => {
      socket.write(SSE_HEAD + chunk(PROGRESS));
      later(() => socket.write('nonsense\r\n'));
    },
    client: CUT_SSE,
    status: '502',
    errorType: 'invalid_http',
  },
  {
    name: 'resets the connection before the head',
    act: (socket) => socket.resetAndDestroy(),
    client: BAD_GATEWAY,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'resets the connection within the head',
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Ty');
      later(() => socket.resetAndDestroy());
    },
    client: BAD_GATEWAY,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'closes the connection without an answer',
    act: (socket) => socket.end(),
    client: BAD_GATEWAY,
    status: 'unreachable',
    errorType: 'connection_reset',
  },
  {
    name: 'ends the stream without the answer',
    act: (socket) => socket.write(`${SSE_HEAD}${chunk(PROGRESS)}0\r\n\r\n`),
    client: /^HTTP\/1\.1 200 OK\r\n[^]*0\r\n\r\n$/,
    status: 'other',
    errorType: 'no_answer',
  },
];

const stack = createStopStack();
afterEach(stack.stopAll);

describe('an upstream that', () => {
  it.each(FAULTS)(
    '$name gives status $status ($errorType) and leaves nothing behind',
    async ({ act, client, status, errorType }) => {
      const upstream = stack.use(await startRawServer(act));
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      const texts = await Promise.all(
        Array.from({ length: TIMES }, async () => (await sendRaw(sidecar.port, post())).closed),
      );
      for (const text of texts) expect(text).toMatch(client);
      for (const text of texts.filter((some) => some.startsWith('HTTP/1.1 50'))) expectJsonRpcError(text);
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['method', 'endpoint', 'status'])).toEqual({
        [`tools/call search ${status}`]: TIMES,
      });
      expect(totalBy(samples, 'mcp_request_errors_total', ['error_type', 'fault'])).toEqual({
        [`${errorType} server`]: TIMES,
      });
    },
    CASE_LIMIT_MS,
  );

  it(
    'refuses connections gives 502 with the id of the call, and status unreachable',
    async () => {
      const sidecar = stack.use(await startTestSidecar(`http://127.0.0.1:${await freePort()}`, ENV));
      const before = await heldBy(sidecar);
      for (let i = 0; i < TIMES; i++) {
        const text = await (await sendRaw(sidecar.port, post())).closed;
        expect(text).toMatch(BAD_GATEWAY);
        expectJsonRpcError(text);
      }
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search unreachable': TIMES,
      });
      expect(totalBy(samples, 'mcp_request_errors_total', ['error_type', 'fault'])).toEqual({
        'connection_refused server': TIMES,
      });
    },
    CASE_LIMIT_MS,
  );

  it(
    'breaks the stream of HTTP+SSE ends the calls whose answers it owed',
    async () => {
      let stream: Socket | undefined;
      const upstream = stack.use(
        await startRawServer((socket, request) => {
          if (request.startsWith('POST')) {
            socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n');
          } else {
            stream = socket;
            socket.write(SSE_HEAD + chunk('event: endpoint\ndata: /mcp\n\n'));
          }
        }),
      );
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      const reader = await sendRaw(sidecar.port, 'GET /sse HTTP/1.1\r\nHost: a\r\n\r\n');
      await reader.until(/endpoint/);
      expect(await (await sendRaw(sidecar.port, post())).closed).toMatch(/^HTTP\/1\.1 202 /);
      await eventually(async () => {
        const samples = await sidecar.scrape();
        expect(totalBy(samples, 'mcp_requests_in_flight', [])).toEqual({ '': 1 });
        expect(totalBy(samples, 'mcp_streams_open', ['kind'])).toEqual({ sse: 1 });
      });
      stream?.resetAndDestroy();
      await reader.closed;
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search unreachable': 1,
      });
      expect(totalBy(samples, 'mcp_sessions_closed_total', ['reason'])).toEqual({ stream_closed: 1 });
    },
    CASE_LIMIT_MS,
  );
});

function expectJsonRpcError(text: string): void {
  expect(text).toMatch(/\r\nContent-Type: application\/json\r\n/);
  const body: unknown = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
  expect(body).toMatchObject({ jsonrpc: '2.0', id: 7, error: { code: expect.any(Number) } });
}
