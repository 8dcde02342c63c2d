import type { AnswerHead } from '../http/answer-head.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';
import { CallAnswer, headerIn, retryAfterMs } from './call-answer.ts';
import type { CallEnd, OpenCall } from './call-end.ts';
import type { RequestSink } from './http-connection.ts';

/** How long an event stream may stay open after the answer in it; its connection is of no use meanwhile. */
const TAIL_MS = 5000;

/** One `tools/call` over HTTP, from its sending to the response with its id. */
export class HttpCall implements RequestSink, OpenCall {
  readonly #id: string;
  readonly #nowMs: () => number;
  readonly #sentMs: number;
  readonly #done: (end: CallEnd, statusCode: number) => void;
  #answer: CallAnswer | undefined;
  #statusCode = 0;
  #firstByteMs: number | undefined;
  #retryAfterMs: number | undefined;
  #isDone = false;
  #isWhole = false;
  #bodyBytes = 0;
  #tail: NodeJS.Timeout | undefined;
  /** Cuts the connection that it is on. */
  cut: () => void = () => {};

  /** @param id of the request in its canonical form. */
  constructor(id: string, nowMs: () => number, done: (end: CallEnd, statusCode: number) => void) {
    this.#id = id;
    this.#nowMs = nowMs;
    this.#sentMs = nowMs();
    this.#done = done;
  }

  onHead(head: AnswerHead): void {
    this.#statusCode = head.statusCode;
    const { rawHeaders } = head;
    if (head.statusCode === 429 || head.statusCode === 503) {
      this.#retryAfterMs = retryAfterMs(headerIn(rawHeaders, 'retry-after'), Date.now());
    }
    const encoding = headerIn(rawHeaders, 'content-encoding');
    // Not asked for; what cannot be read holds no answer.
    const type =
      encoding === undefined || encoding === 'identity' ? headerIn(rawHeaders, 'content-type') : undefined;
    this.#isWhole = head.framing === 'length';
    this.#answer = new CallAnswer(this.#id, head.statusCode, type, (outcome) => this.#settle(outcome));
    this.#bodyBytes = head.contentLength;
  }

  onBody(piece: Buffer): void {
    this.#firstByteMs ??= this.#nowMs() - this.#sentMs;
    this.#answer?.push(piece, this.#isWhole && piece.length === this.#bodyBytes);
    if (this.#isDone && this.#tail === undefined && !this.#isWhole)
      this.#tail = setTimeout(this.cut, TAIL_MS).unref();
  }

  onEnd(): void {
    clearTimeout(this.#tail);
    this.#answer?.end();
  }

  onFailure(outcome: CallOutcome): void {
    clearTimeout(this.#tail);
    this.#settle(outcome);
  }

  abandon(outcome: CallOutcome): void {
    this.cut();
    this.#settle(outcome);
  }

  #settle(outcome: CallOutcome): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const end = {
      outcome,
      endMs: this.#nowMs(),
      firstByteMs: this.#firstByteMs,
      retryAfterMs: this.#retryAfterMs,
    };
    this.#done(end, this.#statusCode);
  }
}
