import type { ExchangeEnd, ExchangeHead, ExchangeObserver } from '../model/exchange.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';
import { pathOf } from './call-target.ts';
import { EventStream } from './event-stream.ts';
import { exchangeOutcome } from './exchange-outcome.ts';
import { hasMediaType, readTapHeaders, SSE_TYPE, type TapHeaders } from './http-head.ts';
import { recordExchange } from './record-exchange.ts';
import type { TapContext } from './tap-context.ts';

/** One HTTP request without JSON-RPC in it: an event stream, the end of a session, or something beside MCP. */
export class PlainExchange implements ExchangeObserver {
  readonly #tap: TapContext;
  readonly #head: ExchangeHead;
  readonly #headers: TapHeaders;
  #requestBytes = 0;
  #responseBytes = 0;
  #statusCode: number | undefined;
  #timeToFirstByteMs: number | undefined;
  #stream: EventStream | undefined;

  constructor(tap: TapContext, head: ExchangeHead, headers: TapHeaders) {
    this.#tap = tap;
    this.#head = head;
    this.#headers = headers;
  }

  requestBody(chunk: Buffer): void {
    this.#requestBytes += chunk.length;
  }

  requestEnd(): void {}

  responseHead(statusCode: number, rawHeaders: readonly string[]): void {
    const headers = readTapHeaders(rawHeaders);
    this.#statusCode = statusCode;
    this.#timeToFirstByteMs = this.#tap.clock.nowMs() - this.#head.receivedAtMs;
    const isStream = this.#head.method === 'GET' && statusCode === 200;
    if (isStream && hasMediaType(headers.contentType, SSE_TYPE)) {
      this.#stream = new EventStream(this.#tap, this.#head, this.#headers, headers.contentEncoding);
    }
  }

  responseBody(chunk: Buffer): void {
    this.#responseBytes += chunk.length;
    this.#stream?.push(chunk);
  }

  failureBody(): undefined {}

  end(end: ExchangeEnd, overheadMs: number): void {
    this.#tap.sink.overhead(overheadMs);
    if (this.#stream) {
      this.#stream.end(end);
      return;
    }
    const { sessionId } = this.#headers;
    if (sessionId !== undefined) this.#endSession(sessionId);
    this.#record(end);
    this.#tap.sink.exchange(undefined);
  }

  #endSession(sessionId: string): void {
    const { sessions } = this.#tap;
    const statusCode = this.#statusCode ?? 0;
    if (statusCode === 404) sessions.closeNotFound(sessionId, pathOf(this.#head.target));
    else if (this.#head.method === 'DELETE' && statusCode >= 200 && statusCode < 300) {
      sessions.close(sessionId, 'delete', { kind: 'cancelled', by: 'disconnect' });
    }
  }

  #record(end: ExchangeEnd): void {
    // A tunnel lives as long as it likes; its duration is no latency.
    if (this.#statusCode === 101) return;
    const outcome = exchangeOutcome<CallOutcome>(end, { kind: 'http', statusCode: this.#statusCode ?? 0 });
    recordExchange(this.#tap, this.#head, {
      rpcMethod: undefined,
      protocolVersion: this.#headers.protocolVersion,
      outcome,
      atMs: this.#tap.clock.nowMs(),
      timeToFirstByteMs: this.#timeToFirstByteMs,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
    });
  }
}
