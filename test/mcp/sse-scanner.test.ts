import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SseScanner } from '../../src/mcp/sse-scanner.ts';

interface SeenEvent {
  type: string;
  data: string | undefined;
}

function scan(chunks: readonly Buffer[]): { events: SeenEvent[]; ids: number } {
  const events: SeenEvent[] = [];
  let data: Buffer[] = [];
  let ids = 0;
  const scanner = new SseScanner({
    data: (chunk, start, end) => void data.push(Buffer.from(chunk.subarray(start, end))),
    event: (type, hasData) => {
      events.push({ type, data: hasData ? Buffer.concat(data).toString() : undefined });
      data = [];
    },
    id: () => void ids++,
  });
  for (const chunk of chunks) scanner.push(chunk);
  return { events, ids };
}

describe('events', () => {
  it.each([
    ['one event', 'event: message\ndata: {"a":1}\n\n', [{ type: 'message', data: '{"a":1}' }]],
    ['CRLF', 'data: x\r\n\r\n', [{ type: 'message', data: 'x' }]],
    [
      'CR alone',
      'data: x\r\rdata: y\r\r',
      [
        { type: 'message', data: 'x' },
        { type: 'message', data: 'y' },
      ],
    ],
    ['no space after the colon', 'data:x\n\n', [{ type: 'message', data: 'x' }]],
    ['only the first space dropped', 'data:  x\n\n', [{ type: 'message', data: ' x' }]],
    ['several lines of data', 'data: a\ndata: b\n\n', [{ type: 'message', data: 'a\nb' }]],
    [
      'a comment',
      ': keep-alive\n\ndata: x\n\n',
      [
        { type: 'message', data: undefined },
        { type: 'message', data: 'x' },
      ],
    ],
    ['a priming event', 'id: 1\ndata:\n\n', [{ type: 'message', data: undefined }]],
    ['retry', 'retry: 100\n\n', [{ type: 'message', data: undefined }]],
    [
      'a type that holds for one event only',
      'event: endpoint\ndata: /m\n\ndata: x\n\n',
      [
        { type: 'endpoint', data: '/m' },
        { type: 'message', data: 'x' },
      ],
    ],
    ['an unfinished event', 'data: x\n', []],
    ['a byte order mark', '\ufeffdata: x\n\n', [{ type: 'message', data: 'x' }]],
    ['a field that merely begins like data', 'database: x\n\n', [{ type: 'message', data: undefined }]],
  ])('%s', (_title, text, expected) => {
    const bytes = Buffer.from(text);
    expect(scan([bytes]).events).toEqual(expected);
    // The mark is recognised in the first chunk only: split after it.
    const start = text.startsWith('\ufeff') ? 3 : 0;
    const single = Array.from(bytes.subarray(start), (byte) => Buffer.from([byte]));
    expect(scan([bytes.subarray(0, start), ...single].filter(({ length }) => length > 0)).events).toEqual(
      expected,
    );
  });

  it('notices event ids', () => {
    expect(scan([Buffer.from('id: 7\ndata: x\n\n: id: 8\n\n')]).ids).toBe(1);
  });

  it('gives the same events in any chunking', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        'data: {"id":1}',
        'data:',
        'event: x',
        'id: 1',
        ': c',
        'data',
        'retry: 5',
        '::',
        'data: : x',
      ),
      fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
    );
    const lines = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(), { maxLength: 8 }), (parts, places) => {
        // Any first byte but that of a mark, which must not be split.
        const bytes = Buffer.from(`\n${parts.map(([text, end]) => text + end).join('')}`);
        const at = [
          0,
          ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
          bytes.length,
        ];
        const chunks = at.slice(1).map((end, index) => Buffer.from(bytes.subarray(at[index], end)));
        expect(scan(chunks)).toEqual(scan([bytes]));
      }),
      { numRuns: 2000 },
    );
  });
});
