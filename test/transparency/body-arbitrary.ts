import zlib from 'node:zlib';
import fc from 'fast-check';

const scalar = fc.oneof(
  fc.constantFrom<unknown>(0, -1, 1.5, 1e21, 2 ** 53, null, true, false, '', '\u0000', 'é', '😀', '"\\/'),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const method = fc.constantFrom(
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'prompts/get',
  'resources/read',
  'server/discover',
  'subscriptions/listen',
  'notifications/cancelled',
  'notifications/initialized',
  'x/unknown',
  '',
);

const params = fc.oneof(
  fc.constantFrom<unknown>(
    { name: 'search', arguments: { q: 'a "quoted" \\ text', n: [1, [2, [3]]] } },
    { name: 'process_batch', arguments: { items: [1, 2, 3] } },
    { uri: 'file:///etc/x', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    { requestId: 1, reason: 'no' },
    [],
    null,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A JSON-RPC request, notification or response of any kind, ids of every JSON type among them. */
const message: fc.Arbitrary<unknown> = fc.oneof(
  fc.record(
    { jsonrpc: fc.constant('2.0'), id: fc.oneof(scalar, params), method, params },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      jsonrpc: fc.constant('2.0'),
      id: scalar,
      result: fc.oneof(
        fc.constantFrom<unknown>(
          { isError: true, content: [{ type: 'text', text: 'deadlock' }] },
          { resultType: 'input_required' },
          { tools: [{ name: 'search' }] },
        ),
        params,
      ),
    },
    { requiredKeys: ['id'] },
  ),
  fc.record({
    id: scalar,
    error: fc.record({ code: fc.constantFrom<unknown>(-32601, -32000, 1, 'x', null), message: scalar }),
  }),
);

const batch = fc
  .tuple(fc.array(message, { maxLength: 4 }), fc.constantFrom(1, 1, 1, 3, 400))
  .map(([some, times]) => Array.from({ length: times }, () => some).flat());

const jsonText = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: message }, batch), fc.constantFrom(0, 0, 2))
  .map(([value, indent]) => Buffer.from(JSON.stringify(value, null, indent) ?? ''));

const duplicateKeys = fc
  .tuple(jsonText, jsonText, scalar)
  .map(([one, two, id]) =>
    Buffer.from(
      `{"id":${JSON.stringify(id)},"id":2,"method":"ping","method":"tools/call","params":${one.toString()},"params":${two.toString()},"result":{},"result":[]}`,
    ),
  );

const deep = fc
  .tuple(
    fc.constantFrom(10, 1000, 50_000),
    fc.constantFrom('[', '{"params":', '{"a":[', '[{"id":1,"result":'),
  )
  .map(([depth, open]) => Buffer.from(open.repeat(depth)));

const oddBytes = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));

/** JSON text with bytes put into it, taken out of it, or its end cut off: mostly broken, often no UTF-8. */
const damaged = fc
  .tuple(jsonText, fc.integer({ min: 0, max: 1000 }), fc.nat(8), oddBytes)
  .map(([text, where, removed, added]) => {
    const at = Math.floor((where * text.length) / 1000);
    return Buffer.concat([text.subarray(0, at), added, text.subarray(at + removed)]);
  });

/** A call whose argument is long: from 16 KiB, mostly, to 5 MB, rarely. */
export const big = fc
  .tuple(fc.constantFrom(16_384, 20_000, 66_000, 66_000, 300_000, 1_200_000), fc.nat(1000), fc.nat(99))
  .map(([size, more, dice]) => {
    const length = dice === 0 ? 5_000_000 : size + more;
    const filler = dice % 2 === 0 ? 'x' : '\\"é';
    const text = filler.repeat(Math.ceil(length / Buffer.byteLength(filler)));
    return Buffer.from(
      `{"jsonrpc":"2.0","id":${dice},"method":"tools/call","params":{"arguments":{"text":"${text}"},"name":"search"}}`,
    );
  });

/** Bodies that say they are JSON-RPC, right or wrong. */
export const jsonBody: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 24, arbitrary: jsonText },
  { weight: 10, arbitrary: damaged },
  { weight: 4, arbitrary: duplicateKeys },
  { weight: 2, arbitrary: deep },
  { weight: 4, arbitrary: oddBytes },
  { weight: 2, arbitrary: big },
  { weight: 4, arbitrary: fc.constant(Buffer.alloc(0)) },
);

const sseLine = fc.oneof(
  { weight: 6, arbitrary: jsonText.map((text) => `data: ${text.toString()}`) },
  fc.constantFrom(
    ': comment',
    ':',
    'data',
    'data:',
    'data:  two spaces',
    'id: 7',
    'id',
    'retry: 100',
    'event: message',
    'event: endpoint',
    'event: ping',
    'unknown: field',
    '\uFEFFdata: late mark',
  ),
  fc.constant('data: /messages?sessionId=1'),
  fc.string({ maxLength: 10 }),
);

/** Event streams with any line ends (WHATWG HTML §9.2.5), whole or cut off anywhere. */
export const sseBody: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.array(fc.array(sseLine, { maxLength: 4 }), { maxLength: 6 }),
    fc.constantFrom('\n', '\r\n', '\r'),
    fc.constantFrom('', '', '\uFEFF'),
    fc.integer({ min: 300, max: 1500 }),
  )
  .map(([events, end, mark, kept]) => {
    const text = mark + events.map((lines) => lines.map((line) => line + end).join('') + end).join('');
    const bytes = Buffer.from(text);
    return bytes.subarray(0, Math.floor((Math.min(1000, kept) * bytes.length) / 1000));
  });

/** Applies a content coding; `lie` leaves the bytes as they are. */
export function encodeBody(body: Buffer, coding: string): Buffer {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gzipSync(body, { level: 1 });
    case 'deflate':
      return zlib.deflateSync(body, { level: 1 });
    case 'br':
      return zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
    case 'zstd':
      return zlib.zstdCompressSync(body);
    default:
      return body;
  }
}

/** A Content-Encoding ('' for none) and whether it tells the truth. */
export const coding = fc.record({
  name: fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    fc.constantFrom('gzip', 'br', 'deflate', 'zstd', 'x-gzip', 'GZIP', 'identity', 'gzip, br', 'compress'),
  ),
  honest: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
});
