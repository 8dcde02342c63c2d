import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExchangeEnd } from '../model/exchange.ts';
import type { Listed } from './active-list.ts';
import type { AnswerHead } from '../http/answer-head.ts';
import type { ExchangeContext } from './exchange-context.ts';
import { failureAnswer, failureMessage } from './failure.ts';
import { GuardedObserver } from './guarded-observer.ts';
import { answerHeaders, requestHead } from './headers.ts';
import type { ProxySettings } from './settings.ts';
import type { UpstreamConnection, UpstreamFailure, UpstreamUser } from './upstream-connection.ts';

/**
 * Whether a request asks for another protocol that can be tunnelled: it has no
 * body, and is not the upgrade to HTTP/2, which would hide all exchanges behind it.
 */
export function wantsTunnel(request: IncomingMessage): boolean {
  const { upgrade } = request.headers;
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  return upgrade !== undefined && !hasBody && !/\bh2c\b/i.test(upgrade);
}

/** An upgraded connection, or one that may become so. */
export class Tunnel implements UpstreamUser, Listed {
  slot = -1;
  /** Nothing is known of what a tunnel carries. */
  readonly isEventStream = false;
  readonly #context: ExchangeContext<Tunnel>;
  readonly #client: Duplex;
  readonly #early: Buffer;
  readonly #observer: GuardedObserver;
  readonly #receivedAtMs: number;
  #connection: UpstreamConnection | undefined;
  #answer: AnswerHead | undefined;
  #outcome: ExchangeEnd | undefined;
  #overheadMs = 0;
  #deadlineMs = 0;
  #answerDone = false;
  #done = false;

  /** @param early bytes that the client sent behind its head */
  constructor(
    context: ExchangeContext<Tunnel>,
    request: IncomingMessage,
    client: Duplex,
    early: Buffer,
    settings: ProxySettings,
  ) {
    this.#receivedAtMs = context.clock.nowMs();
    this.#context = context;
    this.#client = client;
    this.#early = early;
    client.on('error', () => this.#finish({ kind: 'client_gone' }));
    client.on('close', () => this.#finish(this.#answerDone ? { kind: 'complete' } : { kind: 'client_gone' }));
    const { method = '', url: target = '', rawHeaders } = request;
    const head = { method, target, rawHeaders, receivedAtMs: this.#receivedAtMs };
    this.#observer = new GuardedObserver(context.observe, head, context.onObserverError);
    try {
      this.#connection = context.connect(settings, 'tunnel');
      this.#connection.begin(method, this);
      this.#connection.write(requestHead(request, settings, true).text);
      this.#connection.endRequest();
    } catch {
      this.onFailure({ kind: 'unreachable', code: 'CONNECT_FAILED' });
    }
    this.#overheadMs = context.clock.nowMs() - this.#receivedAtMs;
    if (settings.headersTimeoutMs > 0) this.#deadlineMs = this.#receivedAtMs + settings.headersTimeoutMs;
    this.#observer.requestEnd();
  }

  /** Ends the tunnel at once: the proxy shuts down. */
  cut(): void {
    this.#outcome ??= { kind: 'shutdown' };
    this.#client.destroy();
    this.#finish(this.#outcome);
  }

  checkDeadline(nowMs: number): void {
    if (this.#deadlineMs === 0 || nowMs < this.#deadlineMs) return;
    this.#deadlineMs = 0;
    this.#connection?.destroy();
    this.onFailure({ kind: 'timeout', phase: 'headers' });
  }

  onInformational(): void {
    // Hints before a switch of protocols help nobody.
  }

  onHead(head: AnswerHead): void {
    const startedAtMs = this.#context.clock.nowMs();
    this.#answer = head;
    this.#deadlineMs = 0;
    const headers =
      head.framing === 'tunnel'
        ? head.rawHeaders
        : // The rest of this connection was taken out of the HTTP parser: it ends with this answer.
          answerHeaders(head, false, false, true);
    let text = `HTTP/1.1 ${head.statusCode} ${head.statusText}\r\n`;
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    this.#client.write(`${text}\r\n`, 'latin1');
    this.#overheadMs += this.#context.clock.nowMs() - startedAtMs;
    this.#observer.responseHead(head.statusCode, head.rawHeaders);
  }

  onBody(piece: Buffer): void {
    if (!this.#client.write(piece)) {
      this.#connection?.pause();
      this.#client.once('drain', () => this.#connection?.resume());
    }
    this.#observer.responseBody(piece);
  }

  onEnd(): void {
    this.#answerDone = true;
    this.#connection = undefined;
    this.#endClient();
  }

  onBatchEnd(): void {
    const connection = this.#connection;
    if (this.#answer?.framing !== 'tunnel' || connection === undefined || this.#answerDone) return;
    this.#answerDone = true;
    const rest = connection.detach();
    const upstream = connection.socket;
    if (rest !== undefined) this.#client.write(rest);
    if (this.#early.length > 0) upstream.write(this.#early);
    upstream.pipe(this.#client);
    this.#client.pipe(upstream);
    upstream.on('close', () => this.#client.destroy());
  }

  onDrain(): void {
    // The head of a request without a body is all that is written before the switch.
  }

  onFailure(failure: UpstreamFailure): void {
    const { statusCode, reason, outcome } = failureAnswer(failure);
    this.#connection = undefined;
    this.#deadlineMs = 0;
    if (this.#done) return;
    this.#outcome = outcome;
    if (this.#answer !== undefined) {
      this.#client.destroy();
      return;
    }
    const { headers, body } = failureMessage(reason, this.#observer.failureBody(statusCode, reason));
    const statusText = statusCode === 502 ? 'Bad Gateway' : 'Gateway Timeout';
    let text = `HTTP/1.1 ${statusCode} ${statusText}\r\nConnection: close\r\n`;
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    this.#client.write(`${text}\r\n`, 'latin1');
    this.#endClient(body);
  }

  /** Ends the client's connection behind what was written; whatever else it sends is dropped. */
  #endClient(last: Buffer = Buffer.alloc(0)): void {
    this.#client.resume();
    this.#client.end(last, () => this.#client.destroy());
  }

  #finish(outcome: ExchangeEnd): void {
    if (this.#done) return;
    this.#done = true;
    this.#connection?.destroy();
    this.#connection = undefined;
    this.#observer.end(this.#outcome ?? outcome, this.#overheadMs);
    this.#context.onDone(this);
  }
}
