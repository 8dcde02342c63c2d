import { addressee } from '../mcp/call-target.ts';
import { cancelled, SUPERSEDED, type Judgement } from '../mcp/judge-answer.ts';
import { CLIENT_WAITS, LISTEN } from '../mcp/methods.ts';
import type { Clock } from '../model/clock.ts';
import type { ErrorPattern } from '../model/error-pattern.ts';
import type { CallTarget, ClientWaitKind, TrafficSink, Transport } from '../model/traffic.ts';
import { idOf, membersOf, textOf, type RpcId } from './json-message.ts';
import { judgeAnswer } from './judge-answer.ts';
import { clientNameOf, headerVersionOf, httpRequestOf, metaVersionOf, placeOf } from './message-origin.ts';

/** A JSON-RPC message, its members not yet looked at. */
export type Message = Readonly<Record<string, unknown>>;

/** What all conversations of one server's process share. */
export interface ConversationParts {
  readonly sink: TrafficSink;
  readonly clock: Clock;
  readonly errorPatterns: readonly ErrorPattern[];
  /** Tool name → the argument whose length is its batch size. */
  readonly batchTools: ReadonlyMap<string, string>;
  /** Most requests of one conversation that may wait for their answer. */
  readonly maxPending: number;
}

/** A request whose answer is awaited. */
export interface PendingCall {
  readonly method: string;
  readonly target: CallTarget;
  readonly transport: Transport;
  readonly startedAtMs: number;
  readonly batchSize: number | undefined;
  protocolVersion: string | undefined;
  openWaits: number;
  waitStartedAtMs: number;
  clientWaitMs: number;
}

interface Question {
  readonly kind: ClientWaitKind;
  readonly askedAtMs: number;
  readonly call: PendingCall | undefined;
}

const MAX_OPEN_QUESTIONS = 100;

