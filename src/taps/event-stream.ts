import type { MessageFacts } from '../mcp/message-facts.ts';
import type { ExchangeEnd, ExchangeHead } from '../model/exchange.ts';
import type { DropReason, StreamKind } from '../model/traffic.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';
import { pathOf } from './call-target.ts';
import { exchangeOutcome } from './exchange-outcome.ts';
import type { TapHeaders } from './http-head.ts';
import { MessageReader } from './message-reader.ts';
import { noteAnswer } from './note-answer.ts';
import { endpointKey } from './session-table.ts';
import type { Session } from './session.ts';
import type { TapContext } from './tap-context.ts';

/** A stream that a client opened by GET: legacy Streamable HTTP's, or the one and only of HTTP+SSE. */
export class EventStream {
  readonly #tap: TapContext;
  readonly #target: string;
  readonly #reader: MessageReader;
  readonly #openedAtMs: number;
  #kind: StreamKind | undefined;
  #session: Session | undefined;
  /** Key of the session that this stream carries and ends with it. */
  #ownKey: string | undefined;
  #bytes = 0;
  #sawEvent = false;
  #dropped: DropReason | undefined;

  constructor(tap: TapContext, head: ExchangeHead, headers: TapHeaders, encoding: string) {
    this.#tap = tap;
    this.#target = head.target;
    this.#openedAtMs = tap.clock.nowMs();
    const { sessionId, protocolVersion, lastEventId } = headers;
    if (sessionId !== undefined) {
      this.#session = tap.sessions.open(
        sessionId,
        'streamable_http',
        'adopted',
        pathOf(head.target),
        head.receivedAtMs,
      );
      this.#session.openExchanges++;
    }
    // Without any of these it may well be HTTP+SSE: its first event will tell. It has the last word in any case, since
    // clients of HTTP+SSE send the version, too, when they come back.
    if (sessionId !== undefined || protocolVersion !== undefined || lastEventId !== undefined)
      this.#open('get');
    const events = {
      message: (facts: MessageFacts) => this.#onMessage(facts),
      dropped: (reason: DropReason) => this.#onDropped(reason),
      event: (type: string, data: string) => this.#onEvent(type, data),
    };
    this.#reader = new MessageReader(
      { kind: 'sse', encoding, length: -1 },
      tap.shape(),
      tap.options(),
      events,
      (error) => {
        tap.onThrow(error);
        this.#onDropped('tap_error');
      },
    );
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#reader.push(chunk);
  }

  end(end: ExchangeEnd): void {
    this.#reader.end(() => this.#finish(end));
  }

  #open(kind: StreamKind): void {
    this.#kind = kind;
    this.#tap.sink.streamOpened(kind);
  }

  /** One bad event is passed over; a stream that cannot be decoded any more brings no answer to anyone. */
  #onDropped(reason: DropReason): void {
    this.#dropped ??= reason;
    const isOneEvent = reason === 'invalid_json' || reason === 'truncated_json';
    if (!isOneEvent && this.#ownKey !== undefined) this.#session?.lose();
  }

  #onEvent(type: string, data: string): void {
    if (this.#sawEvent) return;
    this.#sawEvent = true;
    const key = type === 'endpoint' ? this.#endpointKey(data) : undefined;
    if (key === undefined || this.#session) {
      if (this.#kind === undefined) this.#open('get');
      return;
    }
    if (this.#kind === 'get') this.#tap.sink.streamClosed('get', 0);
    this.#open('sse');
    this.#ownKey = key;
    this.#session = this.#tap.sessions.open(
      key,
      'http_sse',
      'initialize',
      pathOf(this.#target),
      this.#openedAtMs,
    );
    this.#session.openExchanges++;
  }

  /** The endpoint may be relative or absolute; clients post to its path and query either way. */
  #endpointKey(data: string): string | undefined {
    const url = URL.parse(data, `http://origin.invalid${this.#target}`);
    return url ? endpointKey(url.pathname + url.search) : undefined;
  }

  #onMessage(facts: MessageFacts): void {
    const atMs = this.#tap.clock.nowMs();
    if (facts.method !== undefined) {
      if (facts.id === undefined) {
        this.#tap.sink.notification(facts.method, 'server');
        this.#session?.notified(facts, atMs);
      } else this.#session?.asked(facts, undefined, atMs);
      return;
    }
    const call = facts.id === undefined ? undefined : this.#session?.take(facts.id);
    if (!call) return;
    noteAnswer(facts, call, this.#session, this.#tap.sink);
    this.#tap.ledger.settle(call, { kind: 'answer', facts }, this.#bytes, atMs);
    this.#bytes = 0;
  }

  #finish(end: ExchangeEnd): void {
    const atMs = this.#tap.clock.nowMs();
    if (this.#session) {
      this.#session.openExchanges--;
      this.#session.lastSeenMs = atMs;
    }
    if (this.#kind === undefined) this.#open('get');
    this.#tap.sink.streamClosed(this.#kind ?? 'get', atMs - this.#openedAtMs);
    if (this.#ownKey !== undefined) {
      this.#tap.sessions.close(
        this.#ownKey,
        'stream_closed',
        exchangeOutcome<CallOutcome>(end, { kind: 'no_answer' }),
      );
    }
    this.#tap.sink.exchange(this.#dropped);
  }
}
