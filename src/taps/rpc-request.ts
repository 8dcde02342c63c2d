import { publicClientName } from '../mcp/client-name.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import { isEnough, quickCallFacts } from '../mcp/quick-facts.ts';
import type { ExchangeHead } from '../model/exchange.ts';
import type { DropReason } from '../model/traffic.ts';
import type { PendingCall } from './call-ledger.ts';
import { batchSizeOf, callTarget, pathOf } from './call-target.ts';
import type { TapHeaders } from './http-head.ts';
import { MessageReader } from './message-reader.ts';
import { mayHoldContext, openTrace } from './sent-context.ts';
import type { Session } from './session.ts';
import type { TapContext } from './tap-context.ts';

/** Up to here a walk is cheaper than a map. */
const FEW_CALLS = 8;

/** What a request tells the exchange that it belongs to. */
export interface RequestEvents {
  readonly dropped: (reason: DropReason) => void;
  readonly threw: (error: unknown) => void;
}

/** The client's side of a POST with JSON-RPC in it: opens calls, takes note of responses and notifications. */
export class RpcRequest {
  readonly calls: PendingCall[] = [];
  /** The same by id, for batches: made when first needed. */
  #byId: Map<string, PendingCall> | undefined;
  /** Method of the first message, `response` for a response; undefined as long as none was understood. */
  firstMethod: string | undefined;
  /** What the client called itself in `initialize`. */
  clientName: string | undefined;
  /** The body is JSON, but no JSON-RPC. */
  isForeign = false;
  bytes = 0;
  readonly #tap: TapContext;
  readonly #head: ExchangeHead;
  readonly #headers: TapHeaders;
  readonly #session: Session | undefined;
  readonly #events: RequestEvents;
  readonly #reader: MessageReader;
  /** The message may hold a trace context behind what else is wanted of it. */
  #readsToEnd: boolean;
  #closed = false;

  /** @param session the one that the request names, if it is known. */
  constructor(
    tap: TapContext,
    head: ExchangeHead,
    headers: TapHeaders,
    session: Session | undefined,
    events: RequestEvents,
  ) {
    this.#tap = tap;
    this.#head = head;
    this.#headers = headers;
    this.#session = session;
    this.#events = events;
    this.#readsToEnd = tap.options().traced;
    const form = { kind: 'json', encoding: headers.contentEncoding, length: headers.contentLength } as const;
    const reading = {
      message: (facts: MessageFacts) => this.#onMessage(facts),
      glance: (chunk: Buffer) => this.#glance(chunk),
      isEnough: (facts: MessageFacts) => !this.#readsToEnd && isEnough(facts, this.#isBatchTool),
      dropped: events.dropped,
    };
    this.#reader = new MessageReader(form, tap.shape(), tap.options(), reading, events.threw);
  }

  /** The call with that id, if it waits for its answer. */
  find(id: string | undefined): PendingCall | undefined {
    if (id === undefined) return undefined;
    let call: PendingCall | undefined;
    if (this.calls.length > FEW_CALLS) {
      this.#byId ??= new Map(this.calls.map((each) => [each.id, each]));
      call = this.#byId.get(id);
    } else call = this.calls.find((each) => !each.settled && each.id === id);
    return call?.settled === false ? call : undefined;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#reader.push(chunk);
  }

  /** Says that no more comes; calls back when all has been read, which is at once unless it is compressed. */
  end(whenRead: () => void): void {
    this.#reader.end(whenRead);
  }

  /** The exchange is over: what might still be decoded opens no call any more. */
  close(): void {
    this.#closed = true;
  }

  readonly #isBatchTool = (tool: string): boolean => this.#tap.options().batchTools.has(tool);

  #glance(chunk: Buffer): boolean {
    if (this.#readsToEnd) {
      if (mayHoldContext(chunk)) return false;
      this.#readsToEnd = false;
    }
    const facts = quickCallFacts(chunk);
    if (!facts || !isEnough(facts, this.#isBatchTool)) return false;
    this.#onMessage(facts);
    return true;
  }

  #onMessage(facts: MessageFacts): void {
    const { method, id } = facts;
    if (method === undefined && !facts.hasResult && !facts.hasError) {
      this.isForeign = true;
      return;
    }
    this.firstMethod ??= method ?? 'response';
    if (method === undefined) {
      if (id !== undefined) this.#session?.answered(id, this.#tap.clock.nowMs());
    } else if (id !== undefined) this.#openCall(method, id, facts);
    else {
      this.#tap.sink.notification(method, 'client');
      if (method === 'notifications/cancelled' && facts.requestId !== undefined) {
        this.#session?.cancel(facts.requestId, this.#tap.clock.nowMs());
      }
    }
  }

  #openCall(method: string, id: string, facts: MessageFacts): void {
    if (this.#session?.isLost === true) {
      // Nobody could match its answer.
      this.#events.dropped('undecodable_body');
      return;
    }
    if (this.#closed) {
      // The answer was there before the request had been sent.
      this.#events.dropped('truncated_json');
      return;
    }
    const call = this.#tap.ledger.open({
      id,
      method,
      target: callTarget(facts, pathOf(this.#head.target)),
      transport: this.#session?.transport ?? 'streamable_http',
      startedAtMs: this.#head.receivedAtMs,
      requestBytes: this.calls.length === 0 ? this.bytes : 0,
      batchSize: batchSizeOf(facts, this.#tap.options()),
      trace: this.#tap.options().traced
        ? openTrace(id, facts, this.#headers.sessionId, this.#head.rawHeaders)
        : undefined,
      protocolVersion:
        facts.protocolVersion ?? this.#headers.protocolVersion ?? this.#session?.protocolVersion,
    });
    if (method === 'initialize') {
      this.clientName = publicClientName(facts.clientName);
      // One of HTTP+SSE is open before its client has said a word.
      this.#session?.introduce(this.clientName);
    }
    this.calls.push(call);
    this.#byId?.set(id, call);
    this.#session?.add(call);
  }
}
