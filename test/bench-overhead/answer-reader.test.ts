import { describe, expect, it } from '@jest/globals';
import { readAnswers } from '../../bench/answer-reader.ts';

const PLAIN = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello';
const EMPTY = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';
const CHUNKED =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0010\r\n0123456789abcdef\r\n0\r\n\r\n';

describe('readAnswers', () => {
  it.each([1, 2, 3, 7, 20, 1000])('counts bodies when the bytes come %i at a time', (size) => {
    const seen: [number, number][] = [];
    const read = readAnswers((statusCode, bodyBytes) => seen.push([statusCode, bodyBytes]));
    const bytes = Buffer.from(PLAIN + CHUNKED + EMPTY + CHUNKED + PLAIN);
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
    expect(seen).toEqual([
      [200, 5],
      [200, 19],
      [202, 0],
      [200, 19],
      [200, 5],
    ]);
  });

  it('waits for the last byte of an answer', () => {
    let answers = 0;
    const read = readAnswers(() => {
      answers += 1;
    });
    read(Buffer.from(CHUNKED.slice(0, -1)));
    expect(answers).toBe(0);
    read(Buffer.from(CHUNKED.slice(-1)));
    expect(answers).toBe(1);
  });
});
