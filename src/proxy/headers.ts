import type { IncomingMessage } from 'node:http';
import type { AnswerHead } from '../http/answer-head.ts';
import { roleOf } from '../http/header-role.ts';
import type { ProxySettings } from './settings.ts';

/** The head of a request as it goes to the upstream. */
export interface RequestHead {
  /** Request line, headers and the empty line; latin1. */
  readonly text: string;
  readonly body: 'none' | 'length' | 'chunked';
  /** Bytes of the body if `body` is `length`, else 0. */
  readonly contentLength: number;
  /** The client waits for a 100 before it sends the body. */
  readonly expectsContinue: boolean;
}

/** Value of `Via`: the version in which the message came (RFC 9110 §7.6.3). */
const viaOf = (httpVersion: string): string => `${httpVersion} mcp-vitals`;
/** Framing and routing must not be taken off by naming them in Connection. */
const KEPT = new Set(['content-length', 'host', 'transfer-encoding', 'trailer', 'expect']);

/**
 * Writes the head for the upstream: order and case of arrival, without what
 * concerns the client's hop only (RFC 9110 §7.6.1, also what Connection names).
 *
 * @param upgrade keep `Upgrade` and announce it to the upstream
 */
export function requestHead(request: IncomingMessage, settings: ProxySettings, upgrade = false): RequestHead {
  const raw = request.rawHeaders;
  const named = connectionOptions(raw);
  let text = `${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1\r\n`;
  let body: RequestHead['body'] = 'none';
  let contentLength = 0;
  let expectsContinue = false;
  let hostSeen = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    switch (roleOf(name)) {
      case 'connection':
      case 'keep-alive':
      case 'proxy-connection':
        continue;
      case 'te':
        // Trailers reach the client, so it may ask for them; it concerns this hop too (RFC 9110 §10.1.4).
        if (/\btrailers\b/i.test(value)) text += `${name}: trailers\r\nConnection: TE\r\n`;
        continue;
      case 'upgrade':
        if (upgrade) text += `Connection: Upgrade\r\n${name}: ${value}\r\n`;
        continue;
      case 'host':
        hostSeen = true;
        text += `${name}: ${hostFor(value, settings)}\r\n`;
        continue;
      case 'content-length':
        contentLength = Number(value);
        if (contentLength > 0) body = 'length';
        break;
      case 'transfer-encoding':
        body = 'chunked';
        break;
      case 'expect':
        expectsContinue = true;
        break;
      default:
        if (named !== undefined && named.has(name.toLowerCase())) continue;
    }
    text += `${name}: ${value}\r\n`;
  }
  // HTTP/1.0 knows requests without Host, HTTP/1.1 does not.
  if (!hostSeen) text += `Host: ${hostFor(settings.upstream.host, settings)}\r\n`;
  if (settings.xForwarded) text += forwardedFor(request);
  if (settings.via) text += `Via: ${viaOf(request.httpVersion)}\r\n`;
  return { text: `${text}\r\n`, body, contentLength, expectsContinue };
}

function hostFor(sent: string, settings: ProxySettings): string {
  const rule = settings.hostHeader;
  if (rule === 'preserve') return sent;
  return rule === 'upstream' ? settings.upstream.host : rule.fixed;
}

function forwardedFor(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? 'unknown';
  const proto = 'encrypted' in request.socket ? 'https' : 'http';
  const host = request.headers.host;
  let text = `X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: ${proto}\r\n`;
  if (host !== undefined) text += `X-Forwarded-Host: ${host}\r\n`;
  return text;
}

/** Lower-case names that Connection declares to be of this hop; undefined if there are none of interest. */
function connectionOptions(raw: readonly string[]): Set<string> | undefined {
  let named: Set<string> | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    if (roleOf(raw[i]!) !== 'connection') continue;
    const value = raw[i + 1]!.toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    for (const part of value.split(',')) {
      const option = part.trim();
      if (option === '' || KEPT.has(option)) continue;
      named ??= new Set();
      named.add(option);
    }
  }
  return named;
}

/**
 * Headers of an answer as they go to the client: order and case of arrival,
 * without what concerns the upstream's hop only.
 *
 * @param chunkable the client understands the chunked coding (HTTP/1.1)
 * @param closing tell the client that its connection ends with this answer
 */
export function answerHeaders(
  head: AnswerHead,
  chunkable: boolean,
  via: boolean,
  closing: boolean,
): string[] {
  let headers = head.rawHeaders;
  const dropTrailer = head.framing !== 'chunked' || !chunkable;
  if (head.hopByHop || !chunkable) {
    const named = head.hopByHop ? connectionOptions(headers) : undefined;
    headers = headers.filter((_, i) =>
      keepsInAnswer(head.rawHeaders[i & ~1]!, named, dropTrailer, chunkable),
    );
  }
  if (!via && !closing) return mendDisposition(headers);
  headers = mendDisposition([...headers]);
  if (via) headers.push('Via', viaOf(head.httpVersion));
  if (closing) headers.push('Connection', 'close');
  return headers;
}

function keepsInAnswer(
  name: string,
  named: Set<string> | undefined,
  dropTrailer: boolean,
  chunkable: boolean,
): boolean {
  switch (roleOf(name)) {
    case 'connection':
    case 'keep-alive':
    case 'proxy-connection':
    case 'te':
    case 'upgrade':
      return false;
    case 'trailer':
      return !dropTrailer;
    case 'transfer-encoding':
      return chunkable;
    case '':
      return named === undefined || !named.has(name.toLowerCase());
    default:
      return true;
  }
}

/**
 * Node re-encodes a Content-Disposition that follows Content-Length, which
 * spoils bytes beyond ASCII: in that one case it goes first.
 */
function mendDisposition(headers: string[]): string[] {
  let at = 0;
  while (at < headers.length && !isDisposition(headers[at]!)) at += 2;
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
  if (at >= headers.length || /^[\x00-\x7f]*$/.test(headers[at + 1]!)) return headers;
  const mended = [...headers];
  mended.unshift(...mended.splice(at, 2));
  return mended;
}

function isDisposition(name: string): boolean {
  return name.length === 19 && name.toLowerCase() === 'content-disposition';
}

/** Whether headers announce server-sent events. */
export function isEventStream(rawHeaders: readonly string[]): boolean {
  const name = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'content-type');
  return name !== -1 && rawHeaders[name + 1]!.toLowerCase().startsWith('text/event-stream');
}
