/** One HTTP/1.1 message as it was read off the wire; text is latin1. */
export interface ReadMessage {
  readonly startLine: string;
  /** `name: value` lines in order and case of arrival, without optional white space around the value. */
  readonly headers: readonly string[];
  /** Without its transfer coding. */
  readonly body: Buffer;
  readonly trailers: readonly string[];
}

/** What a reader tells while it reads. */
export interface ReaderCalls {
  readonly head?: (startLine: string, headers: readonly string[]) => void;
  /** A message is complete; a 1xx answer has no body. */
  readonly message: (message: ReadMessage) => void;
}

type Mode = 'head' | 'length' | 'size' | 'data' | 'data-end' | 'trailers' | 'close';

/**
 * Reads HTTP/1.1 messages off a connection (RFC 9112), on its own so that a
 * mistake of the sidecar's parsers cannot hide in the test.
 */
export class HttpReader {
  readonly #calls: ReaderCalls;
  readonly #hasBody: (startLine: string) => boolean;
  #mode: Mode = 'head';
  #carry = Buffer.alloc(0);
  #lines: string[] = [];
  #startLine = '';
  #headers: string[] = [];
  #pieces: Buffer[] = [];
  #left = 0;

  /** @param hasBody whether a message with this start line may have a body (answers to HEAD, 204 and 304 have none) */
  constructor(calls: ReaderCalls, hasBody: (startLine: string) => boolean = () => true) {
    this.#calls = calls;
    this.#hasBody = hasBody;
  }

  /** @throws Error if the bytes are no HTTP/1.1 message */
  push(chunk: Buffer): void {
    let bytes = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk;
    this.#carry = Buffer.alloc(0);
    while (bytes.length > 0) {
      if (this.#mode === 'close') {
        this.#pieces.push(bytes);
        return;
      }
      if (this.#mode === 'length' || this.#mode === 'data') {
        const piece = bytes.subarray(0, this.#left);
        this.#pieces.push(piece);
        this.#left -= piece.length;
        bytes = bytes.subarray(piece.length);
        if (this.#left > 0) return;
        if (this.#mode === 'length') this.#end([]);
        else this.#mode = 'data-end';
        continue;
      }
      const end = bytes.indexOf('\r\n');
      if (end < 0) {
        this.#carry = Buffer.from(bytes);
        return;
      }
      const line = bytes.toString('latin1', 0, end);
      bytes = bytes.subarray(end + 2);
      this.#line(line);
    }
  }

  /** Takes note of the end of the connection, which ends a body that nothing else does. */
  close(): void {
    if (this.#mode === 'close') this.#end([]);
  }

  #line(line: string): void {
    if (this.#mode === 'size') {
      const size = /^([0-9a-f]+)[ \t]*(;.*)?$/i.exec(line)?.[1];
      if (size === undefined) throw new Error(`chunk: want a size, got ${JSON.stringify(line)}`);
      this.#left = Number.parseInt(size, 16);
      this.#mode = this.#left === 0 ? 'trailers' : 'data';
    } else if (this.#mode === 'data-end') {
      if (line !== '') throw new Error(`chunk: want its end, got ${JSON.stringify(line)}`);
      this.#mode = 'size';
    } else if (line !== '') this.#lines.push(line);
    else if (this.#mode === 'trailers') this.#end(this.#lines.splice(0).map(normalLine));
    else if (this.#lines.length > 0) this.#head(this.#lines.splice(0));
  }

  #head([startLine = '', ...lines]: string[]): void {
    this.#startLine = startLine;
    this.#headers = lines.map(normalLine);
    this.#calls.head?.(startLine, this.#headers);
    const length = valueOf(this.#headers, 'content-length');
    const isAnswer = startLine.startsWith('HTTP/');
    if (/^HTTP\/1\.1 1\d\d/.test(startLine) || !this.#hasBody(startLine)) this.#end([]);
    else if (valueOf(this.#headers, 'transfer-encoding') !== undefined) this.#mode = 'size';
    else if (length !== undefined && Number(length) > 0) {
      this.#left = Number(length);
      this.#mode = 'length';
    } else if (isAnswer && length === undefined) this.#mode = 'close';
    else this.#end([]);
  }

  #end(trailers: string[]): void {
    const body = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#mode = 'head';
    this.#calls.message({ startLine: this.#startLine, headers: this.#headers, body, trailers });
  }
}

/** Lower-case name of a header line. */
export const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase();

/** First value of a header, by its lower-case name. */
export function valueOf(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((candidate) => nameOf(candidate) === name);
  return line?.slice(line.indexOf(':') + 2);
}

function normalLine(line: string): string {
  const colon = line.indexOf(':');
  if (colon <= 0) throw new Error(`header: want name and value, got ${JSON.stringify(line)}`);
  return `${line.slice(0, colon)}: ${line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')}`;
}
