import { emptyFacts, type MessageFacts } from '../mcp/message-facts.ts';
import { isModern, LISTEN, PROGRESS } from '../mcp/methods.ts';
import { plainResultId } from '../mcp/quick-facts.ts';
import type { ExchangeEnd, ExchangeHead, ExchangeObserver } from '../model/exchange.ts';
import type { DropReason } from '../model/traffic.ts';
import { AnswerQueue } from './answer-queue.ts';
import type { PendingCall } from './call-ledger.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';
import { pathOf } from './call-target.ts';
import { exchangeOutcome } from './exchange-outcome.ts';
import { rpcFailureBody } from './failure-body.ts';
import { hasMediaType, isPlain, JSON_TYPE, readTapHeaders, SSE_TYPE, type TapHeaders } from './http-head.ts';
import { MessageReader, type ReaderEvents } from './message-reader.ts';
import { noteAnswer } from './note-answer.ts';
import { recordExchange } from './record-exchange.ts';
import { RpcRequest } from './rpc-request.ts';
import { endpointKey } from './session-table.ts';
import type { Session } from './session.ts';
import type { TapContext } from './tap-context.ts';

const GOOD_RESULT: CallOutcome = { kind: 'answer', facts: { ...emptyFacts(), hasResult: true } };

/** One POST with JSON-RPC in it, in any of the HTTP transports. */
export class RpcExchange implements ExchangeObserver {
  readonly #tap: TapContext;
  readonly #head: ExchangeHead;
  readonly #headers: TapHeaders;
  readonly #request: RpcRequest;
  /** Only a compressed request is read later than it comes. */
  readonly #queue: AnswerQueue | undefined;
  #session: Session | undefined;
  /** The answers come on the stream of the session, not in this exchange. */
  readonly #answersElsewhere: boolean;
  readonly #calls: PendingCall[];
  #requestEnded = false;
  #statusCode: number | undefined;
  #isStream = false;
  #listenSinceMs: number | undefined;
  #answer: MessageReader | undefined;
  #resumable = false;
  #responseBytes = 0;
  /** A response that no call of ours asked for: what a server says about a request it could not read. */
  #strayError: MessageFacts | undefined;
  #dropped: DropReason | undefined;
  #over = false;
  #failed = false;

