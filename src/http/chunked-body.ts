import { parseFieldLines } from './answer-head.ts';

/** A line with a chunk's size and extensions may be this long; longer ones only waste memory. */
const MAX_SIZE_LINE_BYTES = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;

/**
 * Takes the chunked transfer coding off a body, however its bytes are cut
 * (RFC 9112 §7.1): chunk extensions are skipped, trailers are kept.
 */
export class ChunkedBody {
  /** True after the empty line that ends the trailers. */
  done = false;
  /** What is wrong with the framing; '' as long as nothing is. */
  error = '';
  /** Names and values of the trailers in turn; complete when `done`. */
  trailers: readonly string[] = [];

  readonly #maxTrailerBytes: number;
  #state: 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' = 'size';
  #remaining = 0;
  #digits = 0;
  #lineBytes = 0;
  #trailerText = '';

  constructor(maxTrailerBytes: number) {
    this.#maxTrailerBytes = maxTrailerBytes;
  }

  /**
   * Consumes bytes from `offset` on until the body ends, an error shows, `onData` answers false or the buffer is used up.
   *
   * @param onData gets each piece of the body as a view of `bytes`
   * @returns offset of the first byte that was not consumed
   */
  consume(bytes: Buffer, offset: number, onData: (piece: Buffer) => boolean): number {
    let at = offset;
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const to = Math.min(bytes.length, at + this.#remaining);
        const piece = bytes.subarray(at, to);
        this.#remaining -= to - at;
        at = to;
        if (this.#remaining === 0) this.#state = 'data-cr';
        if (!onData(piece)) return at;
      } else if (this.#state === 'trailer') {
        at = this.#consumeTrailer(bytes, at);
        if (this.done || this.error !== '') return at;
      } else {
        this.#consumeFraming(bytes[at]!);
        if (this.error !== '') return at;
        at++;
      }
    }
    return at;
  }

  #consumeFraming(byte: number): void {
    switch (this.#state) {
      case 'size': {
        const digit = hexValue(byte);
        if (digit >= 0) {
          this.#remaining = this.#remaining * 16 + digit;
          if (++this.#digits > 13) this.error = 'INVALID_CHUNK_SIZE';
        } else if (this.#digits === 0) this.error = 'INVALID_CHUNK_SIZE';
        else if (byte === CR) this.#state = 'size-lf';
        else if (byte === 0x3b || byte === 0x20 || byte === 0x09) this.#state = 'extension';
        else this.error = 'INVALID_CHUNK_SIZE';
        break;
      }
      case 'extension':
        if (byte === CR) this.#state = 'size-lf';
        else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) this.error = 'INVALID_CHUNK_EXTENSION';
        else if (++this.#lineBytes > MAX_SIZE_LINE_BYTES) this.error = 'CHUNK_EXTENSION_TOO_LONG';
        break;
      case 'size-lf':
        if (byte !== LF) this.error = 'INVALID_CHUNK_SIZE';
        this.#state = this.#remaining === 0 ? 'trailer' : 'data';
        this.#digits = 0;
        this.#lineBytes = 0;
        break;
      case 'data-cr':
        if (byte !== CR) this.error = 'INVALID_CHUNK_END';
        this.#state = 'data-lf';
        break;
      default:
        if (byte !== LF) this.error = 'INVALID_CHUNK_END';
        this.#state = 'size';
    }
  }

  #consumeTrailer(bytes: Buffer, offset: number): number {
    const before = this.#trailerText.length;
    this.#trailerText += bytes.toString(
      'latin1',
      offset,
      Math.min(bytes.length, offset + this.#maxTrailerBytes),
    );
    const text = this.#trailerText;
    if (text.startsWith('\r\n')) {
      this.done = true;
      return offset + 2 - before;
    }
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0) {
      if (text.length >= this.#maxTrailerBytes) this.error = 'TRAILERS_TOO_LARGE';
      return bytes.length;
    }
    const fields = parseFieldLines(text.slice(0, end));
    if (fields === undefined) this.error = 'INVALID_TRAILER';
    else {
      this.trailers = fields;
      this.done = true;
    }
    return offset + end + 4 - before;
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
