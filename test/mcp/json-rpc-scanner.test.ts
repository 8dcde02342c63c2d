import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonRpcScanner } from '../../src/mcp/json-rpc-scanner.ts';
import type { MessageFacts } from '../../src/mcp/message-facts.ts';
import { messageShape } from '../../src/mcp/message-shape.ts';

const shape = messageShape(['items']);

function scan(chunks: readonly Buffer[]): { facts: MessageFacts[]; end: string } {
  const facts: MessageFacts[] = [];
  const scanner = new JsonRpcScanner(shape, (message) => facts.push(message));
  for (const chunk of chunks) scanner.push(chunk);
  return { facts, end: scanner.end() };
}

const scanText = (text: string) => scan([Buffer.from(text)]);

/** Cuts bytes at the given places (fractions of the length). */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [
    0,
    ...places.map((place) => Math.floor(place * bytes.length)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return at.slice(1).map((end, index) => Buffer.from(bytes.subarray(at[index], end)));
}

describe('facts of a message', () => {
  it.each([
    ['a request', { jsonrpc: '2.0', id: 1, method: 'ping' }, { id: 'n1', method: 'ping' }],
    [
      'a notification',
      { method: 'notifications/initialized' },
      { id: undefined, method: 'notifications/initialized' },
    ],
    ['a string id', { id: 'a"b\\', method: 'x' }, { id: 'sa"b\\' }],
    ['an id of null', { id: null, method: 'x' }, { id: 'null' }],
    ['an id that is an object', { id: { a: [1] }, method: 'x' }, { id: '{}' }],
    ['an id that is a boolean', { id: true, method: 'x' }, { id: 'true' }],
    [
      'a tool call as the official SDK writes it, id last',
      {
        method: 'tools/call',
        params: { name: 'get_user', arguments: { name: 'no', id: 9 } },
        jsonrpc: '2.0',
        id: 17,
      },
      { id: 'n17', method: 'tools/call', name: 'get_user' },
    ],
    [
      'a batch argument',
      { method: 'tools/call', params: { name: 'b', arguments: { items: [1, [2, 3], { a: [] }] } }, id: 1 },
      { batchSize: 3 },
    ],
    [
      'an empty batch argument',
      { method: 'tools/call', params: { arguments: { items: [] } }, id: 1 },
      { batchSize: 0 },
    ],
    ['a resource', { method: 'resources/read', params: { uri: 'file:///x' }, id: 1 }, { uri: 'file:///x' }],
    ['a cancellation', { method: 'notifications/cancelled', params: { requestId: 5 } }, { requestId: 'n5' }],
    [
      'a modern request',
      {
        method: 'tools/list',
        id: 1,
        params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
      },
      { protocolVersion: '2026-07-28' },
    ],
    [
      'a client that names itself',
      {
        method: 'initialize',
        id: 1,
        params: { clientInfo: { title: 'Cursor', icons: [{ name: 'no' }], name: 'cursor', version: '1' } },
      },
      { clientName: 'cursor', name: undefined },
    ],
    [
      'a client of the modern era that names itself',
      {
        method: 'tools/list',
        id: 1,
        params: { _meta: { 'io.modelcontextprotocol/clientInfo': { name: 'cursor', version: '1' } } },
      },
      { clientName: 'cursor' },
    ],
    ['a result', { id: 1, result: { content: [] } }, { hasResult: true, hasError: false, isError: false }],
    ['an empty result', { id: 1, result: {} }, { hasResult: true }],
    [
      'a tool error, whose text stands before the flag',
      {
        id: 1,
        result: { content: [{ type: 'text', text: 'deadlock detected' }, { text: 'second' }], isError: true },
      },
      { isError: true, errorText: 'deadlock detected' },
    ],
    ['a text of a good result', { id: 1, result: { content: [{ text: 'x' }] } }, { errorText: undefined }],
    ['isError deeper down', { id: 1, result: { structuredContent: { isError: true } } }, { isError: false }],
    [
      'an error',
      { id: 1, error: { code: -32602, message: 'bad\nparams' } },
      { hasError: true, errorCode: -32602, errorText: 'bad\nparams' },
    ],
    [
      'an error of null beside a result',
      { id: 1, error: null, result: 1 },
      { hasError: false, hasResult: true },
    ],
    [
      'an interim result',
      { id: 1, result: { resultType: 'input_required' } },
      { resultType: 'input_required' },
    ],
    [
      'declared tools',
      {
        id: 1,
        result: {
          tools: [{ name: 'a', inputSchema: { properties: { name: { type: 'x' } } } }, { name: 'b' }],
        },
      },
      { declaredNames: ['a', 'b'] },
    ],
  ])('%s', (_title, message, expected) => {
    const { facts, end } = scanText(JSON.stringify(message));
    expect(end).toBe('complete');
    expect(facts).toHaveLength(1);
    expect(facts[0]).toMatchObject(expected);
    // Pretty printing must make no difference.
    expect(scanText(JSON.stringify(message, null, 2)).facts).toEqual(facts);
  });

  it('takes 1 and 1.0 for the same id, and "1" for another', () => {
    const ids = ['1', '1.0', '1e0', '"1"'].map((id) => scanText(`{"id":${id},"method":"x"}`).facts[0]?.id);
    expect(ids).toEqual(['n1', 'n1', 'n1', 's1']);
  });

  it('takes the first of duplicate keys', () => {
    expect(scanText('{"method":"a","method":"b","id":1,"id":2}').facts[0]).toMatchObject({
      method: 'a',
      id: 'n1',
    });
  });

  it('reads keys that are written with escapes', () => {
    expect(scanText('{"m\\u0065thod":"t\\u006fols/call","id":1}').facts[0]?.method).toBe('tools/call');
  });

  it('reports each message of a batch by itself', () => {
    const { facts, end } = scanText('[{"id":1,"method":"a"}, {"id":2,"result":{}},{"method":"n"}]');
    expect(facts.map(({ id, method }) => [id, method])).toEqual([
      ['n1', 'a'],
      ['n2', undefined],
      [undefined, 'n'],
    ]);
    expect(end).toBe('complete');
  });

  it('skips a byte order mark', () => {
    expect(scan([Buffer.from('\ufeff{"id":1,"method":"a"}')]).facts).toHaveLength(1);
  });

  it('cuts long tokens and keeps nothing of the rest', () => {
    const { facts } = scanText(JSON.stringify({ id: 1, method: 'x'.repeat(5_000_000) }));
    expect(facts[0]?.method?.length).toBeLessThanOrEqual(512);
  });

  it('does not recurse into deep nesting', () => {
    const depth = 200_000;
    const text = `{"id":1,"params":{"arguments":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}},"method":"x"}`;
    expect(scanText(text).facts[0]).toMatchObject({ id: 'n1', method: 'x' });
  });
});

describe('texts that are no message', () => {
  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['{"id":1', 'truncated'],
    ['{"id":"abc', 'truncated'],
    ['[{"id":1,"method":"a"}', 'truncated'],
    ['nonsense', 'broken'],
    ['{id:1}', 'broken'],
    ['{"id" 1}', 'broken'],
    ['{"id":1]', 'broken'],
    ['42', 'broken'],
    ['"text"', 'broken'],
    ['[1,2]', 'broken'],
  ])('%j ends as %s', (text, expected) => {
    expect(scanText(text).end).toBe(expected);
  });
});

