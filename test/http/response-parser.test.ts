import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ResponseParser } from '../../src/http/response-parser.ts';

interface Parsed {
  head: { statusCode: number; statusText: string; rawHeaders: string[] } | undefined;
  informational: number[];
  body: string;
  trailers: readonly string[];
  ended: boolean;
  error: string;
  excess: boolean;
}

/** Parses bytes that arrive in the given pieces; then the upstream closes. */
function parse(pieces: Buffer[], method = 'GET', close = true): Parsed {
  const parser = new ResponseParser(64 * 1024);
  const parsed: Parsed = {
    head: undefined,
    informational: [],
    body: '',
    trailers: [],
    ended: false,
    error: '',
    excess: false,
  };
  parser.expect(method, {
    onInformational: (head) => parsed.informational.push(head.statusCode),
    onHead: ({ statusCode, statusText, rawHeaders }) =>
      (parsed.head = { statusCode, statusText, rawHeaders }),
    onBody: (piece) => (parsed.body += piece.toString('latin1')),
    onEnd: (trailers) => {
      parsed.trailers = trailers;
      parsed.ended = true;
    },
  });
  for (const piece of pieces) {
    parsed.error ||= parser.execute(piece);
    if (parsed.error !== '') return parsed;
  }
  if (close && !parser.finish()) parsed.error = 'TRUNCATED';
  parsed.excess = parser.excess;
  return parsed;
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

const answer = (text: string): Buffer[] => [Buffer.from(text, 'latin1')];

function lines(list: [string, string][]): string {
  return list.map(([name, text]) => `${name}:${text === '' ? '' : ' '}${text}\r\n`).join('');
}

describe('the parser of answers', () => {
  it.each([
    ['no HTTP at all', 'hello world, how are you', 'INVALID_STATUS_LINE'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n', 'INVALID_STATUS_LINE'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'INVALID_STATUS_LINE'],
    ['a status of zero', 'HTTP/1.1 000 OK\r\n\r\n', 'INVALID_STATUS_LINE'],
    ['a NUL in the status text', 'HTTP/1.1 200 O\0K\r\n\r\n', 'INVALID_STATUS_LINE'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: 1\r\n b\r\n\r\n', 'INVALID_HEADER'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nA : 1\r\n\r\n', 'INVALID_HEADER'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: 1\r\n\r\n', 'INVALID_HEADER'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nA\r\n\r\n', 'INVALID_HEADER'],
    ['a bare LF', 'HTTP/1.1 200 OK\r\nA: 1\nB: 2\r\n\r\n', 'INVALID_HEADER'],
    ['a bare CR', 'HTTP/1.1 200 OK\r\nA: 1\rB: 2\r\n\r\n', 'INVALID_HEADER'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n', 'INVALID_HEADER'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx',
      'INVALID_CONTENT_LENGTH',
    ],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx', 'INVALID_CONTENT_LENGTH'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx', 'INVALID_CONTENT_LENGTH'],
    [
      'length and chunked',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx',
      'INVALID_TRANSFER_ENCODING',
    ],
    [
      'an unknown last coding',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nx',
      'INVALID_TRANSFER_ENCODING',
    ],
    [
      'chunked twice',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nx',
      'INVALID_TRANSFER_ENCODING',
    ],
    ['xchunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nx', 'INVALID_TRANSFER_ENCODING'],
    [
      'chunked in HTTP/1.0',
      'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'INVALID_TRANSFER_ENCODING',
    ],
    [
      'a chunk size that is none',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      'INVALID_CHUNK_SIZE',
    ],
    [
      'a chunk size with a prefix',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx',
      'INVALID_CHUNK_SIZE',
    ],
    [
      'an empty chunk size',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nx',
      'INVALID_CHUNK_SIZE',
    ],
    [
      'a chunk size beyond reason',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffff\r\nx',
      'INVALID_CHUNK_SIZE',
    ],
    [
      'a chunk size that ends in LF',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n',
      'INVALID_CHUNK_SIZE',
    ],
    [
      'a NUL in an extension',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;\0\r\nx\r\n',
      'INVALID_CHUNK_EXTENSION',
    ],
    [
      'an extension without an end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(17_000)}`,
      'CHUNK_EXTENSION_TOO_LONG',
    ],
    [
      'a chunk that is longer than it says',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n',
      'INVALID_CHUNK_END',
    ],
    [
      'a trailer that is none',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad\r\n\r\n',
      'INVALID_TRAILER',
    ],
    [
      'trailers without an end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(12_000)}`,
      'TRAILERS_TOO_LARGE',
    ],
    ['a head without an end', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(66_000)}`, 'HEAD_TOO_LARGE'],
    ['a body that is cut', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx', 'TRUNCATED'],
    ['chunks that are cut', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n', 'TRUNCATED'],
    ['nothing', '', 'TRUNCATED'],
  ])('refuses %s', (_, text, code) => {
    expect(parse(answer(text)).error).toBe(code);
    // However its bytes are cut.
    const bytewise = [...Buffer.from(text.slice(0, 20_000), 'latin1')].map((byte) => Buffer.from([byte]));
    expect(parse([...bytewise, ...answer(text.slice(20_000))]).error).toBe(code);
  });

  it('notices bytes behind the end and does not take them for an answer', () => {
    const parsed = parse(
      answer('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 Two\r\nContent-Length: 1\r\n\r\ny'),
    );
    expect(parsed).toMatchObject({ body: 'x', ended: true, excess: true, head: { statusText: 'OK' } });
  });

  it('reads the same as node:http, however the bytes are cut', async () => {
    const token = fc
      .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
      .filter(
        (name) => !/^(content-length|transfer-encoding|connection|upgrade|trailer|keep-alive)$/i.test(name),
      );
    const value = fc.stringMatching(/^([!-~\x80-\xff]([ \t!-~\x80-\xff]{0,20}[!-~\x80-\xff])?)?$/);
    const fields = fc.array(fc.tuple(token, value), { maxLength: 8 });
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'));
    const sample = fc.record({
      status: fc.constantFrom(200, 201, 204, 304, 404, 500, 599),
      text: fc.stringMatching(/^[ -~]{0,15}$/),
      early: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
      before: fields,
      after: fields,
      framing: fc.constantFrom('length', 'chunked', 'close'),
      chunks: fc.array(bytes, { maxLength: 4 }),
      extension: fc.constantFrom('', ';a', ';a=b', ';a="b c"'),
      trailers: fields,
      method: fc.constantFrom('GET', 'HEAD', 'POST'),
      places: fc.array(fc.nat(), { maxLength: 12 }),
    });

    // The oracle gets the bytes over a socket of its own and keeps what it read.
    let next = '';
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.from(next, 'latin1')));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const oracle = async (text: string, method: string): Promise<Omit<Parsed, 'error' | 'excess'>> => {
      next = text;
      const informational: number[] = [];
      return new Promise((resolve, reject) => {
        const request = http.request({ port, host: '127.0.0.1', method, agent: false }, (response) => {
          let body = '';
          response.setEncoding('latin1');
          response.on('data', (piece: string) => (body += piece));
          response.on('error', reject);
          response.on('end', () => {
            const {
              statusCode = 0,
              statusMessage: statusText = '',
              rawHeaders,
              rawTrailers: trailers,
            } = response;
            resolve({
              head: { statusCode, statusText, rawHeaders },
              informational,
              body,
              trailers,
              ended: true,
            });
          });
        });
        request.on('information', (info) => informational.push(info.statusCode));
        request.on('error', reject);
        request.end();
      });
    };
    try {
      await fc.assert(
        fc.asyncProperty(
          sample,
          async ({
            status,
            text,
            early,
            before,
            after,
            framing,
            chunks,
            extension,
            trailers,
            method,
            places,
          }) => {
            const bodiless = method === 'HEAD' || status === 204 || status === 304;
            const body = bodiless ? [] : chunks.filter((chunk) => chunk !== '');
            const framed =
              framing === 'length'
                ? `Content-Length: ${body.join('').length}\r\n`
                : framing === 'chunked' && status !== 204
                  ? 'Transfer-Encoding: chunked\r\n'
                  : '';
            const coded =
              framing === 'chunked' && !bodiless
                ? `${body.map((chunk) => `${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`).join('')}0\r\n${lines(trailers)}\r\n`
                : body.join('');
            const hints = early.map((code) => `HTTP/1.1 ${code} Hint\r\nlink: x\r\n\r\n`).join('');
            const message = `${hints}HTTP/1.1 ${status} ${text}\r\n${lines(before)}${framed}${lines(after)}\r\n${coded}`;
            const { error, excess, ...mine } = parse(cut(Buffer.from(message, 'latin1'), places), method);
            expect({ error, excess }).toEqual({ error: '', excess: false });
            expect(mine).toEqual(await oracle(message, method));
          },
        ),
        { numRuns: 500 },
      );
    } finally {
      server.close();
    }
  }, 60_000);
});