  constructor(tap: TapContext, head: ExchangeHead, headers: TapHeaders) {
    this.#tap = tap;
    this.#head = head;
    this.#headers = headers;
    const key = headers.sessionId ?? endpointKey(head.target);
    this.#session = tap.sessions.get(key);
    this.#answersElsewhere = this.#session?.transport === 'http_sse';
    if (this.#session) this.#session.openExchanges++;
    const dropped = (reason: DropReason): void => void (this.#dropped ??= reason);
    const threw = (error: unknown): void => this.#fail(error);
    this.#request = new RpcRequest(tap, head, headers, this.#session, { dropped, threw });
    this.#calls = this.#request.calls;
    if (isPlain(headers.contentEncoding)) return;
    this.#queue = new AnswerQueue(tap.options().maxBodyBytes, () => dropped('decoder_backlog'));
  }

  requestBody(chunk: Buffer): void {
    if (!this.#failed) this.#guarded(() => this.#request.push(chunk));
  }

  requestEnd(): void {
    this.#requestEnded = true;
    if (!this.#failed) this.#guarded(() => this.#request.end(() => this.#guarded(() => this.#queue?.open())));
  }

  responseHead(statusCode: number, rawHeaders: readonly string[]): void {
    const atMs = this.#tap.clock.nowMs();
    this.#inTurn(() => this.#guarded(() => this.#onResponseHead(statusCode, rawHeaders, atMs)));
  }

  /** Runs what has to wait for the request to be read. */
  #inTurn(action: () => void): void {
    if (this.#queue) this.#queue.run(action);
    else action();
  }

  #onResponseHead(statusCode: number, rawHeaders: readonly string[], atMs: number): void {
    const headers = readTapHeaders(rawHeaders);
    const timeToFirstByteMs = atMs - this.#head.receivedAtMs;
    for (const call of this.#calls) call.timeToFirstByteMs = timeToFirstByteMs;
    this.#statusCode = statusCode;
    this.#bindSession(statusCode, headers.sessionId);
    if (hasMediaType(headers.contentType, SSE_TYPE)) {
      this.#isStream = true;
      this.#openListenStream(statusCode);
      this.#expectOnStream();
      this.#answer = this.#reader('sse', headers, this.#answerEvents());
    } else if (hasMediaType(headers.contentType, JSON_TYPE)) {
      this.#answer = this.#reader('json', headers, this.#answerEvents());
    } else if (this.#answersElsewhere && statusCode < 300) this.#expectOnStream();
  }

  #expectOnStream(): void {
    for (const call of this.#calls) call.onStream = true;
  }

  responseBody(chunk: Buffer): void {
    this.#responseBytes += chunk.length;
    if (this.#queue) this.#queue.pass(chunk, (copy) => this.#pushAnswer(copy));
    else this.#pushAnswer(chunk);
  }

  #pushAnswer(chunk: Buffer): void {
    if (!this.#failed && this.#answer) this.#guarded(() => this.#answer?.push(chunk));
  }

  failureBody(statusCode: number, reason: string): string | undefined {
    return rpcFailureBody(statusCode, reason, this.#calls);
  }

  end(outcome: ExchangeEnd, overheadMs: number): void {
    this.#tap.sink.overhead(overheadMs);
    const atMs = this.#tap.clock.nowMs();
    // A client that left, or an early answer, ends the exchange in the middle of the request.
    if (!this.#requestEnded) this.requestEnd();
    if (this.#failed) this.#queue?.open();
    this.#inTurn(() => {
      if (this.#answer && !this.#failed) {
        this.#guarded(() => this.#answer?.end(() => this.#finish(outcome, atMs)));
      }
      if (!this.#answer || this.#failed) this.#finish(outcome, atMs);
    });
  }

  #reader(kind: 'json' | 'sse', headers: TapHeaders, own: Omit<ReaderEvents, 'dropped'>): MessageReader {
    const form = { kind, encoding: headers.contentEncoding, length: headers.contentLength };
    const events = { ...own, dropped: (reason: DropReason) => void (this.#dropped ??= reason) };
    return new MessageReader(form, this.#tap.shape(), this.#tap.options(), events, (error) =>
      this.#fail(error),
    );
  }

  #answerEvents(): Omit<ReaderEvents, 'dropped'> {
    return {
      message: (facts) => this.#onServerMessage(facts),
      glance: (chunk, start, end) => this.#glanceAtAnswer(chunk, start, end),
      eventId: () => void (this.#resumable = true),
    };
  }

  /** Most answers are good results of the exchange's only call: there is nothing more to learn from them. */
  #glanceAtAnswer(chunk: Buffer, start: number, end: number): boolean {
    const [call] = this.#calls;
    if (this.#calls.length !== 1 || call?.method !== 'tools/call' || call.settled) return false;
    if (plainResultId(chunk, start, end) !== call.id) return false;
    this.#session?.forget(call);
    this.#settle(call, GOOD_RESULT);
    return true;
  }

  /** A fault of the tap ends the observation of this exchange, never the exchange. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#dropped ??= 'tap_error';
    this.#tap.onThrow(error);
  }

  /** Opens the session that this answer announces, or one that is in use but was opened unseen. */
  #bindSession(statusCode: number, announced: string | undefined): void {
    if (this.#session || statusCode >= 400) return;
    const opens = this.#calls.some((call) => call.method === 'initialize');
    const key = opens ? announced : this.#headers.sessionId;
    if (key === undefined) return;
    for (const { trace } of this.#calls) if (trace) trace.sessionId ??= key;
    const how = opens ? 'initialize' : 'adopted';
    const { target, receivedAtMs } = this.#head;
    this.#session = this.#tap.sessions.open(key, 'streamable_http', how, pathOf(target), receivedAtMs);
    this.#session.introduce(this.#request.clientName);
    this.#session.openExchanges++;
    this.#session.protocolVersion ??= this.#headers.protocolVersion;
    for (const call of this.#calls) if (!call.settled) this.#session.add(call);
  }

  /** A subscription is a stream, not a call that takes hours. */
  #openListenStream(statusCode: number): void {
    const [call] = this.#calls;
    if (statusCode >= 300 || this.#calls.length !== 1 || call?.method !== LISTEN) return;
    this.#session?.forget(call);
    this.#tap.ledger.discard(call);
    this.#listenSinceMs = this.#tap.clock.nowMs();
    this.#tap.sink.streamOpened('listen');
  }

  #onServerMessage(facts: MessageFacts): void {
    if (facts.method === undefined) this.#onResponse(facts);
    else if (facts.id === undefined) {
      this.#onNotification(facts, facts.method);
    } else {
      const only = this.#calls.length === 1 ? this.#calls[0] : undefined;
      this.#session?.asked(facts, only?.settled === false ? only : undefined, this.#tap.clock.nowMs());
    }
  }

  #onNotification(facts: MessageFacts, method: string): void {
    const atMs = this.#tap.clock.nowMs();
    this.#tap.sink.notification(method, 'server');
    if (method === PROGRESS) for (const call of this.#calls) call.quietSinceMs = atMs;
    else this.#session?.notified(facts, atMs);
  }

  #onResponse(facts: MessageFacts): void {
    const call = this.#find(facts);
    if (!call) {
      if (this.#listenSinceMs === undefined && facts.hasError) this.#strayError ??= facts;
      return;
    }
    this.#session?.forget(call);
    noteAnswer(facts, call, this.#session, this.#tap.sink);
    this.#settle(call, { kind: 'answer', facts, statusCode: this.#statusCode });
  }

  #find(facts: MessageFacts): PendingCall | undefined {
    const call = this.#request.find(facts.id);
    if (call) return call;
    // A server that refuses a request before it reads the id answers with id null.
    if (facts.hasError && (facts.id === undefined || facts.id === 'null') && this.#calls.length === 1) {
      return this.#calls[0];
    }
    return facts.id === undefined ? undefined : this.#session?.take(facts.id);
  }

  #settle(call: PendingCall, outcome: CallOutcome, atMs?: number): void {
    // Each byte of an answer counts for one call of a batch.
    this.#tap.ledger.settle(call, outcome, this.#responseBytes, atMs);
    this.#responseBytes = 0;
  }

  #finish(outcome: ExchangeEnd, atMs: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#request.close();
    if (this.#listenSinceMs !== undefined) this.#tap.sink.streamClosed('listen', atMs - this.#listenSinceMs);
    const callOutcome = this.#callOutcome(outcome);
    if (callOutcome) {
      for (const call of this.#calls) {
        if (call.settled) this.#session?.forget(call);
        else this.#leave(call, callOutcome, atMs);
      }
      if (this.#calls.length === 0) this.#recordWithoutCall(callOutcome, atMs);
    }
    if (this.#session) {
      this.#session.openExchanges--;
      this.#session.lastSeenMs = atMs;
    }
    if (this.#statusCode === 404 && this.#headers.sessionId !== undefined) {
      this.#tap.sessions.closeNotFound(this.#headers.sessionId, pathOf(this.#head.target));
    }
    this.#tap.sink.exchange(this.#dropped);
  }

  /** Ends a call that this exchange did not answer; a legacy stream that named its events may still be resumed. */
  #leave(call: PendingCall, outcome: CallOutcome, atMs: number): void {
    const canResume = this.#isStream && this.#resumable && !isModern(call.protocolVersion);
    // A call whose id was taken, or whose session is over, would wait for ever.
    const mayResume = canResume && this.#session?.remembers(call) === true;
    if (mayResume && outcome.kind !== 'stopped') {
      call.fallback = { outcome, atMs };
      return;
    }
    this.#session?.forget(call);
    this.#settle(call, outcome, atMs);
  }

  /** What the end of the exchange means for calls without an answer; undefined: nothing, they wait elsewhere. */
  #callOutcome(end: ExchangeEnd): CallOutcome | undefined {
    if (this.#answersElsewhere && end.kind === 'client_gone') return undefined;
    return exchangeOutcome(end, this.#unanswered());
  }

  #unanswered(): CallOutcome | undefined {
    const statusCode = this.#statusCode;
    if (this.#strayError) return { kind: 'answer', facts: this.#strayError, statusCode };
    if (statusCode !== undefined && statusCode >= 300) return { kind: 'http', statusCode };
    return this.#answersElsewhere ? undefined : { kind: 'no_answer' };
  }

  /**
   * What has no call in it still was a request: JSON that is no JSON-RPC counts
   * as plain HTTP, what could not be read as `other`, and notifications and
   * responses are of interest when they fail.
   */
  #recordWithoutCall(outcome: CallOutcome, atMs: number): void {
    const { firstMethod, isForeign, bytes } = this.#request;
    const went = outcome.kind === 'no_answer' || (outcome.kind === 'http' && outcome.statusCode < 400);
    if (firstMethod !== undefined && went) return;
    const statusCode = this.#statusCode ?? 0;
    recordExchange(this.#tap, this.#head, {
      rpcMethod: isForeign ? undefined : (firstMethod ?? 'other'),
      protocolVersion: this.#headers.protocolVersion,
      outcome: isForeign && went ? { kind: 'http', statusCode } : outcome,
      atMs,
      timeToFirstByteMs: undefined,
      requestBytes: bytes,
      responseBytes: this.#responseBytes,
    });
  }
}
