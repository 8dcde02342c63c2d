import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ExchangeEnd } from '../model/exchange.ts';
import type { Listed } from './active-list.ts';
import type { AnswerHead } from '../http/answer-head.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { AnswerListener } from './answer-writer.ts';
import { chunkStart, lastChunk } from './chunk-framing.ts';
import type { ExchangeContext } from './exchange-context.ts';
import { FailureReply } from './failure-reply.ts';
import { connectCodeOf, failureAnswer, failureMessage } from './failure.ts';
import type { FailureAnswer } from './failure.ts';
import { GuardedObserver } from './guarded-observer.ts';
import { isEventStream, requestHead } from './headers.ts';
import type { RequestHead } from './headers.ts';
import type { ProxySettings } from './settings.ts';
import type {
  ConnectionUse,
  UpstreamConnection,
  UpstreamFailure,
  UpstreamUser,
} from './upstream-connection.ts';

/** A client that closed its sending side is taken for gone when nothing came of it for so long. */
const HALF_CLOSED_LIMIT_MS = 30_000;
/**
 * An upstream that takes nothing more of a request for so long is given up, also
 * without a headers timeout: its client is not read meanwhile, so that a client
 * that left can be told from a patient one only by this limit or by TCP probes.
 */
const STALLED_UPLOAD_LIMIT_MS = 600_000;

/**
 * One request and its answer on their way through the proxy. Bytes are written
 * first and observed second.
 *
 * A request is sent again only if it is safe (GET, HEAD, OPTIONS), has no body,
 * and went out on an idle connection that broke before one byte of an answer:
 * every other one may have been processed (RFC 9110 §9.2.2).
 */
export class Exchange implements UpstreamUser, AnswerListener, Listed {
  slot = -1;
  readonly request: IncomingMessage;
  readonly #context: ExchangeContext<Exchange>;
  readonly #answer: AnswerWriter;
  readonly #settings: ProxySettings;
  readonly #receivedAtMs: number;
  #head: RequestHead;
  #observer: GuardedObserver | undefined;
  #connection: UpstreamConnection | undefined;
  #headSent = false;
  #requestBytes = 0;
  #requestDone = false;
  #repeated = false;
  #halfClosedTimer: NodeJS.Timeout | undefined;
  /** Clock time at which the wait for the answer's head ends; 0 is never. */
  #deadlineMs = 0;
  #reply: FailureReply | undefined;
  #answerAtMs = 0;
  #halfClosed = false;
  #outcome: ExchangeEnd | undefined;
  #overheadMs = 0;
  #done = false;

