import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startProcess, type TestProcess } from '../harness/start-process.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { pathOf, setUpCapture } from './capture-setup.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

const LEAKING_SERVER = `
  const held = [];
  function keepSession() {
    held.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
  }
  setInterval(keepSession, 5);`;

let server: TestProcess;
let port = 0;
beforeAll(async () => {
  server = stack.use(
    await startProcess({
      command: process.execPath,
      args: ['--inspect=127.0.0.1:0', '-e', LEAKING_SERVER],
      ready: [/ws:\/\/127\.0\.0\.1:(\d+)\//],
    }),
  );
  port = Number(server.matches[0]?.[1]);
}, 30_000);

const inspector = (host: string, at: number, snapshot = false) =>
  ({ kind: 'inspector', address: { host, port: at }, samplingMs: 400, snapshot }) as const;
const setUp = (...args: Parameters<typeof setUpCapture>) => stack.use(setUpCapture(...args));

describe('the inspector of a Node server', () => {
  it('tells who allocated what stays', async () => {
    const { evidence, files } = setUp(inspector('localhost', port));
    const path = pathOf(await evidence.capture('memory'));
    const summary = readFileSync(path, 'utf8');
    expect(summary).toMatch(/^Heap of localhost:\d+, captured for the detector memory\n/);
    expect(summary).toMatch(/ MiB {2}\(anonymous\) {2}\[eval\]:\d+ .* < keepSession/);
    expect(files().map((file) => file.replace(/^[^.]*/, ''))).toEqual(['.heapprofile', '.txt']);
    const profile = JSON.parse(readFileSync(path.replace(/txt$/, 'heapprofile'), 'utf8')) as object;
    expect(Object.keys(profile)).toEqual(expect.arrayContaining(['head', 'samples']));
  });

  it('gives the whole heap if asked for', async () => {
    const { evidence } = setUp(inspector('127.0.0.1', port, true), { maxBytes: 1 << 30 });
    const outcome = await evidence.capture('memory');
    const path = pathOf(outcome).replace(/txt$/, 'heapsnapshot');
    expect(outcome?.result).toBe('captured');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const heap = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly snapshot: { readonly node_count: number };
    };
    expect(heap.snapshot.node_count).toBeGreaterThan(1000);
  }, 30_000);

  it('gives no more of the heap than the limit', async () => {
    const { evidence } = setUp(inspector('127.0.0.1', port, true), { maxBytes: 200_000 });
    const outcome = await evidence.capture('memory');
    expect(outcome?.result).toBe('cut');
    expect(statSync(pathOf(outcome).replace(/txt$/, 'heapsnapshot')).size).toBe(200_000);
  });

  it('is left alone at the time limit, and serves the next one', async () => {
    const late = setUp({ ...inspector('127.0.0.1', port), samplingMs: 60_000 }, { timeoutMs: 500 });
    expect(await late.evidence.capture('memory')).toEqual({
      result: 'failed',
      reason: 'want it done within 0.5 s, got no end',
    });
    const next = setUp(inspector('127.0.0.1', port));
    expect(await next.evidence.capture('memory')).toMatchObject({ result: 'captured' });
  });

  it('that is gone while it samples is a failure', async () => {
    const short = await startProcess({
      command: process.execPath,
      args: ['--inspect=127.0.0.1:0', '-e', 'setTimeout(() => process.exit(), 700)'],
      ready: [/ws:\/\/127\.0\.0\.1:(\d+)\//],
    });
    const source = { ...inspector('127.0.0.1', Number(short.matches[0]?.[1])), samplingMs: 2000 };
    const { evidence, files } = setUp(source);
    expect(await evidence.capture('memory')).toEqual({
      result: 'failed',
      reason: expect.stringMatching(/^inspector 127\.0\.0\.1:\d+: want a(n answer| connection), got /),
    });
    expect(files()).toEqual([]);
  });
});

/** Something that takes a WebSocket and says some texts each time that it is told anything. */
function acceptAndSay(texts: readonly string[], request: http.IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}\r\n\r\n`,
  );
  const frames = texts.map((text) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]));
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('data', () => void socket.write(Buffer.concat(frames)));
}

describe('what is no inspector', () => {
  const target = '[{"webSocketDebuggerUrl":"ws://192.0.2.1:1/x"}]';

  it.each<[string, string, number, readonly string[] | undefined, RegExp]>([
    ['another page', 'hello', 200, undefined, /: Unexpected token/],
    ['an error', target, 404, undefined, /: want status 200, got 404$/],
    ['an endless page', 'x'.repeat(100_000), 200, undefined, /: want a list of targets, got too much$/],
    ['no target', '[]', 200, undefined, /: want a target with webSocketDebuggerUrl, got none/],
    ['no WebSocket', target, 200, undefined, /: want a WebSocket, got none$/],
    ['a WebSocket that says something else', target, 200, ['hello'], /: want a connection, got its end$/],
    [
      'a WebSocket that refuses',
      target,
      200,
      [1, 2].map((id) => `{"id":${id},"error":{"message":"no"}}`),
      /: no$/,
    ],
    ['a WebSocket that says nothing', target, 200, [], /^want it done within 1 s, got no end$/],
  ])('%s is a failure', async (_, body, status, says, reason) => {
    const other = http.createServer((_request, response) => response.writeHead(status).end(body));
    if (says !== undefined) other.on('upgrade', (request, socket) => acceptAndSay(says, request, socket));
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    stack.defer(() => new Promise((resolve) => void other.close(resolve)));
    const { evidence } = setUp(inspector('127.0.0.1', (other.address() as AddressInfo).port), {
      timeoutMs: 1000,
    });
    expect(await evidence.capture('memory')).toEqual({
      result: 'failed',
      reason: expect.stringMatching(reason),
    });
  });

  it('a closed port is a failure', async () => {
    const { evidence } = setUp(inspector('127.0.0.1', 1));
    expect(await evidence.capture('memory')).toEqual({
      result: 'failed',
      reason: 'inspector 127.0.0.1:1: connection refused',
    });
  });
});
