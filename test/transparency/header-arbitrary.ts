import fc from 'fast-check';

type Header = readonly [string, string];

const TOKEN = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Visible ASCII and obs-text (RFC 9110 §5.5). */
const FIELD_BYTES = Array.from({ length: 256 }, (_, code) => code)
  .filter((code) => (code > 0x20 && code < 0x7f) || code >= 0x80)
  .map((code) => String.fromCharCode(code));

/** Names with a part in framing or routing: cases set them on purpose only. */
const RESERVED =
  /^(connection|content-length|transfer-encoding|host|expect|te|trailer|upgrade|keep-alive|proxy-connection|content-disposition|content-type|content-encoding|mcp-session-id|case-number)$/i;

const knownName = fc.constantFrom(
  'Accept',
  'Authorization',
  'Cache-Control',
  'Cookie',
  'Date',
  'ETag',
  'Link',
  'Server',
  'Set-Cookie',
  'Vary',
  'WWW-Authenticate',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
  'Mcp-Param-Region',
  'Last-Event-ID',
  'traceparent',
  'X-Forwarded-For',
  'Via',
);
const madeUpName = fc
  .string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 24 })
  .filter((name) => !RESERVED.test(name));

/** A name in any mixture of upper and lower case. */
export const anyCase = (name: string, mask: number): string =>
  Array.from(name, (char, i) =>
    ((mask >> (i % 31)) & 1) === 1 ? char.toUpperCase() : char.toLowerCase(),
  ).join('');

const name = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: knownName }, madeUpName), fc.boolean(), fc.nat())
  .map(([text, mixed, mask]) => (mixed ? anyCase(text, mask) : text));

const value = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    'application/json, text/event-stream',
    '2025-06-18',
    '=?base64?w6Q=?=',
    'a,b ,, c',
    '"q;\\"s"',
  ),
  fc
    .string({ unit: fc.constantFrom(...FIELD_BYTES, ' ', ' ', '\t'), maxLength: 60 })
    .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, '')),
);

/** Legal header lines without a part in framing: any order, case, repetition, and bytes beyond ASCII. */
export const freeHeaders: fc.Arbitrary<Header[]> = fc.array(fc.tuple(name, value), { maxLength: 8 });

/** Lines that concern one hop only (RFC 9110 §7.6.1), with what they name. */
export const hopHeaders: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Header[]>([]) },
  fc.constantFrom<Header[]>(
    [['Connection', 'keep-alive']],
    [['connection', 'Keep-Alive']],
    [
      ['Keep-Alive', 'timeout=30, max=100'],
      ['Connection', 'keep-alive'],
    ],
    [
      ['X-Hop', 'secret'],
      ['Connection', 'keep-alive, x-hop'],
      ['x-hop', 'twice'],
    ],
    [['Proxy-Connection', 'keep-alive']],
    [['Connection', 'close']],
    [['CONNECTION', 'close, X-None']],
  ),
);

/** Puts lines at places of a list; each place is a number that is taken modulo the room. */
export function insertAt(
  lines: readonly Header[],
  added: readonly Header[],
  places: readonly number[],
): Header[] {
  const result = [...lines];
  added.forEach((line, i) => result.splice((places[i % places.length] ?? 0) % (result.length + 1), 0, line));
  return result;
}

/** Places for {@link insertAt}. */
export const places: fc.Arbitrary<number[]> = fc.array(fc.nat(30), { minLength: 3, maxLength: 6 });
