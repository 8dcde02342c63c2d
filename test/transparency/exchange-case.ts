/** How the bytes of one side reach its socket. */
export interface Cutting {
  /** Where to cut, in thousandths of the whole; empty for one write. */
  readonly at: readonly number[];
  /** Cut every so many bytes instead, if the whole is short. */
  readonly every: number;
  /** Pause between the pieces, in milliseconds; 0 for one turn of the event loop, -1 for none. */
  readonly pauseMs: number;
}

/** Where the receiver finds the end of a body (RFC 9112 §6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** One message as it is to be sent; text is latin1. */
export interface MessagePlan {
  readonly startLine: string;
  /** Names and values in order, the framing's own among them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly framing: Framing;
  /** Sizes of the chunks in turn, again and again; each at least 1. */
  readonly chunkSizes: readonly number[];
  /** Extension after each chunk's size, such as `;a=b`. */
  readonly chunkExtension: string;
  readonly trailers: readonly (readonly [string, string])[];
  readonly cutting: Cutting;
}

/** One exchange: what the client sends and what the upstream answers. */
export interface ExchangeCase {
  readonly method: string;
  readonly target: string;
  readonly request: MessagePlan;
  readonly answer: MessagePlan;
  /** Heads of 1xx answers before the answer, as start line and header lines. */
  readonly interim: readonly (readonly string[])[];
  /** The client closes its sending side after the request. */
  readonly halfClose: boolean;
  /** The upstream answers as soon as it has the head. */
  readonly early: boolean;
}

/** Name of the header that tells the upstream which exchange this is. */
export const CASE_HEADER = 'case-number';

/** Header lines of a message. */
export const headerLines = (plan: MessagePlan): string[] =>
  plan.headers.map(([name, value]) => `${name}: ${value}`);

/** The message as it stands on the wire. */
export function wireBytes(plan: MessagePlan, before: readonly (readonly string[])[] = []): Buffer {
  const heads = [...before, [plan.startLine, ...headerLines(plan)]];
  const head = heads.map((lines) => `${lines.join('\r\n')}\r\n\r\n`).join('');
  const parts: Buffer[] = [Buffer.from(head, 'latin1')];
  if (plan.framing === 'chunked') parts.push(...chunks(plan));
  else if (plan.framing !== 'none') parts.push(plan.body);
  return Buffer.concat(parts);
}

function* chunks({ body, chunkSizes, chunkExtension, trailers }: MessagePlan): Generator<Buffer> {
  for (let at = 0, turn = 0; at < body.length; turn++) {
    const piece = body.subarray(at, at + (chunkSizes[turn % chunkSizes.length] ?? body.length));
    yield Buffer.from(`${piece.length.toString(16)}${chunkExtension}\r\n`, 'latin1');
    yield piece;
    yield Buffer.from('\r\n');
    at += piece.length;
  }
  const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  yield Buffer.from(`0\r\n${lines}\r\n`, 'latin1');
}

/** One exchange in a line, for the report of a failure. */
export function describeCase({ request, answer, halfClose, early, interim }: ExchangeCase): string {
  const side = (plan: MessagePlan): string =>
    JSON.stringify({
      head: [plan.startLine, ...headerLines(plan)],
      body: `${plan.body.length} bytes, ${plan.framing}: ${plan.body.toString('latin1', 0, 200)}`,
      ...(plan.framing === 'chunked' && { chunks: plan.chunkSizes, trailers: plan.trailers }),
      cutting: plan.cutting,
    });
  return `\n  request ${side(request)}\n  answer ${side(answer)}\n  ${JSON.stringify({ halfClose, early, interim })}`;
}
