import { roleOf } from './header-role.ts';

/** Where an answer's body ends (RFC 9112 §6.3); `tunnel` follows a 101. */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close' | 'tunnel';

/** The head of an answer, as it came from the upstream. */
export interface AnswerHead {
  readonly httpVersion: '1.0' | '1.1';
  readonly statusCode: number;
  /** Reason phrase as sent, possibly empty. */
  readonly statusText: string;
  /** Names and values in turn, latin1, in order and case of arrival. */
  readonly rawHeaders: string[];
  readonly framing: BodyFraming;
  /** Bytes of the body if `framing` is `length`, else 0. */
  readonly contentLength: number;
  /** The upstream is willing to take another request on this connection. */
  readonly keepAlive: boolean;
  /** Value of `Keep-Alive: timeout=` in ms; 0 if there was none. */
  readonly keepAliveHintMs: number;
  /** At least one header concerns this hop only, or depends on the framing. */
  readonly hopByHop: boolean;
}

/** Bytes that no header block may hold: controls, a bare CR, a bare LF (RFC 9112 §2.2, RFC 9110 §5.5). */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const DIGITS = /^\d{1,15}$/;
const LAST_CODING_CHUNKED = /(?:^|,)[ \t]*chunked$/i;
const CHUNKED_ONCE = /chunked[ \t]*,/i;

/**
 * Splits field lines into names and values in turn.
 *
 * @param text field lines, each but the last followed by CRLF; latin1
 * @returns undefined if a line is not `name: value` (obsolete folding included, RFC 9112 §5.2)
 */
export function parseFieldLines(text: string): string[] | undefined {
  const fields: string[] = [];
  if (FORBIDDEN.test(text)) return undefined;
  for (let at = 0; at < text.length;) {
    let lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) lineEnd = text.length;
    const colon = text.indexOf(':', at);
    if (colon < 0 || colon >= lineEnd) return undefined;
    const name = text.slice(at, colon);
    if (!TOKEN.test(name)) return undefined;
    let from = colon + 1;
    let to = lineEnd;
    while (from < to && isBlank(text.charCodeAt(from))) from++;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
    fields.push(name, text.slice(from, to));
    at = lineEnd + 2;
  }
  return fields;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * Reads the head of an answer and decides how its body is framed (RFC 9112 §6.3).
 *
 * @param text status line and field lines without the closing empty line, latin1
 * @param requestMethod the answer to HEAD has no body
 * @returns a code that says what is wrong if the head cannot be trusted
 */
export function parseAnswerHead(text: string, requestMethod: string): AnswerHead | string {
  let lineEnd = text.indexOf('\r\n');
  if (lineEnd < 0) lineEnd = text.length;
  const status = STATUS_LINE.exec(text.slice(0, lineEnd));
  if (status === null) return 'INVALID_STATUS_LINE';
  const statusText = status[3] ?? '';
  if (FORBIDDEN.test(statusText)) return 'INVALID_STATUS_LINE';
  const rawHeaders = parseFieldLines(text.slice(lineEnd + 2));
  if (rawHeaders === undefined) return 'INVALID_HEADER';

  const statusCode = Number(status[2]);
  const http10 = status[1] === '0';
  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  let connection = '';
  let keepAliveHintMs = 0;
  let hopByHop = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const role = roleOf(rawHeaders[i]!);
    if (role === '') continue;
    const value = rawHeaders[i + 1]!;
    if (role === 'content-length') {
      if (contentLength !== undefined || !DIGITS.test(value)) return 'INVALID_CONTENT_LENGTH';
      contentLength = value;
    } else if (role === 'transfer-encoding') {
      transferEncoding = transferEncoding === undefined ? value : `${transferEncoding}, ${value}`;
    } else if (role !== 'host' && role !== 'expect') {
      hopByHop = true;
      if (role === 'connection') connection = `${connection},${value.toLowerCase()},`;
      else if (role === 'keep-alive') keepAliveHintMs = hintMs(value);
    }
  }

  let framing: BodyFraming;
  if (statusCode === 101) framing = 'tunnel';
  else if (statusCode < 200 || statusCode === 204 || statusCode === 304 || requestMethod === 'HEAD')
    framing = 'none';
  else if (transferEncoding !== undefined) framing = 'chunked';
  else if (contentLength === undefined) framing = 'close';
  else framing = contentLength === '0' ? 'none' : 'length';

  if (transferEncoding !== undefined) {
    // Both at once is how answers are smuggled; an HTTP/1.0 peer cannot mean it (RFC 9112 §6.1).
    if (contentLength !== undefined || http10) return 'INVALID_TRANSFER_ENCODING';
    if (!LAST_CODING_CHUNKED.test(transferEncoding) || CHUNKED_ONCE.test(transferEncoding))
      return 'INVALID_TRANSFER_ENCODING';
  }
  const keepAlive = /[,\s]keep-alive[,\s]/.test(connection) || !http10;
  return {
    httpVersion: http10 ? '1.0' : '1.1',
    statusCode,
    statusText,
    rawHeaders,
    framing,
    contentLength: framing === 'length' ? Number(contentLength) : 0,
    keepAlive: keepAlive && framing !== 'close' && !/[,\s]close[,\s]/.test(connection),
    keepAliveHintMs,
    hopByHop,
  };
}

function hintMs(value: string): number {
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value);
  return seconds === null ? 0 : Number(seconds[1]) * 1000;
}
