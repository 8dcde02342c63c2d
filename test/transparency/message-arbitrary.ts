import fc from 'fast-check';
import type { Cutting, ExchangeCase, Framing, MessagePlan } from './exchange-case.ts';
import { anyCase, insertAt } from './header-arbitrary.ts';

/** Random cuts and pauses; most messages go out whole. */
export const cutting: fc.Arbitrary<Cutting> = fc.record({
  at: fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 6 }),
  ),
  every: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })),
  pauseMs: fc.constantFrom(-1, -1, -1, -1, 0, 0, 0, 1),
});

/** How a message is framed, apart from what its kind allows. */
export interface FramingChoice {
  readonly kind: Framing;
  readonly chunkSizes: readonly number[];
  readonly chunkExtension: string;
  readonly trailers: readonly (readonly [string, string])[];
  readonly nameMask: number;
}

/** Any framing out of the kinds. */
export const framing = (...kinds: Framing[]): fc.Arbitrary<FramingChoice> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    chunkSizes: fc.array(
      fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(100, 4096, 65_536, 1_000_000)),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    chunkExtension: fc.constantFrom('', '', '', ';a=1', ';name="quoted;value"'),
    trailers: fc.constantFrom<[string, string][]>(
      [],
      [],
      [],
      [['X-Checksum', 'a b c']],
      [
        ['x-one', '1'],
        ['X-One', '2'],
      ],
    ),
    nameMask: fc.nat(),
  });

/** Everything of a message but its body. */
export interface MessageParts {
  readonly startLine: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly framing: FramingChoice;
  readonly cutting: Cutting;
  readonly places: readonly number[];
}

/** Sizes of chunks that keep a big body from becoming a million chunks. */
const chunksFor = (body: Buffer, sizes: readonly number[]): readonly number[] =>
  body.length > 20_000 ? sizes.map((size) => Math.max(size, 4096)) : sizes;

/** Puts a message together: framing headers go to their place among the others. */
export function plan(
  parts: MessageParts,
  body: Buffer,
  added: readonly (readonly [string, string])[],
): MessagePlan {
  const { kind, chunkSizes, chunkExtension, trailers, nameMask } = parts.framing;
  const own: [string, string][] = [];
  if (kind === 'length') own.push([anyCase('Content-Length', nameMask), String(body.length)]);
  else if (kind === 'chunked') {
    own.push([anyCase('Transfer-Encoding', nameMask), nameMask % 2 === 0 ? 'chunked' : 'Chunked']);
    if (trailers.length > 0) own.push(['Trailer', trailers.map(([name]) => name).join(', ')]);
  }
  return {
    startLine: parts.startLine,
    headers: insertAt(parts.headers, [...own, ...added], parts.places),
    body,
    framing: kind,
    chunkSizes: chunksFor(body, chunkSizes),
    chunkExtension,
    trailers: kind === 'chunked' ? trailers : [],
    cutting: parts.cutting,
  };
}

/** Makes fast-check print a case in one line instead of all its bytes. */
export const printable = <Case extends ExchangeCase>(plain: Case, text: string): Case =>
  Object.assign(plain, { [fc.toStringMethod]: () => text });
