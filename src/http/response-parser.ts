import { parseAnswerHead } from './answer-head.ts';
import type { AnswerHead } from './answer-head.ts';
import { ChunkedBody } from './chunked-body.ts';

/** Receives the parts of one answer in the order of the wire. */
export interface AnswerSink {
  /** An interim answer (1xx but 101, RFC 9110 §15.2); any number of them may come. */
  readonly onInformational: (head: AnswerHead) => void;
  /** The head of the final answer, or of a 101 (`framing` is then `tunnel`). */
  readonly onHead: (head: AnswerHead) => void;
  /** A piece of the body without its transfer coding: a view of the parsed bytes. */
  readonly onBody: (piece: Buffer) => void;
  /** The answer is complete; trailers as names and values in turn. */
  readonly onEnd: (trailers: readonly string[]) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NO_TRAILERS: readonly string[] = [];

/**
 * Parses what an upstream sends on one connection, answer by answer
 * (RFC 9112). It is strict: what could be read in two ways is an error.
 */
export class ResponseParser {
  /** Bytes came after the end of the answer: the connection is out of step. */
  excess = false;
  /** Head of the answer that is being read. */
  head: AnswerHead | undefined;
  /** What followed the head of a 101. */
  rest: Buffer | undefined;

  readonly #maxHeadBytes: number;
  #state: 'idle' | 'head' | 'length' | 'chunked' | 'close' | 'tunnel' = 'idle';
  #sink: AnswerSink | undefined;
  #method = '';
  #partial: Buffer | undefined;
  #remaining = 0;
  #chunked: ChunkedBody | undefined;

  /** @param maxHeadBytes limit for a head, and for the trailers */
  constructor(maxHeadBytes: number) {
    this.#maxHeadBytes = maxHeadBytes;
  }

  /** No answer is being waited for. */
  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** Makes ready for the answer to a request. */
  expect(method: string, sink: AnswerSink): void {
    this.#state = 'head';
    this.#method = method;
    this.#sink = sink;
    this.head = undefined;
  }

  /** Forgets the answer: nothing more reaches its sink. */
  stop(): void {
    this.#state = 'idle';
    this.#sink = undefined;
    this.#partial = undefined;
    this.#chunked = undefined;
    this.head = undefined;
  }

  /**
   * Reads the next bytes of the connection.
   *
   * @returns '' or a code that says what is wrong; the connection is then beyond use
   */
  execute(bytes: Buffer): string {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case 'idle':
          this.excess = true;
          return '';
        case 'tunnel':
          this.rest = bytes.subarray(at);
          return '';
        case 'close':
          this.#sink?.onBody(at === 0 ? bytes : bytes.subarray(at));
          return '';
        case 'head': {
          const consumed = this.#readHead(bytes, at);
          if (typeof consumed === 'string') return consumed;
          at = consumed;
          break;
        }
        case 'length': {
          const to = Math.min(bytes.length, at + this.#remaining);
          const piece = at === 0 && to === bytes.length ? bytes : bytes.subarray(at, to);
          this.#remaining -= to - at;
          at = to;
          this.#sink?.onBody(piece);
          if (this.#remaining === 0 && this.#state === 'length') this.#end(NO_TRAILERS, at < bytes.length);
          break;
        }
        default: {
          const body = this.#chunked!;
          at = body.consume(bytes, at, this.#onChunkData);
          if (body.error !== '') return body.error;
          if (body.done && this.#state === 'chunked') this.#end(body.trailers, at < bytes.length);
        }
      }
    }
    return '';
  }

  /**
   * Takes note that the upstream closed its side.
   *
   * @returns true if that was the proper end of an answer (or nobody waits for one)
   */
  finish(): boolean {
    if (this.#state === 'close') this.#end(NO_TRAILERS, false);
    return this.#state === 'idle';
  }

  readonly #onChunkData = (piece: Buffer): boolean => {
    this.#sink?.onBody(piece);
    return this.#state === 'chunked';
  };

  #readHead(bytes: Buffer, offset: number): number | string {
    const found = this.#partial === undefined ? bytes.indexOf(HEAD_END, offset) : -1;
    let text: string;
    let next: number;
    if (found >= 0) {
      if (found - offset > this.#maxHeadBytes) return 'HEAD_TOO_LARGE';
      text = bytes.toString('latin1', offset, found);
      next = found + 4;
    } else {
      const before = this.#partial;
      const joined =
        before === undefined
          ? Buffer.from(bytes.subarray(offset))
          : Buffer.concat([before, bytes.subarray(offset)]);
      const end = joined.indexOf(HEAD_END, Math.max(0, (before?.length ?? 0) - 3));
      if ((end < 0 ? joined.length : end) > this.#maxHeadBytes) return 'HEAD_TOO_LARGE';
      if (end < 0) {
        // Garbage must not wait for an empty line that never comes.
        if (!'HTTP/1.'.startsWith(joined.toString('latin1', 0, 7))) return 'INVALID_STATUS_LINE';
        this.#partial = joined;
        return bytes.length;
      }
      this.#partial = undefined;
      text = joined.toString('latin1', 0, end);
      next = offset + end + 4 - (before?.length ?? 0);
    }
    const head = parseAnswerHead(text, this.#method);
    if (typeof head === 'string') return head;
    this.#begin(head, next < bytes.length);
    return next;
  }

  #begin(head: AnswerHead, more: boolean): void {
    const sink = this.#sink;
    if (head.statusCode < 200 && head.framing !== 'tunnel') {
      sink?.onInformational(head);
      return;
    }
    this.head = head;
    this.#remaining = head.contentLength;
    if (head.framing === 'chunked') this.#chunked = new ChunkedBody(this.#maxHeadBytes);
    if (head.framing !== 'none') this.#state = head.framing;
    sink?.onHead(head);
    if (head.framing === 'none' && this.#sink === sink) this.#end(NO_TRAILERS, more);
  }

  #end(trailers: readonly string[], more: boolean): void {
    const sink = this.#sink;
    if (more) this.excess = true;
    this.#state = 'idle';
    this.#sink = undefined;
    this.#chunked = undefined;
    sink?.onEnd(trailers);
  }
}
