import net from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { closeAll, proxyTo, rawUpstream, recorder } from './harness.ts';

const RUNS = 2_000;

interface Sample {
  readonly requestBody: Buffer;
  readonly requestChunked: boolean;
  readonly answerBody: Buffer;
  readonly answerFraming: 'length' | 'chunked';
  readonly places: number[];
}

/** Takes the chunked coding off; undefined if the message is not complete. */
function decode(message: Buffer): { head: string; body: Buffer } | undefined {
  const end = message.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = message.toString('latin1', 0, end);
  const rest = message.subarray(end + 4);
  const length = /^content-length: (\d+)$/im.exec(head);
  if (length !== null) return rest.length < Number(length[1]) ? undefined : { head, body: rest };
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (rest.length < lineEnd + 4 + size) return undefined;
    if (size === 0) return { head, body: Buffer.concat([...pieces, rest.subarray(lineEnd + 4)]) };
    pieces.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 4 + size;
  }
}

function encode(head: string, body: Buffer, chunked: boolean, places: number[]): Buffer {
  if (!chunked) return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
  const parts: Buffer[] = [Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`)];
  for (const piece of cut(body, places))
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return at
    .slice(1)
    .map((to, i) => bytes.subarray(at[i], to))
    .filter((piece) => piece.length > 0);
}

async function writePieces(socket: net.Socket, bytes: Buffer, places: number[]): Promise<void> {
  for (const piece of cut(bytes, places)) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('random exchanges', () => {
  const { observe, recordings } = recorder();
  let port = 0;
  let current: Sample | undefined;
  let received: { head: string; body: Buffer } | undefined;
  let active: (() => number) | undefined;

  beforeAll(async () => {
    const upstream = await rawUpstream((socket) => {
      let bytes = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        const message = decode(bytes);
        if (message === undefined || current === undefined) return;
        bytes = Buffer.alloc(0);
        received = message;
        const { answerBody, answerFraming, places } = current;
        void writePieces(
          socket,
          encode('HTTP/1.1 200 OK\r\nX-A: 1\r\n', answerBody, answerFraming === 'chunked', places),
          places,
        );
      });
    });
    const proxy = await proxyTo(upstream.url, {}, { observe });
    port = proxy.port;
    active = proxy.activeExchanges;
  });
  afterAll(closeAll);

  it('arrive unchanged, whatever their bytes and however these are cut', async () => {
    const body = fc.oneof(
      { weight: 8, arbitrary: fc.uint8Array({ maxLength: 4_000 }).map((bytes) => Buffer.from(bytes)) },
      {
        weight: 2,
        arbitrary: fc
          .integer({ min: 10_000, max: 40_000 })
          .map((size) => Buffer.alloc(size, 'x\r\n0\r\n\r\n')),
      },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 100_000, max: 300_000 }).map((size) => Buffer.alloc(size, '{"a":[')),
      },
    );
    const sample = fc.record({
      requestBody: body,
      requestChunked: fc.boolean(),
      answerBody: body,
      answerFraming: fc.constantFrom('length' as const, 'chunked' as const),
      places: fc.array(fc.nat(), { maxLength: 4 }),
    });
    let socket: net.Socket | undefined;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(sample, async (input) => {
        current = input;
        received = undefined;
        runs++;
        if (socket === undefined || socket.destroyed || runs % 50 === 0) {
          socket?.destroy();
          socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
          await once(socket, 'connect');
        }
        const client = socket;
        let answer = Buffer.alloc(0);
        const complete = new Promise<{ head: string; body: Buffer }>((resolve, reject) => {
          client.on('data', (chunk: Buffer) => {
            answer = Buffer.concat([answer, chunk]);
            const message = decode(answer);
            if (message !== undefined) resolve(message);
          });
          client.once('close', () =>
            reject(new Error(`client: connection closed after ${answer.length} bytes`)),
          );
        });
        await writePieces(
          client,
          encode(
            'POST /mcp HTTP/1.1\r\nHost: a\r\nx-B: 1\r\n',
            input.requestBody,
            input.requestChunked,
            input.places,
          ),
          input.places,
        );
        const got = await complete;
        client.removeAllListeners('data');
        client.removeAllListeners('close');
        const seen = received as { head: string; body: Buffer } | undefined;
        expect(seen?.head).toMatch(/^POST \/mcp HTTP\/1\.1\r\nHost: a\r\nx-B: 1\r\n/);
        expect(seen?.body.equals(input.requestBody)).toBe(true);
        expect(got.head).toMatch(/^HTTP\/1\.1 200 OK\r\nX-A: 1\r\n/);
        expect(got.body.equals(input.answerBody)).toBe(true);
        const told = recordings.at(-1);
        expect(told?.requestBody).toBe(input.requestBody.toString('latin1'));
        expect(told?.responseBody).toBe(input.answerBody.toString('latin1'));
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    socket?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(active?.()).toBe(0);
    expect(recordings).toHaveLength(RUNS);
    expect(recordings.every(({ end }) => end?.kind === 'complete')).toBe(true);
  }, 120_000);
});
