/** The headers that a tap looks at, of a request or an answer; values as sent, the first of each. */
export interface TapHeaders {
  contentType: string;
  contentEncoding: string;
  /** Value of Content-Length; -1 without one. */
  contentLength: number;
  sessionId: string | undefined;
  protocolVersion: string | undefined;
  lastEventId: string | undefined;
}

/** Picks the headers of interest out of names and values in turn. */
export function readTapHeaders(rawHeaders: readonly string[]): TapHeaders {
  const headers: TapHeaders = {
    contentType: '',
    contentEncoding: '',
    contentLength: -1,
    sessionId: undefined,
    protocolVersion: undefined,
    lastEventId: undefined,
  };
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    // Most headers are told apart by the length of their name alone: no lower-casing for the others.
    switch (name.length) {
      case 12:
        if (name.toLowerCase() === 'content-type') headers.contentType ||= rawHeaders[index + 1]!;
        break;
      case 13:
        if (name.toLowerCase() === 'last-event-id') headers.lastEventId ??= rawHeaders[index + 1];
        break;
      case 14:
        readFourteen(headers, name.toLowerCase(), rawHeaders[index + 1]!);
        break;
      case 16:
        if (name.toLowerCase() === 'content-encoding') {
          headers.contentEncoding ||= rawHeaders[index + 1]!;
        }
        break;
      case 20:
        if (name.toLowerCase() === 'mcp-protocol-version') headers.protocolVersion ??= rawHeaders[index + 1];
        break;
      default:
    }
  }
  return headers;
}

/** Two names of interest are of that length. */
function readFourteen(headers: TapHeaders, name: string, value: string): void {
  if (name === 'mcp-session-id') headers.sessionId ??= value;
  else if (name === 'content-length') headers.contentLength = Number(value);
}

/** Whether a Content-Type or Accept value is, or lists, a media type; parameters and case do not matter. */
export const hasMediaType = (value: string, mediaType: string): boolean =>
  value.startsWith(mediaType) || value.toLowerCase().includes(mediaType);

/** Media type of a JSON-RPC message. */
export const JSON_TYPE = 'application/json';
/** Media type of server-sent events. */
export const SSE_TYPE = 'text/event-stream';

/** Whether a Content-Encoding leaves a body as it is. */
export const isPlain = (encoding: string): boolean =>
  encoding === '' || encoding.toLowerCase() === 'identity';
