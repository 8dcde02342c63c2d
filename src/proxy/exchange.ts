import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../model/clock.ts';
import type { ExchangeEnd, ObserveExchange } from '../model/exchange.ts';
import type { Listed } from './active-list.ts';
import type { AnswerHead } from './answer-head.ts';
import { failureAnswer, failureMessage } from './failure.ts';
import type { FailureAnswer } from './failure.ts';
import { GuardedObserver } from './guarded-observer.ts';
import type { OnObserverError } from './guarded-observer.ts';
import { answerHeaders, requestHead } from './headers.ts';
import type { RequestHead } from './headers.ts';
import type { ProxySettings } from './settings.ts';
import type {
  ConnectionUse,
  UpstreamConnection,
  UpstreamFailure,
  UpstreamUser,
} from './upstream-connection.ts';

/** What all exchanges of a proxy share. */
export interface ExchangeContext {
  readonly clock: Clock;
  readonly observe: ObserveExchange | undefined;
  readonly onObserverError: OnObserverError;
  /** The proxy is shutting down: answers announce that their connection closes. */
  readonly draining: () => boolean;
  readonly connect: (settings: ProxySettings, use: ConnectionUse) => UpstreamConnection;
  /** Calls `sendHead` when what has arrived by now is dealt with. */
  readonly soon: (exchange: Exchange) => void;
  /** The exchange is over. */
  readonly onDone: (exchange: Exchange) => void;
}

/** Pieces up to here go out in one string with what stands before them. */
const ONE_WRITE_BYTES = 15 * 1024;
/** How long, and how far, the rest of a request is awaited when the upstream failed. */
const FAILED_REQUEST_WAIT_MS = 1_000;
const FAILED_REQUEST_MAX_BYTES = 1024 * 1024;
/** A client that closed its sending side is taken for gone when nothing came of it for so long. */
const HALF_CLOSED_LIMIT_MS = 30_000;

/**
 * One request and its answer on their way through the proxy. Bytes are written
 * first and observed second.
 *
 * A request is sent again only if it is safe (GET, HEAD, OPTIONS), has no body,
 * and went out on an idle connection that broke before one byte of an answer:
 * every other one may have been processed (RFC 9110 §9.2.2).
 */
export class Exchange implements UpstreamUser, Listed {
  slot = -1;
  readonly request: IncomingMessage;
  readonly #context: ExchangeContext;
  readonly #response: ServerResponse;
  readonly #settings: ProxySettings;
  readonly #receivedAtMs: number;
  #head: RequestHead;
  #observer: GuardedObserver | undefined;
  #connection: UpstreamConnection | undefined;
  #headSent = false;
  #requestBytes = 0;
  #requestDone = false;
  #repeated = false;
  #timer: NodeJS.Timeout | undefined;
  /** Clock time at which the wait for the answer's head ends; 0 is never. */
  #deadlineMs = 0;
  #failure: FailureAnswer | undefined;
  #answer: AnswerHead | undefined;
  #answerAtMs = 0;
  #answerStarted = false;
  #answerDone = false;
  #held: Buffer | undefined;
  #awaitsDrain = false;
  #halfClosed = false;
  #outcome: ExchangeEnd | undefined;
  #overheadMs = 0;
  #done = false;

  constructor(
    context: ExchangeContext,
    request: IncomingMessage,
    response: ServerResponse,
    settings: ProxySettings,
  ) {
    this.#receivedAtMs = context.clock.nowMs();
    this.#context = context;
    this.request = request;
    this.#response = response;
    this.#settings = settings;
    this.#head = requestHead(request, settings);
  }

