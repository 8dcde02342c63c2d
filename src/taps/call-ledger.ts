import type { CallTrace } from '../model/call-trace.ts';
import type { Clock } from '../model/clock.ts';
import type { CallTarget, Transport, TrafficSink } from '../model/traffic.ts';
import { judge, type CallOutcome } from '../mcp/call-outcome.ts';
import type { TapOptions } from './tap-options.ts';

/** A request whose answer is awaited. */
export interface PendingCall {
  /** Canonical JSON-RPC id. */
  readonly id: string;
  readonly method: string;
  readonly target: CallTarget;
  readonly transport: Transport;
  readonly startedAtMs: number;
  readonly requestBytes: number;
  readonly batchSize: number | undefined;
  /** Undefined while traces are off. */
  readonly trace: CallTrace | undefined;
  protocolVersion: string | undefined;
  timeToFirstByteMs: number | undefined;
  /** Its answer is to come on a stream of events, which is open. */
  onStream: boolean;
  /** Since when nothing has come that shows work on it: its request, progress, or the client's word that it waited for. */
  quietSinceMs: number;
  settled: boolean;
  /** Server-to-client requests of this call that the client has not answered yet. */
  openWaits: number;
  waitStartedAtMs: number;
  clientWaitMs: number;
  /** Set when the stream that should bring the answer was cut: what to record if it is not resumed. */
  fallback: { readonly outcome: CallOutcome; readonly atMs: number } | undefined;
}

/** What is known of a request when it is entered. */
export type CallOpening = Pick<
  PendingCall,
  | 'id'
  | 'method'
  | 'target'
  | 'transport'
  | 'startedAtMs'
  | 'requestBytes'
  | 'batchSize'
  | 'trace'
  | 'protocolVersion'
>;

/** The book of all awaited calls: bounded, each call settled exactly once. */
export class CallLedger {
  readonly #sink: TrafficSink;
  readonly #clock: Clock;
  readonly #options: () => TapOptions;
  /** In order of arrival, oldest first. */
  readonly #pending = new Set<PendingCall>();

  constructor(sink: TrafficSink, clock: Clock, options: () => TapOptions) {
    this.#sink = sink;
    this.#clock = clock;
    this.#options = options;
  }

  /** Number of calls whose answer is still expected where it was asked for, not hoped for on a resumed stream. */
  awaited(): number {
    let count = 0;
    for (const call of this.#pending) if (!call.fallback) count++;
    return count;
  }

  /** Age of the call that has waited longest, in milliseconds; 0 if none waits. */
  oldestAgeMs(): number {
    for (const call of this.#pending) return this.#clock.nowMs() - call.startedAtMs;
    return 0;
  }

  /** Number of calls whose stream is open without their answer, and without a sign of work for longer than a limit. */
  parked(limitMs: number): number {
    const beforeMs = this.#clock.nowMs() - limitMs;
    let count = 0;
    for (const call of this.#pending) {
      if (call.onStream && call.quietSinceMs < beforeMs && call.openWaits === 0 && !call.fallback) count++;
    }
    return count;
  }

  /** Enters a request. If the book is full, the one that waits longest is given up, so that no leak can blind the tap. */
  open(opening: CallOpening): PendingCall {
    if (this.#pending.size >= this.#options().maxPending) this.#giveUpOldest();
    const call: PendingCall = {
      id: opening.id,
      method: opening.method,
      target: opening.target,
      transport: opening.transport,
      startedAtMs: opening.startedAtMs,
      requestBytes: opening.requestBytes,
      batchSize: opening.batchSize,
      trace: opening.trace,
      protocolVersion: opening.protocolVersion,
      timeToFirstByteMs: undefined,
      onStream: false,
      quietSinceMs: opening.startedAtMs,
      settled: false,
      openWaits: 0,
      waitStartedAtMs: 0,
      clientWaitMs: 0,
      fallback: undefined,
    };
    this.#pending.add(call);
    this.#sink.callPending();
    return call;
  }

  /** Records how a call ended; a second end of the same call is ignored. */
  settle(call: PendingCall, outcome: CallOutcome, responseBytes: number, atMs = this.#clock.nowMs()): void {
    if (!this.#remove(call)) return;
    if (call.openWaits > 0) call.clientWaitMs += atMs - call.waitStartedAtMs;
    if (call.trace) call.trace.endedAtMs = atMs;
    const { status, errorType, fault, rpcErrorCode } = judge(
      outcome,
      call.method,
      this.#options().errorPatterns,
    );
    this.#sink.call({
      method: call.method,
      isMcp: true,
      target: call.target,
      status,
      errorType,
      fault,
      rpcErrorCode,
      transport: call.transport,
      protocolVersion: call.protocolVersion,
      durationMs: atMs - call.startedAtMs,
      clientWaitMs: call.clientWaitMs,
      timeToFirstByteMs: call.timeToFirstByteMs,
      requestBytes: call.requestBytes,
      responseBytes,
      batchSize: call.batchSize,
      trace: call.trace,
    });
  }

  /** Takes a request out without an observation: it turned out to be a stream. */
  discard(call: PendingCall): void {
    this.#remove(call);
  }

  #giveUpOldest(): void {
    for (const call of this.#pending) {
      this.#remove(call);
      this.#sink.dropped('pending_full');
      return;
    }
  }

  #remove(call: PendingCall): boolean {
    if (call.settled) return false;
    call.settled = true;
    this.#pending.delete(call);
    this.#sink.callSettled();
    return true;
  }
}
