import { CASE_HEADER, describeCase, headerLines } from './exchange-case.ts';
import type { ExchangeCase } from './exchange-case.ts';
import { nameOf } from './http-reader.ts';
import type { ReadMessage } from './http-reader.ts';
import type { Received } from './raw-lane.ts';

const HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']);

/**
 * Compares what was sent with what arrived, on both ways.
 *
 * @param upstreamGot undefined if the request did not arrive whole
 * @throws Error naming the part that differs
 */
export function assertUnchanged(
  exchange: ExchangeCase,
  upstreamGot: ReadMessage | undefined,
  { answer, interim }: Received,
): void {
  const differs = (what: string, want: unknown, got: unknown): void => {
    if (JSON.stringify(want) === JSON.stringify(got)) return;
    throw new Error(
      `${what}: want ${JSON.stringify(want)}, got ${JSON.stringify(got)}${describeCase(exchange)}`,
    );
  };
  const bodyDiffers = (what: string, want: Buffer, got: Buffer): void => {
    if (want.equals(got)) return;
    const at = want.findIndex((byte, i) => got[i] !== byte);
    differs(what, `${want.length} bytes`, `${got.length} bytes, other from byte ${at}`);
    throw new Error(`${what}: want other bytes from byte ${at}${describeCase(exchange)}`);
  };
  const trailers = (plan: ExchangeCase['answer']): string[] =>
    plan.trailers.map(([name, value]) => `${name}: ${value}`);

  const { request, answer: sent } = exchange;
  // An upstream that answers early may never see the rest of the request.
  if (upstreamGot !== undefined) {
    differs('request line', request.startLine.replace(/1\.0$/, '1.1'), upstreamGot.startLine);
    const own = upstreamGot.headers.filter((line) => nameOf(line) !== CASE_HEADER);
    differs('request headers', forwardedRequest(headerLines(request)), own);
    bodyDiffers('request body', request.body, upstreamGot.body);
    differs('request trailers', trailers(request), upstreamGot.trailers);
  } else if (!exchange.early) differs('request', 'it whole', 'nothing or a part');

  differs('status line', sent.startLine.replace(/[ \t]+$/, ''), answer.startLine.replace(/[ \t]+$/, ''));
  differs('answer headers', forwardedAnswer(exchange), receivedAnswer(exchange, answer.headers));
  bodyDiffers('answer body', sent.body, answer.body);
  if (request.startLine.endsWith('1.1')) differs('answer trailers', trailers(sent), answer.trailers);
  differs(
    'interim answers',
    exchange.interim,
    interim.map(({ startLine, headers }) => [startLine, ...headers]),
  );
}

/** Names that Connection declares to concern one hop (RFC 9110 §7.6.1). */
function named(lines: readonly string[]): Set<string> {
  const values = lines.filter((line) => nameOf(line) === 'connection').map((line) => line.slice(12));
  return new Set(values.flatMap((value) => value.split(',').map((name) => name.trim().toLowerCase())));
}

const throughHop = (lines: readonly string[]): string[] => {
  const dropped = named(lines);
  return lines.filter((line) => !HOP.has(nameOf(line)) && !dropped.has(nameOf(line)));
};

/** A wish for trailers is renewed for the next hop (RFC 9110 §10.1.4). */
function forwardedRequest(lines: readonly string[]): string[] {
  const dropped = named(lines);
  return lines.flatMap((line) => {
    const name = nameOf(line);
    if (name === 'te' && /trailers/.test(line)) return [`${line.slice(0, 2)}: trailers`, 'Connection: TE'];
    return HOP.has(name) || dropped.has(name) ? [] : [line];
  });
}

function forwardedAnswer({ request, answer }: ExchangeCase): string[] {
  const lines = throughHop(headerLines(answer));
  if (request.startLine.endsWith('1.1')) return lines;
  // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
  return lines.filter((line) => !/^(transfer-encoding|trailer):/i.test(line));
}

/** Leaves out what the sidecar says of its own connection to the client. */
function receivedAnswer({ request, answer }: ExchangeCase, lines: readonly string[]): string[] {
  const own = lines.filter((line) => !/^(connection|keep-alive):/i.test(line));
  const chunkedByUs = answer.framing === 'close' && request.startLine.endsWith('1.1');
  if (!chunkedByUs) {
    return request.startLine.endsWith('1.1') ? own : own.filter((line) => !/^trailer:/i.test(line));
  }
  return own.filter((line) => line !== 'Transfer-Encoding: chunked');
}
