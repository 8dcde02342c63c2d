import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startTestSidecar } from '../transparency/in-process-sidecar.ts';
import { expectHeld, heldBy } from './rest.ts';
import { CALL, post, sendRaw } from './raw-client.ts';
import { startRawServer } from './raw-server.ts';

const TIMES = 12;
const CASE_LIMIT_MS = 40_000;
/** An upstream sees a client leave at once, and not after some timeout of minutes. */
const AT_ONCE_MS = 3_000;
const ENV = { MCP_VITALS_UPSTREAM_KEEP_ALIVE: '200ms', MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s' };

const EVENT = 'data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n';
const STREAM = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${EVENT.length.toString(16)}\r\n${EVENT}\r\n`;
const PART = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"jsonrpc"';

interface Leaving {
  readonly name: string;
  readonly request: string;
  /** What the upstream sends before the client leaves. */
  readonly answer: string;
  /** What the client has seen before it leaves. */
  readonly seen: RegExp;
  readonly calls: Readonly<Record<string, number>>;
  readonly streams: number;
}

const GET = 'GET /mcp HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nMcp-Session-Id: s\r\n\r\n';
const LISTEN = '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}';

const LEAVINGS: readonly Leaving[] = [
  {
    name: 'before the answer',
    request: post(CALL, ''),
    answer: '',
    seen: /^$/,
    calls: { 'tools/call search cancelled': TIMES },
    streams: 0,
  },
  {
    name: 'in the middle of its own body',
    request: post(CALL.slice(0, 40), 'early: yes\r\n', CALL.length),
    answer: '',
    seen: /^$/,
    calls: { 'other other cancelled': TIMES },
    streams: 0,
  },
  {
    name: 'in the middle of a JSON answer',
    request: post(CALL, ''),
    answer: PART,
    seen: /"jsonrpc"$/,
    calls: { 'tools/call search cancelled': TIMES },
    streams: 0,
  },
  {
    name: 'in the middle of an SSE answer',
    request: post(CALL, ''),
    answer: STREAM,
    seen: /progress/,
    calls: { 'tools/call search cancelled': TIMES },
    streams: 0,
  },
  {
    name: 'in the middle of a GET stream',
    request: GET,
    answer: STREAM,
    seen: /progress/,
    calls: {},
    streams: TIMES,
  },
  {
    name: 'in the middle of a subscription',
    request: post(LISTEN, ''),
    answer: STREAM,
    seen: /progress/,
    calls: {},
    streams: TIMES,
  },
];

const stack = createStopStack();
afterEach(stack.stopAll);

describe('a client that leaves', () => {
  it.each(LEAVINGS)(
    '$name is seen to leave by the upstream at once',
    async ({ request, answer, seen, calls, streams }) => {
      const asked: Socket[] = [];
      const upstream = stack.use(
        await startRawServer((socket) => {
          asked.push(socket);
          if (answer !== '') socket.write(answer);
        }),
      );
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      const clients = await Promise.all(Array.from({ length: TIMES }, () => sendRaw(sidecar.port, request)));
      await eventually(() => expect(asked.length).toBe(TIMES));
      for (const client of clients) await client.until(seen);
      await eventually(async () => {
        expect(total(await sidecar.scrape(), 'mcp_streams_open')).toBe(streams);
      });
      expect(upstream.connections()).toBe(TIMES);

      for (const client of clients) client.socket.resetAndDestroy();
      await eventually(() => expect(upstream.connections()).toBe(0), AT_ONCE_MS);
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['method', 'endpoint', 'status'])).toEqual(
        calls,
      );
      // To leave is no fault of anybody.
      expect(total(samples, 'mcp_request_errors_total')).toBe(0);
      expect(total(samples, 'mcp_stream_duration_seconds_count')).toBe(streams);
    },
    CASE_LIMIT_MS,
  );

  it(
    'half (its sending side only) still gets its answer',
    async () => {
      const answer = '{"jsonrpc":"2.0","id":7,"result":{}}';
      const upstream = stack.use(
        await startRawServer(
          (socket) => {
            const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${answer.length}\r\n\r\n`;
            setTimeout(() => socket.write(head + answer), 50);
          },
          0,
          true,
        ),
      );
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      for (let i = 0; i < TIMES; i++) {
        const client = await sendRaw(sidecar.port, post());
        client.socket.end();
        expect(await client.closed).toMatch(/\r\n\r\n\{"jsonrpc":"2\.0","id":7,"result":\{\}\}$/);
      }
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search ok': TIMES,
      });
    },
    CASE_LIMIT_MS,
  );
});
