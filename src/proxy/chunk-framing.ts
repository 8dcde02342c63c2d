import type { IncomingMessage } from 'node:http';

/** End of a chunked request, with its trailers (RFC 9112 §7.1.2). */
export function lastChunk(request: IncomingMessage): string {
  const raw = request.rawTrailers;
  let text = '0\r\n';
  for (let i = 0; i < raw.length; i += 2) text += `${raw[i]}: ${raw[i + 1]}\r\n`;
  return `${text}\r\n`;
}

/** What stands before a chunk of so many bytes. */
export function chunkStart(length: number): string {
  return `${length.toString(16)}\r\n`;
}
