import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { totalBy } from '../harness/exposition.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { startTestSidecar } from '../transparency/in-process-sidecar.ts';
import { expectHeld, heldBy } from './rest.ts';
import { post, sendRaw } from './raw-client.ts';
import { startRawServer } from './raw-server.ts';

const ENV = { MCP_VITALS_UPSTREAM_KEEP_ALIVE: '200ms', MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s' };
const MIB = 1024 * 1024;
const ANSWER_BYTES = 50 * MIB;
/** What two pairs of sockets may hold in the kernel while nobody reads. */
const KERNEL_BYTES = 24 * MIB;
/** What the sidecar may hold of an answer that its client does not read. */
const HELD_BYTES = 16 * MIB;
const CASE_LIMIT_MS = 60_000;

const stack = createStopStack();
afterEach(stack.stopAll);

/** Bytes outside of the JavaScript heap that buffers use. */
const bufferBytes = (): number => process.memoryUsage().arrayBuffers;

/** Waits until a number has not grown for half a second, and returns it. */
async function settled(read: () => number): Promise<number> {
  for (let last = -1, same = 0; ;) {
    const now = read();
    same = now === last ? same + 1 : 0;
    if (same === 5) return now;
    last = now;
    await sleep(100);
  }
}

/** Sends an answer of 50 MiB as fast as it is taken; counts what was taken. */
function sendBigAnswer(socket: Socket, taken: (bytes: number) => void): void {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const start = '{"jsonrpc":"2.0","id":7,"result":{"text":"';
  const end = '"}}';
  const length = start.length + ANSWER_BYTES + end.length;
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${start}`,
  );
  let left = ANSWER_BYTES;
  const more = (): void => {
    while (left > 0) {
      left -= piece.length;
      taken(ANSWER_BYTES - left);
      if (!socket.write(piece)) {
        socket.once('drain', more);
        return;
      }
    }
    socket.write(end);
  };
  more();
}

describe('a slow peer', () => {
  it(
    'as client: the upstream of a 50 MB answer is paused, memory stays bounded, and nothing is lost',
    async () => {
      let taken = 0;
      const upstream = stack.use(
        await startRawServer((socket) => sendBigAnswer(socket, (bytes) => void (taken = bytes))),
      );
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      const buffersBefore = bufferBytes();
      const client = await sendRaw(sidecar.port, post());
      client.socket.pause();
      client.socket.removeAllListeners('data');
      expect(await settled(() => taken)).toBeLessThan(KERNEL_BYTES);
      expect(bufferBytes() - buffersBefore).toBeLessThan(HELD_BYTES);

      let received = 0;
      client.socket.on('data', (chunk) => {
        received += chunk.length;
      });
      client.socket.resume();
      await client.closed;
      expect(received).toBeGreaterThan(ANSWER_BYTES);
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search ok': 1,
      });
    },
    CASE_LIMIT_MS,
  );

  it(
    'as client that leaves in the end: the paused upstream is let go',
    async () => {
      let taken = 0;
      const upstream = stack.use(
        await startRawServer((socket) => sendBigAnswer(socket, (bytes) => void (taken = bytes))),
      );
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      const client = await sendRaw(sidecar.port, post());
      client.socket.pause();
      await settled(() => taken);
      client.socket.resetAndDestroy();
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search cancelled': 1,
      });
    },
    CASE_LIMIT_MS,
  );

  it(
    'as upstream that does not read: the client of a 50 MB request is paused, and nothing is lost',
    async () => {
      const body = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search","arguments":{"text":"${'x'.repeat(ANSWER_BYTES)}"}}}`;
      let reading: Socket | undefined;
      let arrived = 0;
      const upstream = stack.use(
        await startRawServer((socket) => {
          reading = socket;
          socket.pause();
          socket.removeAllListeners('data');
          socket.on('data', (chunk: Buffer) => {
            arrived += chunk.length;
            if (arrived < ANSWER_BYTES - MIB) return;
            if (chunk.at(-1) === 0x7d)
              socket.write(
                'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 36\r\n\r\n{"jsonrpc":"2.0","id":7,"result":{}}',
              );
          });
        }),
      );
      const sidecar = stack.use(await startTestSidecar(upstream.url, ENV));
      const before = await heldBy(sidecar);
      const client = await sendRaw(
        sidecar.port,
        post('', 'early: yes\r\nConnection: close\r\n', body.length),
      );
      const buffersBefore = bufferBytes();
      const bytes = Buffer.from(body);
      for (let at = 0; at < bytes.length; at += MIB) client.socket.write(bytes.subarray(at, at + MIB));
      const sent = (): number => client.socket.bytesWritten - client.socket.writableLength;
      expect(await settled(sent)).toBeLessThan(KERNEL_BYTES);
      expect(bufferBytes() - buffersBefore - bytes.length).toBeLessThan(HELD_BYTES);
      reading?.resume();
      expect(await client.closed).toMatch(/"id":7,"result":\{\}\}$/);
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search ok': 1,
      });
    },
    CASE_LIMIT_MS,
  );

  it(
    'as upstream that answers byte by byte is waited for beyond the limit for heads',
    async () => {
      const answer = '{"jsonrpc":"2.0","id":7,"result":{}}';
      const upstream = stack.use(
        await startRawServer((socket) => {
          void (async () => {
            socket.write(
              `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${answer.length}\r\n\r\n`,
            );
            for (const char of answer) {
              await sleep(20);
              socket.write(char);
            }
          })();
        }),
      );
      const env = { ...ENV, MCP_VITALS_UPSTREAM_HEADERS_TIMEOUT: '300ms' };
      const sidecar = stack.use(await startTestSidecar(upstream.url, env));
      const before = await heldBy(sidecar);
      expect(await (await sendRaw(sidecar.port, post())).closed).toMatch(/"id":7,"result":\{\}\}$/);
      await expectHeld(sidecar, before);
      const samples = await sidecar.scrape();
      expect(totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'])).toEqual({
        'search ok': 1,
      });
    },
    CASE_LIMIT_MS,
  );
});
