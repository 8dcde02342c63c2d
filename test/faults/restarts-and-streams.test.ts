import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startTestSidecar } from '../transparency/in-process-sidecar.ts';
import { expectHeld, heldBy } from './rest.ts';
import { post, sendRaw } from './raw-client.ts';
import { startRawServer } from './raw-server.ts';

const CASE_LIMIT_MS = 60_000;
const STREAMS = 1_000;
const AT_ONCE = 50;
const RESULT = '{"jsonrpc":"2.0","id":7,"result":{}}';
const OK = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${RESULT.length}\r\n\r\n${RESULT}`;
const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

const stack = createStopStack();
afterEach(stack.stopAll);

describe('an upstream that restarts on its port', () => {
  it(
    'fails at most the calls in flight; kept connections are found to be stale',
    async () => {
      const hold = new Set<Socket>();
      let holding = false;
      const answer = (socket: Socket): void => {
        if (holding) hold.add(socket);
        else socket.write(OK);
      };
      let upstream = await startRawServer(answer);
      const sidecar = stack.use(
        await startTestSidecar(upstream.url, {
          MCP_VITALS_UPSTREAM_KEEP_ALIVE: '30s',
          MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s',
        }),
      );
      const before = await heldBy(sidecar);
      const calls = async (count: number): Promise<string[]> =>
        Promise.all(Array.from({ length: count }, async () => (await sendRaw(sidecar.port, post())).closed));
      for (let round = 0; round < 5; round++) {
        const texts = await calls(10);
        for (const text of texts) expect(text).toMatch(/^HTTP\/1\.1 200 /);
        holding = true;
        const inFlight = calls(3);
        await eventually(() => expect(hold.size).toBe(3));
        holding = false;
        hold.clear();
        const { port } = upstream;
        await upstream.stop();
        upstream = await startRawServer(answer, port);
        for (const text of await inFlight) expect(text).toMatch(/^HTTP\/1\.1 502 /);
      }
      for (const text of await calls(10)) expect(text).toMatch(/^HTTP\/1\.1 200 /);
      await upstream.stop();
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search ok': 60,
        'search unreachable': 15,
      });
    },
    CASE_LIMIT_MS,
  );
});

describe('1,000 idle streams', () => {
  it.each([
    ['released by their clients', 'clients'],
    ['released by the upstream', 'upstream'],
  ])(
    '%s leave nothing behind, and calls pass beside them',
    async (_, by) => {
      const open = new Set<Socket>();
      const upstream = stack.use(
        await startRawServer((socket, request) => {
          if (request.startsWith('POST')) socket.write(OK);
          else {
            open.add(socket);
            socket.write(STREAM);
          }
        }),
      );
      const sidecar = stack.use(
        await startTestSidecar(upstream.url, {
          MCP_VITALS_UPSTREAM_KEEP_ALIVE: '200ms',
          MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s',
        }),
      );
      const before = await heldBy(sidecar);
      const clients: Awaited<ReturnType<typeof sendRaw>>[] = [];
      for (let at = 0; at < STREAMS; at += AT_ONCE) {
        const some = await Promise.all(
          Array.from({ length: AT_ONCE }, (__, i) =>
            sendRaw(sidecar.port, `GET /mcp HTTP/1.1\r\nHost: a\r\nMcp-Session-Id: ${at + i}\r\n\r\n`),
          ),
        );
        // The head of a quiet stream must reach its client at once.
        for (const client of some) await client.until(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
        clients.push(...some);
      }
      expect(open.size).toBe(STREAMS);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'mcp_streams_open', ['kind'])).toEqual({ get: STREAMS });
      expect(total(samples, 'mcp_vitals_upstream_connections')).toBe(STREAMS);
      for (let i = 0; i < 20; i++) {
        expect(await (await sendRaw(sidecar.port, post())).closed).toMatch(/^HTTP\/1\.1 200 /);
      }
      if (by === 'clients') for (const { socket } of clients) socket.destroy();
      else {
        for (const socket of open) socket.write('0\r\n\r\n');
        for (const client of clients) await client.until(/\r\n\r\n0\r\n\r\n$/);
        for (const { socket } of clients) socket.end();
      }
      await expectHeld(sidecar, before);
      const after = await sidecar.scrape();
      expect(total(after, 'mcp_stream_duration_seconds_count')).toBe(STREAMS);
      expect(total(after, 'mcp_vitals_exchanges_observed_total')).toBe(STREAMS + 20);
      expect(totalBy(after, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search ok': 20,
      });
    },
    CASE_LIMIT_MS,
  );
});