/** A JSON value with the kind of text that makes scanners stumble. */
const anyJson = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const id = fc.oneof(fc.integer(), fc.string({ unit: 'binary', maxLength: 40 }), fc.constant(null));
const message = fc.oneof(
  fc.record(
    {
      id,
      method: fc.string({ maxLength: 40 }),
      params: fc.record({ name: fc.string({ maxLength: 60 }), arguments: anyJson, _meta: anyJson }),
      extra: anyJson,
    },
    { requiredKeys: ['method'] },
  ),
  fc.record({
    extra: anyJson,
    id,
    result: fc.record({
      content: fc.array(fc.record({ text: fc.string({ unit: 'binary' }), more: anyJson })),
      isError: fc.boolean(),
      structuredContent: anyJson,
    }),
  }),
  fc.record({
    id,
    error: fc.record({
      code: fc.integer(),
      message: fc.string({ unit: 'binary', maxLength: 60 }),
      data: anyJson,
    }),
  }),
);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe('against JSON.parse', () => {
  it('finds what JSON.parse finds, in any chunking', () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        cuts,
        (messages, single, places) => {
          const sent = single ? messages.slice(0, 1) : messages;
          const bytes = Buffer.from(JSON.stringify(single ? sent[0] : sent));
          const { facts, end } = scan(cut(bytes, places));
          expect(end).toBe('complete');
          const parsed = [JSON.parse(bytes.toString())].flat() as Record<string, never>[];
          expect(facts).toHaveLength(parsed.length);
          for (const [index, { id: wantedId, method, params, result, error }] of parsed.entries()) {
            const found = facts[index] as MessageFacts;
            expect(found.method).toBe(method);
            expect(found.name).toBe((params as { name?: string } | undefined)?.name);
            expect(found.hasResult).toBe(result !== undefined);
            expect(found.hasError).toBe(error !== undefined);
            expect(found.errorCode).toBe((error as { code?: number } | undefined)?.code);
            expect(found.isError).toBe((result as { isError?: boolean } | undefined)?.isError ?? false);
            const wanted = wantedId as string | number | null | undefined;
            if (typeof wanted === 'string') expect(found.id).toBe(`s${wanted}`);
            else if (typeof wanted === 'number') expect(found.id).toBe(`n${wanted}`);
            else expect(found.id).toBe(wanted === null ? 'null' : undefined);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never throws, whatever the bytes, and is the same in any chunking', () => {
    const mutated = fc
      .tuple(message, fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([sent, place, byte]) => {
        const bytes = Buffer.from(JSON.stringify(sent));
        bytes[place % bytes.length] = byte;
        return bytes;
      });
    const bytes = fc.oneof(
      mutated,
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(bytes, cuts, (sent, places) => {
        const whole = scan([sent]);
        expect(scan(cut(sent, places))).toEqual(whole);
      }),
      { numRuns: 3000 },
    );
  });
});
