import { CLIENT_WAITS, PROGRESS } from '../mcp/methods.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import type { ClientWaitKind, SessionCloseReason, TrafficSink, Transport } from '../model/traffic.ts';
import type { CallLedger, PendingCall } from './call-ledger.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';

/** Most questions of a server to one client that are remembered at once. */
const MAX_OPEN_QUESTIONS = 100;

interface Question {
  readonly kind: ClientWaitKind;
  readonly askedAtMs: number;
  readonly call: PendingCall | undefined;
}

/** One conversation between a client and a server: its awaited calls and the server's open questions. */
export class Session {
  readonly transport: Transport;
  /** HTTP path that it is used on; `stdio` over pipes. */
  readonly path: string;
  readonly openedAtMs: number;
  protocolVersion: string | undefined;
  /** Name that its client gave itself, fit for a label; undefined as long as it is not known. */
  clientName: string | undefined;
  lastSeenMs: number;
  /** Exchanges under way; a session with one is not silent. */
  openExchanges = 0;
  /** Its answers cannot be observed. */
  isLost = false;
  readonly #calls = new Map<string, PendingCall>();
  readonly #questions = new Map<string, Question>();
  readonly #ledger: CallLedger;
  readonly #sink: TrafficSink;
  #isIntroduced = false;

  constructor(transport: Transport, path: string, openedAtMs: number, ledger: CallLedger, sink: TrafficSink) {
    this.transport = transport;
    this.path = path;
    this.openedAtMs = openedAtMs;
    this.lastSeenMs = openedAtMs;
    this.#ledger = ledger;
    this.#sink = sink;
  }

  /** Takes note of what its client is called, or that nobody will ever know; the first word counts. */
  introduce(client: string | undefined): void {
    if (this.#isIntroduced) return;
    this.#isIntroduced = true;
    this.clientName = client;
    this.#sink.sessionIntroduced(client);
  }

  /** Its end as the sink is told it; what its calls come to has been settled. */
  close(reason: SessionCloseReason, atMs: number): void {
    this.introduce(undefined);
    const lifetimeMs = atMs - this.openedAtMs;
    this.#sink.sessionClosed(reason, lifetimeMs, this.transport, this.protocolVersion, this.clientName);
  }

  /**
   * Remembers a call, so that it can be cancelled, or answered on another stream. One with the same id that could
   * only be found here is superseded by it.
   */
  add(call: PendingCall): void {
    const former = this.#calls.get(call.id);
    if (former && this.#ownsOutcomeOf(former)) this.#settle(former, { kind: 'superseded' });
    this.#calls.set(call.id, call);
  }

  /** Finds the call that a response answers and forgets it. */
  take(id: string): PendingCall | undefined {
    const call = this.#calls.get(id);
    if (call) this.#calls.delete(id);
    return call;
  }

  /** Whether an answer on another stream would find this very call. */
  remembers(call: PendingCall): boolean {
    return this.#calls.get(call.id) === call;
  }

  /** Forgets a call that was settled elsewhere. */
  forget(call: PendingCall): void {
    if (this.#calls.get(call.id) === call) this.#calls.delete(call.id);
  }

  /** Ends the call that `notifications/cancelled` names. */
  cancel(requestId: string, atMs: number): void {
    const call = this.take(requestId);
    if (call) this.#ledger.settle(call, { kind: 'cancelled', by: 'notification' }, 0, atMs);
  }

  /**
   * Takes note of a server's request to its client.
   * @param call the call that it belongs to, where the transport tells; otherwise it is
   * attributed to the only call under way, if there is just one.
   */
  asked(facts: MessageFacts, call: PendingCall | undefined, atMs: number): void {
    const kind = facts.method === undefined ? undefined : CLIENT_WAITS.get(facts.method);
    // A resumed stream may repeat a question.
    if (kind === undefined || facts.id === undefined || this.#questions.has(facts.id)) return;
    if (this.#questions.size >= MAX_OPEN_QUESTIONS) this.#closeOldestQuestion(atMs);
    const owner = call ?? this.#onlyCall();
    this.#questions.set(facts.id, { kind, askedAtMs: atMs, call: owner });
    if (owner && owner.openWaits++ === 0) owner.waitStartedAtMs = atMs;
  }

  /** Takes note of a server's notification: it may withdraw a question, or say that a call is being worked at. */
  notified(facts: MessageFacts, atMs: number): void {
    if (facts.method === PROGRESS) {
      const call = this.#onlyCall();
      if (call) call.quietSinceMs = atMs;
    } else if (facts.method === 'notifications/cancelled' && facts.requestId !== undefined) {
      this.answered(facts.requestId, atMs);
    }
  }

  /** Takes note of the end of a server's question: the client's response, or its withdrawal. */
  answered(id: string, atMs: number): void {
    const question = this.#questions.get(id);
    if (!question) return;
    this.#questions.delete(id);
    this.#sink.clientWait(question.kind, atMs - question.askedAtMs);
    const { call } = question;
    if (!call || --call.openWaits > 0) return;
    call.clientWaitMs += atMs - call.waitStartedAtMs;
    call.quietSinceMs = atMs;
  }

  /** Settles calls whose stream was cut before `beforeMs` and not resumed. */
  expire(beforeMs: number): void {
    for (const call of this.#calls.values()) {
      if (call.fallback && call.fallback.atMs <= beforeMs) this.#settle(call, call.fallback.outcome);
    }
  }

  /** The conversation is over: settles the calls that no exchange of their own will settle. */
  end(outcome: CallOutcome): void {
    for (const call of this.#calls.values()) {
      if (this.#ownsOutcomeOf(call)) this.#settle(call, call.fallback?.outcome ?? outcome);
    }
    this.#calls.clear();
    this.#questions.clear();
  }

  /** The stream that brings the answers can no longer be read: gives its calls up, and takes no more. */
  lose(): void {
    this.isLost = true;
    for (const call of this.#calls.values()) this.#ledger.discard(call);
    this.#calls.clear();
  }

  /** Takes out the first call of a method; undefined if there is none. */
  takeFirst(method: string): PendingCall | undefined {
    for (const call of this.#calls.values()) if (call.method === method) return this.take(call.id);
    return undefined;
  }

  /** Over Streamable HTTP an exchange settles its calls itself, unless its stream was cut. */
  #ownsOutcomeOf(call: PendingCall): boolean {
    return this.transport !== 'streamable_http' || call.fallback !== undefined;
  }

  #closeOldestQuestion(atMs: number): void {
    for (const id of this.#questions.keys()) {
      this.answered(id, atMs);
      return;
    }
  }

  #settle(call: PendingCall, outcome: CallOutcome): void {
    this.#calls.delete(call.id);
    this.#ledger.settle(call, outcome, 0, call.fallback?.atMs);
  }

  #onlyCall(): PendingCall | undefined {
    if (this.#calls.size !== 1) return undefined;
    for (const call of this.#calls.values()) return call;
    return undefined;
  }
}