/** Messages between a server and one transport of its: each request and how it ended, told to the sink. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #sessionId: () => unknown;
  readonly #isSse: boolean;
  readonly #calls = new Map<RpcId, PendingCall>();
  readonly #questions = new Map<RpcId, Question>();
  #protocolVersion: string | undefined;
  #clientName: string | undefined;
  #session: { readonly openedAtMs: number; readonly transport: Transport } | undefined;

  /**
   * @param sessionId asked when the conversation was initialized: over HTTP only one with an id is a session.
   * @param isSse whether the transport is HTTP+SSE of 2024-11-05.
   */
  constructor(parts: ConversationParts, sessionId: () => unknown, isSse: boolean) {
    this.#parts = parts;
    this.#sessionId = sessionId;
    this.#isSse = isSse;
  }

  /** Takes note of a message of the client. @param extra what the transport hands on beside it. */
  received(message: Message, extra: unknown): void {
    const id = idOf(message['id']);
    const method = textOf(message['method']);
    if (method === undefined) {
      if (id !== undefined) this.#answered(id);
    } else if (id === undefined) {
      this.#parts.sink.notification(method, 'client');
      if (method === 'notifications/cancelled') this.#cancel(message['params']);
    } else if (method !== LISTEN) this.#open(id, method, message['params'], extra);
  }

  /**
   * Takes note of a message that the server is about to send.
   * @param options how the transport is told which request a message belongs to.
   * @returns the call that it answers, to be given to {@link Conversation.sent}.
   */
  sending(message: Message, options: unknown): PendingCall | undefined {
    const id = idOf(message['id']);
    const method = textOf(message['method']);
    if (method !== undefined) {
      if (id !== undefined) this.#asked(id, method, options);
      else this.#notified(method, message['params']);
      return undefined;
    }
    if (id === undefined) return undefined;
    const call = this.#calls.get(id);
    if (call) this.#calls.delete(id);
    return call;
  }

  /** Takes note that the answer of a call was handed to the transport. */
  sent(call: PendingCall, message: Message): void {
    const { sink, clock, errorPatterns } = this.#parts;
    const nowMs = clock.nowMs();
    const result = membersOf(message['result']);
    if (result) {
      if (call.method === 'initialize') this.#initialized(call, result, nowMs);
      else if (call.method === 'tools/list') declare(sink, 'tool', result['tools']);
      else if (call.method === 'prompts/list') declare(sink, 'prompt', result['prompts']);
    }
    this.#settle(call, judgeAnswer(message, call.method, errorPatterns), nowMs);
  }

  /** The transport was closed: calls still awaited have lost their client. */
  end(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const call of this.#calls.values()) this.#settle(call, cancelled('disconnect'), nowMs);
    this.#calls.clear();
    this.#questions.clear();
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    const reason = session.transport === 'stdio' ? 'exit' : 'stream_closed';
    const lifetimeMs = nowMs - session.openedAtMs;
    this.#parts.sink.sessionClosed(
      reason,
      lifetimeMs,
      session.transport,
      this.#protocolVersion,
      this.#clientName,
    );
  }

  #open(id: RpcId, method: string, params: unknown, extra: unknown): void {
    const { sink, clock, batchTools, maxPending } = this.#parts;
    const nowMs = clock.nowMs();
    const request = httpRequestOf(extra);
    const transport = request ? (this.#isSse ? 'http_sse' : 'streamable_http') : 'stdio';
    const members = membersOf(params);
    const name = textOf(members?.['name']);
    const uri = textOf(members?.['uri']);
    const target = addressee({ method, name, uri }) ?? ({ kind: 'path', name: placeOf(request) } as const);
    const argument = target.kind === 'tool' ? batchTools.get(target.name) : undefined;
    const batch = argument === undefined ? undefined : membersOf(members?.['arguments'])?.[argument];
    const former = this.#calls.get(id);
    if (former) this.#take(id, former, SUPERSEDED, nowMs);
    else if (this.#calls.size >= maxPending) this.#giveUpOldest();
    this.#calls.set(id, {
      method,
      target,
      transport,
      startedAtMs: nowMs,
      batchSize: Array.isArray(batch) ? batch.length : undefined,
      protocolVersion: metaVersionOf(params) ?? (this.#protocolVersion ??= headerVersionOf(request)),
      openWaits: 0,
      waitStartedAtMs: 0,
      clientWaitMs: 0,
    });
    sink.callPending();
    if (!this.#session) this.#clientName ??= clientNameOf(params);
    // Over a pipe the client has one conversation, whatever its era; a probe alone makes none.
    if (!request && !this.#session && method !== 'server/discover') this.#openSession('stdio', nowMs);
  }

  #initialized(call: PendingCall, result: Message, nowMs: number): void {
    const version = textOf(result['protocolVersion']);
    if (version !== undefined) this.#protocolVersion = call.protocolVersion = version;
    if (!this.#session && this.#sessionId() !== undefined) this.#openSession(call.transport, nowMs);
  }

  #openSession(transport: Transport, nowMs: number): void {
    this.#session = { openedAtMs: nowMs, transport };
    this.#parts.sink.sessionOpened('initialize');
    this.#parts.sink.sessionIntroduced(this.#clientName);
  }

  #cancel(params: unknown): void {
    const id = idOf(membersOf(params)?.['requestId']);
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (id !== undefined && call) this.#take(id, call, cancelled('notification'), this.#parts.clock.nowMs());
  }

  #asked(id: RpcId, method: string, options: unknown): void {
    const kind = CLIENT_WAITS.get(method);
    if (kind === undefined || this.#questions.has(id) || this.#questions.size >= MAX_OPEN_QUESTIONS) return;
    const related = idOf(membersOf(options)?.['relatedRequestId']);
    const call = related === undefined ? this.#onlyCall() : this.#calls.get(related);
    const askedAtMs = this.#parts.clock.nowMs();
    this.#questions.set(id, { kind, askedAtMs, call });
    if (call && call.openWaits++ === 0) call.waitStartedAtMs = askedAtMs;
  }

  #notified(method: string, params: unknown): void {
    this.#parts.sink.notification(method, 'server');
    // The server may withdraw a question.
    const id = method === 'notifications/cancelled' ? idOf(membersOf(params)?.['requestId']) : undefined;
    if (id !== undefined) this.#answered(id);
  }

  #answered(id: RpcId): void {
    const question = this.#questions.get(id);
    if (!question) return;
    this.#questions.delete(id);
    const nowMs = this.#parts.clock.nowMs();
    this.#parts.sink.clientWait(question.kind, nowMs - question.askedAtMs);
    const { call } = question;
    if (call && --call.openWaits === 0) call.clientWaitMs += nowMs - call.waitStartedAtMs;
  }

  #onlyCall(): PendingCall | undefined {
    if (this.#calls.size !== 1) return undefined;
    for (const call of this.#calls.values()) return call;
    return undefined;
  }

  #giveUpOldest(): void {
    for (const id of this.#calls.keys()) {
      this.#calls.delete(id);
      this.#parts.sink.callSettled();
      this.#parts.sink.dropped('pending_full');
      return;
    }
  }

  #take(id: RpcId, call: PendingCall, judgement: Judgement, nowMs: number): void {
    this.#calls.delete(id);
    this.#settle(call, judgement, nowMs);
  }

  #settle(call: PendingCall, judgement: Judgement, nowMs: number): void {
    const { sink } = this.#parts;
    sink.callSettled();
    if (call.openWaits > 0) call.clientWaitMs += nowMs - call.waitStartedAtMs;
    sink.call({
      method: call.method,
      isMcp: true,
      target: call.target,
      status: judgement.status,
      errorType: judgement.errorType,
      fault: judgement.fault,
      rpcErrorCode: judgement.rpcErrorCode,
      transport: call.transport,
      protocolVersion: call.protocolVersion,
      durationMs: nowMs - call.startedAtMs,
      clientWaitMs: call.clientWaitMs,
      // Inside the server there are no bytes yet.
      timeToFirstByteMs: undefined,
      requestBytes: 0,
      responseBytes: 0,
      batchSize: call.batchSize,
    });
  }
}

function declare(sink: TrafficSink, kind: 'tool' | 'prompt', listed: unknown): void {
  if (!Array.isArray(listed)) return;
  const names = listed.map((item) => textOf(membersOf(item)?.['name']));
  sink.declared(
    kind,
    names.filter((name) => name !== undefined),
  );
}