  /** Forwards the request, now or with the first piece of its body. */
  start(): void {
    const request = this.request;
    const response = this.#response;
    response.sendDate = false;
    response.on('finish', () => this.#finish({ kind: 'complete' }));
    response.on('close', () => this.#finish({ kind: 'client_gone' }));
    if (this.#head.body === 'none') {
      this.#send();
      return;
    }
    request.on('data', (chunk: Buffer) => this.#onRequestBody(chunk));
    if (this.#head.body === 'chunked') request.on('end', () => this.#onChunkedRequestEnd());
    // The body of a small request comes within this tick: one write then takes both.
    this.#context.soon(this);
  }

  /** The body did not come with the head: the upstream gets the head alone. */
  sendHead(): void {
    if (!this.#headSent && !this.#done) this.#send();
  }

  /** Gives up waiting for the answer's head if its time is over. */
  checkDeadline(nowMs: number): void {
    if (this.#deadlineMs === 0 || nowMs < this.#deadlineMs) return;
    this.#deadlineMs = 0;
    const phase = this.#connection?.connected === false ? 'connect' : 'headers';
    this.#connection?.destroy();
    this.onFailure({ kind: 'timeout', phase });
  }

  /** The client closed its sending side: the upstream is told in the same way and decides what it means. */
  onClientHalfClosed(): void {
    this.#halfClosed = true;
    if (this.#connection === undefined || !this.#requestDone) return;
    this.#connection.halfClose();
    this.#setTimer(HALF_CLOSED_LIMIT_MS, () => this.request.socket.destroy());
  }

  /** Ends the exchange at once: the proxy shuts down. */
  cut(): void {
    this.#outcome ??= { kind: 'shutdown' };
    this.request.socket.destroy();
    this.#finish(this.#outcome);
  }

  onInformational(head: AnswerHead): void {
    if (this.request.httpVersion !== '1.1') return;
    if (head.statusCode === 100) {
      this.#response.writeContinue();
      return;
    }
    let text = `HTTP/1.1 ${head.statusCode} ${head.statusText}\r\n`;
    const headers = answerHeaders(head, true, false, false);
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    // Without a socket an earlier answer of a pipeline is still on its way: a hint may be left out.
    this.#response.socket?.write(`${text}\r\n`, 'latin1');
  }

  onHead(head: AnswerHead): void {
    if (head.framing === 'tunnel') {
      this.#connection?.destroy();
      this.onFailure({ kind: 'invalid', code: 'UNEXPECTED_UPGRADE' });
      return;
    }
    this.#answerAtMs = this.#context.clock.nowMs();
    this.#deadlineMs = 0;
    const chunkable = this.request.httpVersion === '1.1';
    const headers = answerHeaders(head, chunkable, this.#settings.via, this.#context.draining());
    try {
      this.#response.writeHead(head.statusCode, head.statusText, headers);
    } catch (error) {
      this.#connection?.destroy();
      this.onFailure({ kind: 'invalid', code: codeOf(error) });
      return;
    }
    this.#answer = head;
  }

  onBody(piece: Buffer): void {
    if (this.#held !== undefined) this.#writeHeld();
    this.#held = piece;
  }

  onEnd(trailers: readonly string[]): void {
    const held = this.#held;
    const response = this.#response;
    this.#answerDone = true;
    this.#connection = undefined;
    this.#held = undefined;
    if (trailers.length > 0) response.addTrailers(pairs(trailers));
    if (held === undefined) response.end();
    else if (held.length < ONE_WRITE_BYTES) response.end(held.toString('latin1'), 'latin1');
    else response.end(Buffer.from(held));
    this.#observeAnswer();
    if (held !== undefined) this.#observer?.responseBody(held);
  }

  onBatchEnd(): void {
    if (this.#answerDone || this.#answer === undefined) return;
    if (this.#held !== undefined) this.#writeHeld();
    else if (!this.#answerStarted) {
      // Node keeps a head back until the first chunk: a quiet stream's client must see it now.
      this.#response.flushHeaders();
      this.#observeAnswer();
    }
  }

  onDrain(): void {
    if (this.#failure !== undefined || this.#requestDone) return;
    this.#deadlineMs = 0;
    this.request.resume();
  }

  onFailure(failure: UpstreamFailure): void {
    this.#connection = undefined;
    if (this.#done) return;
    if (failure.kind === 'reset' && failure.stale && this.#mayRepeat()) {
      this.#repeated = true;
      this.#write(undefined, 'fresh');
      return;
    }
    this.#deadlineMs = 0;
    const answer = failureAnswer(failure);
    if (this.#halfClosed && failure.kind === 'reset') {
      this.#outcome = { kind: 'client_gone' };
      this.request.socket.destroy();
    } else if (this.#answer === undefined) this.#answerFailure(answer);
    else this.#breakOff(answer.outcome);
  }

  #mayRepeat(): boolean {
    const method = this.request.method;
    const safe = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
    return safe && !this.#repeated && !this.#halfClosed && this.#head.body === 'none';
  }

  /** Sends the head, with the first piece of the body if it is there. */
  #send(chunk?: Buffer, after = ''): boolean {
    this.#headSent = true;
    const more = this.#write(chunk, 'any', after);
    if (this.#head.body === 'none') this.#endRequest();
    return more;
  }

  #write(chunk: Buffer | undefined, use: ConnectionUse, after = ''): boolean {
    const request = this.request;
    const context = this.#context;
    const head = this.#head;
    let more = true;
    let failure: UpstreamFailure | undefined;
    try {
      const connection = context.connect(this.#settings, use);
      this.#connection = connection;
      connection.begin(request.method ?? '', this);
      const size = chunk !== undefined && head.body === 'chunked' ? `${chunk.length.toString(16)}\r\n` : '';
      more = connection.write(head.text + size, chunk, after);
      if (use === 'fresh') connection.endRequest();
    } catch (error) {
      failure = { kind: 'unreachable', code: codeOf(error) };
    }
    this.#observeRequest();
    if (failure !== undefined) this.onFailure(failure);
    return more;
  }

  #observeRequest(): void {
    if (this.#observer !== undefined) return;
    const request = this.request;
    const context = this.#context;
    const receivedAtMs = this.#receivedAtMs;
    this.#overheadMs = context.clock.nowMs() - receivedAtMs;
    const { method = '', url: target = '', rawHeaders } = request;
    const head = { method, target, rawHeaders, receivedAtMs };
    this.#observer = new GuardedObserver(context.observe, head, context.onObserverError);
  }

  #onRequestBody(chunk: Buffer): void {
    // After an early answer the rest is read and dropped, as the upstream itself would do.
    if (this.#answerDone || this.#done) return;
    const request = this.request;
    const head = this.#head;
    const chunked = head.body === 'chunked';
    this.#requestBytes += chunk.length;
    const last = chunked
      ? request.complete && request.readableLength === 0
      : this.#requestBytes >= head.contentLength;
    let more = true;
    if (this.#failure === undefined) {
      const after = chunked ? (last ? `\r\n${lastChunk(request)}` : '\r\n') : '';
      if (!this.#headSent) more = this.#send(chunk, after);
      else if (this.#connection !== undefined) {
        more = this.#connection.write(chunked ? `${chunk.length.toString(16)}\r\n` : '', chunk, after);
      }
    }
    this.#observer?.requestBody(chunk);
    if (last) this.#endRequest();
    else if (this.#failure !== undefined) {
      if (this.#requestBytes > FAILED_REQUEST_MAX_BYTES) this.#sendFailure();
    } else if (!more) {
      request.pause();
      this.#startDeadline();
    }
  }

  #onChunkedRequestEnd(): void {
    if (this.#requestDone || this.#answerDone || this.#done) return;
    if (!this.#headSent) this.#send();
    this.#connection?.write(lastChunk(this.request));
    this.#endRequest();
  }

  #endRequest(): void {
    this.#requestDone = true;
    this.#connection?.endRequest();
    this.#observer?.requestEnd();
    if (this.#halfClosed) this.onClientHalfClosed();
    if (this.#failure !== undefined) this.#sendFailure();
    else if (this.#answer === undefined) this.#startDeadline();
  }

  #startDeadline(): void {
    const limitMs = this.#settings.headersTimeoutMs;
    if (limitMs > 0 && this.#answer === undefined) this.#deadlineMs = this.#context.clock.nowMs() + limitMs;
  }

  #writeHeld(): void {
    const piece = this.#held!;
    this.#held = undefined;
    // The piece is only lent: what the socket may have to queue is a copy.
    const more =
      piece.length < ONE_WRITE_BYTES
        ? this.#response.write(piece.toString('latin1'), 'latin1')
        : this.#response.write(Buffer.from(piece));
    if (!more) this.#awaitDrain();
    this.#observeAnswer();
    this.#observer?.responseBody(piece);
  }

  #awaitDrain(): void {
    this.#connection?.pause();
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    this.#response.on('drain', () => this.#connection?.resume());
  }

  /** Tells the observer of the answer's head, once it is on its way. */
  #observeAnswer(): void {
    const answer = this.#answer;
    if (this.#answerStarted || answer === undefined) return;
    this.#answerStarted = true;
    this.#overheadMs += this.#context.clock.nowMs() - this.#answerAtMs;
    this.#observer?.responseHead(answer.statusCode, answer.rawHeaders);
  }

  /** Answers in the upstream's place, when the request has been read or that takes too long. */
  #answerFailure(failure: FailureAnswer): void {
    this.#failure = failure;
    this.#outcome = failure.outcome;
    if (this.#requestDone || this.#head.expectsContinue) this.#sendFailure();
    else {
      this.request.resume();
      this.#setTimer(FAILED_REQUEST_WAIT_MS, () => this.#sendFailure());
    }
  }

  #sendFailure(): void {
    const failure = this.#failure;
    if (failure === undefined || this.#answerDone) return;
    this.#clearTimer();
    this.#answerDone = true;
    const { statusCode, reason } = failure;
    const { headers, body } = failureMessage(reason, this.#observer?.failureBody(statusCode, reason));
    if (!this.#requestDone || this.#context.draining()) headers.push('Connection', 'close');
    this.#response.writeHead(statusCode, STATUS_CODES[statusCode] ?? '', headers);
    this.#response.end(body);
  }

  /** Lets the client see that the answer is cut: what came is delivered, its end never is. */
  #breakOff(outcome: ExchangeEnd): void {
    this.#outcome = outcome;
    this.onBatchEnd();
    const { socket } = this.request;
    // Where only the closing marks the end, it must not look like a proper one.
    if (this.request.httpVersion !== '1.1') socket.resetAndDestroy();
    else socket.destroySoon();
  }

  #finish(outcome: ExchangeEnd): void {
    if (this.#done) return;
    this.#done = true;
    this.#clearTimer();
    this.#connection?.destroy();
    this.#connection = undefined;
    this.#held = undefined;
    this.#observeRequest();
    this.#observer?.end(this.#outcome ?? outcome, this.#overheadMs);
    this.#context.onDone(this);
  }

  #setTimer(limitMs: number, onElapsed: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(onElapsed, limitMs);
  }

  #clearTimer(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** End of a chunked request, with its trailers (RFC 9112 §7.1.2). */
function lastChunk(request: IncomingMessage): string {
  const raw = request.rawTrailers;
  let text = '0\r\n';
  for (let i = 0; i < raw.length; i += 2) text += `${raw[i]}: ${raw[i + 1]}\r\n`;
  return `${text}\r\n`;
}

function pairs(flat: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) result.push([flat[i]!, flat[i + 1]!]);
  return result;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'CONNECT_FAILED';
}
