import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonRpcScanner } from '../../src/mcp/json-rpc-scanner.ts';
import { emptyFacts, type MessageFacts } from '../../src/mcp/message-facts.ts';
import { messageShape } from '../../src/mcp/message-shape.ts';
import { isEnough, plainResultId, quickCallFacts } from '../../src/mcp/quick-facts.ts';

const shape = messageShape();

function scan(text: string): MessageFacts | undefined {
  let found: MessageFacts | undefined;
  new JsonRpcScanner(shape, (facts) => (found = facts)).push(Buffer.from(text));
  return found;
}

const plain = (text: string): string | undefined => {
  // Surrounded by other bytes, as in a chunk of a stream.
  const around = Buffer.from(`isError":true${text}Error":true`);
  return plainResultId(around, 13, around.length - 11);
};

const nasty = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }),
  fc.constantFrom<unknown>(
    'isError',
    { isError: true },
    { error: { code: 1 } },
    { resultType: 'task' },
    '","jsonrpc":"2.0","id":9}',
    { mimeType: 'text/plain' },
  ),
);
const id = fc.oneof(fc.nat(), fc.string({ maxLength: 30 }));

describe('quickCallFacts', () => {
  it('says what the scanner says, or nothing', () => {
    let known = 0;
    const call = fc.record({
      method: fc.constantFrom('tools/call', 'prompts/get', 'tools/list'),
      params: fc.record({
        name: fc.oneof(fc.stringMatching(/^[a-z_]{1,20}$/), fc.string({ unit: 'grapheme', maxLength: 9 })),
        arguments: nasty,
      }),
      jsonrpc: fc.constant('2.0'),
      id,
    });
    fc.assert(
      fc.property(call, (message) => {
        const text = JSON.stringify(message);
        const facts = quickCallFacts(Buffer.from(text));
        if (facts) known++;
        if (facts) expect(facts).toEqual(scan(text));
      }),
      { numRuns: 2000 },
    );
    expect(known).toBeGreaterThan(200);
  });

  it.each([
    ['another order', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}}'],
    ['no id', '{"method":"tools/call","params":{"name":"a"},"jsonrpc":"2.0"}'],
    ['an escaped name', '{"method":"tools/call","params":{"name":"a\\u0062"},"jsonrpc":"2.0","id":1}'],
    [
      '_meta before the name',
      '{"method":"tools/call","params":{"_meta":{},"name":"a"},"jsonrpc":"2.0","id":1}',
    ],
    ['a batch', '[{"method":"tools/call","params":{"name":"a"},"jsonrpc":"2.0","id":1}]'],
    ['nothing', ''],
  ])('leaves %s to the scanner', (_title, text) => {
    expect(quickCallFacts(Buffer.from(text))).toBeUndefined();
  });
});

describe('plainResultId', () => {
  it('is never wrong about what it takes for good', () => {
    let good = 0;
    const result = fc.record(
      {
        content: fc.array(
          fc.record({
            type: fc.constant('text'),
            text: fc.oneof(
              fc.string(),
              nasty.map((value) => JSON.stringify(value)),
            ),
          }),
        ),
      },
      {},
    );
    const extra = fc.oneof(
      fc.constant({}),
      fc.constant({ isError: true }),
      fc.constant({ isError: false }),
      fc.constantFrom({ resultType: 'complete' }, { resultType: 'input_required' }),
      fc.record({ structuredContent: nasty }),
    );
    fc.assert(
      fc.property(result, extra, id, fc.nat(2), fc.boolean(), (body, more, messageId, order, pretty) => {
        const whole = { ...body, ...more };
        const message = [
          { result: whole, jsonrpc: '2.0', id: messageId },
          { jsonrpc: '2.0', id: messageId, result: whole },
          { jsonrpc: '2.0', id: messageId, error: { code: 1, message: 'x', data: whole } },
        ][order];
        const text = pretty ? JSON.stringify(message, null, 1) : JSON.stringify(message);
        const found = plain(text);
        if (found === undefined) return;
        good++;
        expect(found).toBe(scan(text)?.id);
        expect(scan(text)).toMatchObject({ hasResult: true, hasError: false, isError: false });
        expect(scan(text)?.resultType ?? 'complete').toBe('complete');
      }),
      { numRuns: 3000 },
    );
    expect(good).toBeGreaterThan(300);
  });

  it.each([
    ['{"result":{"content":[{"type":"text","text":"x"}]},"jsonrpc":"2.0","id":1}', 'n1'],
    ['{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":false}}', 'n1'],
    ['{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError" : false}}', 'n1'],
    [
      '{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"mimeType":"image/png"}]}}',
      'n1',
    ],
    ['{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}', undefined],
    ['{"jsonrpc":"2.0","id":1,"result":{"resultType":"task"}}', undefined],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"x"}}', undefined],
    ['{"jsonrpc":"2.0","id":1,"result":{"content":[', undefined],
    ['{"jsonrpc":"2.0","method":"notifications/progress"}', undefined],
    [`{"jsonrpc":"2.0","id":1,"result":{${'"aError":false,'.repeat(5)}"b":1}}`, undefined],
    ['{"jsonrpc":"2.0","result":{"content":[]}}', undefined],
    ['{"result":{"a":{}},"id":"x"}', 'sx'],
  ])('%s: %s', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });
});

describe('isEnough', () => {
  it.each<[Partial<MessageFacts>, boolean]>([
    [{ method: 'tools/call', id: 'n1', name: 'a' }, true],
    [{ method: 'tools/call', id: 'n1', name: 'batch' }, false],
    [{ method: 'tools/call', id: 'n1' }, false],
    [{ method: 'tools/call', name: 'a' }, false],
    [{ id: 'n1', name: 'a' }, false],
    [{ method: 'prompts/get', id: 'n1' }, false],
    [{ method: 'resources/read', id: 'n1' }, false],
    [{ method: 'resources/read', id: 'n1', uri: 'a:' }, true],
    [{ method: 'initialize', id: 'n1' }, false],
    [{ method: 'initialize', id: 'n1', protocolVersion: '2025-11-25' }, false],
    [{ method: 'initialize', id: 'n1', protocolVersion: '2025-11-25', clientName: 'cursor' }, true],
    [{ method: 'tools/list', id: 'n1' }, true],
    [{ method: 'notifications/cancelled' }, false],
  ])('%j: %s', (facts, expected) => {
    expect(isEnough({ ...emptyFacts(), ...facts }, (tool) => tool === 'batch')).toBe(expected);
  });

  it('stops the scanner, which reports once', () => {
    const seen: MessageFacts[] = [];
    const scanner = new JsonRpcScanner(
      shape,
      (facts) => seen.push(facts),
      (facts) => isEnough(facts, () => false),
    );
    scanner.push(
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"x":'),
    );
    expect(seen).toMatchObject([{ id: 'n1', name: 'a' }]);
    scanner.push(Buffer.from('1}}}'));
    expect([scanner.end(), seen.length]).toEqual(['complete', 1]);
    scanner.reset();
    scanner.push(Buffer.from('[{"id":1,"method":"ping"},{"id":2,"method":"ping"}]'));
    expect(seen).toHaveLength(3);
  });
});
