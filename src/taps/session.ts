import { CLIENT_WAITS } from '../mcp/methods.ts';
import type { MessageFacts } from '../mcp/message-facts.ts';
import type { ClientWaitKind, TrafficSink, Transport } from '../model/traffic.ts';
import type { CallLedger, PendingCall } from './call-ledger.ts';
import type { CallOutcome } from './call-outcome.ts';

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
  readonly openedAtMs: number;
  protocolVersion: string | undefined;
  lastSeenMs: number;
  /** Exchanges under way; a session with one is not silent. */
  openExchanges = 0;
  readonly #calls = new Map<string, PendingCall>();
  readonly #questions = new Map<string, Question>();
  readonly #ledger: CallLedger;
  readonly #sink: TrafficSink;

  constructor(transport: Transport, openedAtMs: number, ledger: CallLedger, sink: TrafficSink) {
    this.transport = transport;
    this.openedAtMs = openedAtMs;
    this.lastSeenMs = openedAtMs;
    this.#ledger = ledger;
    this.#sink = sink;
  }

  /** Remembers a call, so that it can be cancelled, or answered on another stream. */
  add(call: PendingCall): void {
    this.#calls.set(call.id, call);
  }

  /** Finds the call that a response answers and forgets it. */
  take(id: string): PendingCall | undefined {
    const call = this.#calls.get(id);
    if (call) this.#calls.delete(id);
    return call;
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
    if (kind === undefined || facts.id === undefined || this.#questions.size >= MAX_OPEN_QUESTIONS) return;
    const owner = call ?? this.#onlyCall();
    this.#questions.set(facts.id, { kind, askedAtMs: atMs, call: owner });
    if (owner && owner.openWaits++ === 0) owner.waitStartedAtMs = atMs;
  }

  /** Takes note of the client's response to a server's request. */
  answered(id: string, atMs: number): void {
    const question = this.#questions.get(id);
    if (!question) return;
    this.#questions.delete(id);
    this.#sink.clientWait(question.kind, atMs - question.askedAtMs);
    const { call } = question;
    if (call && --call.openWaits === 0) call.clientWaitMs += atMs - call.waitStartedAtMs;
  }

  /** Settles calls whose stream was cut before `beforeMs` and not resumed. */
  expire(beforeMs: number): void {
    for (const call of this.#calls.values()) {
      if (call.fallback && call.fallback.atMs <= beforeMs) this.#settle(call, call.fallback.outcome);
    }
  }

  /** Settles all calls: the conversation is over. */
  end(outcome: CallOutcome): void {
    for (const call of this.#calls.values()) this.#settle(call, call.fallback?.outcome ?? outcome);
    this.#questions.clear();
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
