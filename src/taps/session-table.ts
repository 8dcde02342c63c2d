import type { Clock } from '../model/clock.ts';
import type { SessionCensus } from '../model/session-census.ts';
import type { SessionCloseReason, TrafficSink, Transport } from '../model/traffic.ts';
import type { CallLedger } from './call-ledger.ts';
import type { CallOutcome } from '../mcp/call-outcome.ts';
import { Session } from './session.ts';
import { takeCensus } from './take-census.ts';
import type { TapOptions } from './tap-options.ts';

/** Key of the session that an HTTP+SSE server named by the endpoint for its messages. */
export const endpointKey = (target: string): string => `sse:${target}`;

/** The open sessions of a server by their key, bounded; the one silent longest makes room for a new one. */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();
  readonly #options: () => TapOptions;
  readonly #ledger: CallLedger;
  readonly #sink: TrafficSink;
  readonly #clock: Clock;

  constructor(options: () => TapOptions, ledger: CallLedger, sink: TrafficSink, clock: Clock) {
    this.#options = options;
    this.#ledger = ledger;
    this.#sink = sink;
    this.#clock = clock;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(key: string): Session | undefined {
    const session = this.#sessions.get(key);
    // The order of the table is that of use; it matters only when there may soon be no room.
    if (session && this.#sessions.size * 2 > this.#options().maxSessions) {
      this.#sessions.delete(key);
      this.#sessions.set(key, session);
    }
    return session;
  }

  /** Closes the session of a key if the server says 404 on the path that the session is used on. */
  closeNotFound(key: string, path: string): void {
    if (this.#sessions.get(key)?.path === path) this.close(key, 'not_found');
  }

  /**
   * The session of a key, opened now if it is not known.
   * @param how `adopted` for a session that was opened before the sidecar could see it.
   */
  open(
    key: string,
    transport: Transport,
    how: 'initialize' | 'adopted',
    path: string,
    openedAtMs: number,
  ): Session {
    const known = this.#sessions.get(key);
    if (known) return known;
    if (this.#sessions.size >= this.#options().maxSessions) this.#evictOne();
    const session = new Session(transport, path, openedAtMs, this.#ledger, this.#sink);
    this.#sessions.set(key, session);
    this.#sink.sessionOpened(how);
    // What was said when it was opened went by unseen.
    if (how === 'adopted') session.introduce(undefined);
    return session;
  }

  /** Closes a session; what its calls come to is the outcome. No-op if the key is not known. */
  close(key: string, reason: SessionCloseReason, outcome: CallOutcome = { kind: 'no_answer' }): void {
    const session = this.#sessions.get(key);
    if (!session) return;
    this.#sessions.delete(key);
    session.end(outcome);
    session.close(reason, this.#clock.nowMs());
  }

  /** Counts the open sessions; one walk through the table. */
  census(): SessionCensus {
    return takeCensus(this.#sessions.values(), this.#clock.nowMs());
  }

  /** Closes silent sessions and settles calls that were not resumed in time. */
  sweep(): void {
    const nowMs = this.#clock.nowMs();
    const { resumeTimeoutMs, sessionIdleTimeoutMs } = this.#options();
    for (const [key, session] of this.#sessions) {
      session.expire(nowMs - resumeTimeoutMs);
      const silent = sessionIdleTimeoutMs > 0 && nowMs - session.lastSeenMs >= sessionIdleTimeoutMs;
      if (silent && session.openExchanges === 0) this.close(key, 'idle');
    }
  }

  /** Closes the session that was silent longest, one under way only if there is no other. */
  #evictOne(): void {
    let victim: string | undefined;
    for (const [key, session] of this.#sessions) {
      victim ??= key;
      if (session.openExchanges > 0) continue;
      victim = key;
      break;
    }
    if (victim !== undefined) this.close(victim, 'evicted');
  }
}