  constructor(
    context: ExchangeContext<Exchange>,
    request: IncomingMessage,
    response: ServerResponse,
    settings: ProxySettings,
  ) {
    this.#receivedAtMs = context.clock.nowMs();
    this.#context = context;
    this.request = request;
    this.#settings = settings;
    this.#head = requestHead(request, settings);
    this.#answer = new AnswerWriter(request, response, this);
    response.on('finish', () => this.#finish({ kind: 'complete' }));
    response.on('close', () => this.#finish({ kind: 'client_gone' }));
  }

  /**
   * Forwards the request.
   *
   * @returns false if the head waits for the first piece of the body: call `sendHead` at the end of the turn
   */
  start(): boolean {
    const request = this.request;
    if (this.#head.body === 'none') {
      this.#send();
      return true;
    }
    request.on('data', (chunk: Buffer) => this.#onRequestBody(chunk));
    if (this.#head.body === 'chunked') request.on('end', () => this.#onChunkedRequestEnd());
    // The body of a small request comes within this turn: one write then takes both.
    return false;
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
    this.#halfClosedTimer ??= setTimeout(() => this.request.socket.destroy(), HALF_CLOSED_LIMIT_MS);
  }

  /** An event stream under way: it may have nothing more to say, and never end by itself. */
  get isEventStream(): boolean {
    return this.#answer.head !== undefined && isEventStream(this.#answer.head.rawHeaders);
  }

  /** Ends the exchange at once: the proxy shuts down. */
  cut(): void {
    this.#outcome ??= { kind: 'shutdown' };
    this.request.socket.destroy();
    this.#finish(this.#outcome);
  }

  onInformational(head: AnswerHead): void {
    this.#answer.writeInformational(head);
  }

  onHead(head: AnswerHead): void {
    this.#answerAtMs = this.#context.clock.nowMs();
    try {
      if (head.framing === 'tunnel') throw Object.assign(new Error('101'), { code: 'UNEXPECTED_UPGRADE' });
      this.#answer.begin(head, this.#settings.via, this.#context.draining());
      this.#deadlineMs = 0;
      if (!this.#requestDone && this.request.isPaused()) this.#startStallLimit();
    } catch (error) {
      this.#connection?.destroy();
      this.onFailure({ kind: 'invalid', code: connectCodeOf(error) });
    }
  }

  onBody(piece: Buffer): void {
    this.#answer.body(piece);
  }

  onEnd(trailers: readonly string[]): void {
    this.#connection = undefined;
    this.#answer.end(trailers);
    // The upstream answered early: the rest of the request is read and dropped, as it would do itself.
    if (!this.#requestDone) this.request.resume();
  }

  onBatchEnd(): void {
    this.#answer.flush();
  }

  onAnswerStarted(head: AnswerHead): void {
    this.#overheadMs += this.#context.clock.nowMs() - this.#answerAtMs;
    this.#observer?.responseHead(head.statusCode, head.rawHeaders);
  }

  onAnswerWritten(piece: Buffer): void {
    this.#observer?.responseBody(piece);
  }

  onAnswerBlocked(): void {
    this.#connection?.pause();
  }

  onAnswerDrained(): void {
    this.#connection?.resume();
  }

  onDrain(): void {
    if (this.#reply !== undefined || this.#requestDone) return;
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
    } else if (this.#answer.head === undefined) this.#answerFailure(answer);
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
      const size = chunk !== undefined && head.body === 'chunked' ? chunkStart(chunk.length) : '';
      more = connection.write(head.text + size, chunk, after);
      if (use === 'fresh') connection.endRequest();
    } catch (error) {
      failure = { kind: 'unreachable', code: connectCodeOf(error) };
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
    if (this.#answer.done || this.#done) return;
    const request = this.request;
    const head = this.#head;
    const chunked = head.body === 'chunked';
    this.#requestBytes += chunk.length;
    const last = chunked
      ? request.complete && request.readableLength === 0
      : this.#requestBytes >= head.contentLength;
    let more = true;
    if (this.#reply === undefined) {
      const after = chunked ? (last ? `\r\n${lastChunk(request)}` : '\r\n') : '';
      if (!this.#headSent) more = this.#send(chunk, after);
      else if (this.#connection !== undefined) {
        more = this.#connection.write(chunked ? chunkStart(chunk.length) : '', chunk, after);
      }
    }
    this.#observer?.requestBody(chunk);
    if (last) this.#endRequest();
    else if (this.#reply !== undefined) this.#reply.onRequestBytes(this.#requestBytes);
    else if (!more) {
      request.pause();
      this.#startStallLimit();
    }
  }

  #onChunkedRequestEnd(): void {
    if (this.#requestDone || this.#answer.done || this.#done) return;
    if (!this.#headSent) this.#send();
    this.#connection?.write(lastChunk(this.request));
    this.#endRequest();
  }

  #endRequest(): void {
    this.#requestDone = true;
    this.#connection?.endRequest();
    this.#observer?.requestEnd();
    if (this.#halfClosed) this.onClientHalfClosed();
    if (this.#reply !== undefined) this.#reply.send();
    else if (this.#answer.head === undefined) this.#startDeadline();
  }

  #startDeadline(): void {
    const limitMs = this.#settings.headersTimeoutMs;
    if (limitMs > 0 && this.#answer.head === undefined)
      this.#deadlineMs = this.#context.clock.nowMs() + limitMs;
  }

  /** Bounds the wait for the upstream to take more of the request. */
  #startStallLimit(): void {
    this.#deadlineMs = this.#context.clock.nowMs() + STALLED_UPLOAD_LIMIT_MS;
    const { headersTimeoutMs } = this.#settings;
    if (headersTimeoutMs > 0 && headersTimeoutMs < STALLED_UPLOAD_LIMIT_MS) this.#startDeadline();
  }

  #answerFailure(failure: FailureAnswer): void {
    this.#outcome = failure.outcome;
    this.#reply = new FailureReply(failure, (answer) => this.#writeFailure(answer));
    if (this.#requestDone || this.#head.expectsContinue) this.#reply.send();
    else {
      this.request.resume();
      this.#reply.awaitRequest();
    }
  }

  #writeFailure({ statusCode, reason }: FailureAnswer): void {
    const { headers, body } = failureMessage(reason, this.#observer?.failureBody(statusCode, reason));
    if (!this.#requestDone || this.#context.draining()) headers.push('Connection', 'close');
    this.#answer.writeOwn(statusCode, STATUS_CODES[statusCode] ?? '', headers, body);
  }

  /** Lets the client see that the answer is cut: what came is delivered, its end never is. */
  #breakOff(outcome: ExchangeEnd): void {
    this.#outcome = outcome;
    this.#answer.flush();
    const { socket } = this.request;
    // Where only the closing marks the end, it must not look like a proper one.
    if (this.request.httpVersion === '1.1') socket.destroySoon();
    // Over TLS a closing without close_notify is the sign (RFC 8446 §6.1), and Node resets plain TCP only.
    else if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
  }

  #finish(outcome: ExchangeEnd): void {
    if (this.#done) return;
    this.#done = true;
    this.#reply?.stop();
    clearTimeout(this.#halfClosedTimer);
    this.#connection?.destroy();
    this.#connection = undefined;
    this.#observeRequest();
    this.#observer?.end(this.#outcome ?? outcome, this.#overheadMs);
    this.#context.onDone(this);
  }
}
