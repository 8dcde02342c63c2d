import type { Clock } from '../model/clock.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { ConnectionOwner, ConnectionUse, UpstreamTarget } from './upstream-connection.ts';

/** How often expired idle connections are closed; use checks the exact time anyway. */
const SWEEP_MS = 1_000;
/** An upstream that announces its limit is left this much earlier, so that both do not act at once. */
const HINT_MARGIN_MS = 1_000;

/**
 * Connections to one upstream. Their number has no cap: an open stream must
 * never make a call wait. The one used last is used first, so that a quiet
 * upstream soon has few. An idle connection on which anything happens is dropped.
 */
export class UpstreamPool implements ConnectionOwner {
  readonly target: UpstreamTarget;
  readonly #clock: Clock;
  readonly #idle: UpstreamConnection[] = [];
  readonly #all = new Set<UpstreamConnection>();
  #keepAliveMs = 0;
  #sweep: NodeJS.Timeout | undefined;
  #retired = false;

  constructor(target: UpstreamTarget, clock: Clock) {
    this.target = target;
    this.#clock = clock;
  }

  /** Open connections, busy and idle. */
  get size(): number {
    return this.#all.size;
  }

  /** Takes an idle connection, or else (or if the use asks for it) opens one. */
  acquire(connectTimeoutMs: number, keepAliveMs: number, use: ConnectionUse): UpstreamConnection {
    this.#keepAliveMs = keepAliveMs;
    if (use === 'any' && this.#idle.length > 0) {
      const now = this.#clock.nowMs();
      for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
        if (idle.expiresAtMs > now && idle.socket.writable) return idle;
        idle.destroy();
      }
    }
    const connection = new UpstreamConnection(this.target, connectTimeoutMs, this, use === 'tunnel');
    this.#all.add(connection);
    return connection;
  }

  onReusable(connection: UpstreamConnection): void {
    const hint = connection.keepAliveHintMs;
    const life = hint > 0 ? Math.min(this.#keepAliveMs, hint - HINT_MARGIN_MS) : this.#keepAliveMs;
    if (this.#retired || life <= 0) {
      connection.destroy();
      return;
    }
    // A client that was slow to the end left it paused: an idle connection must hear the upstream's FIN.
    if (connection.socket.isPaused()) connection.socket.resume();
    connection.expiresAtMs = this.#clock.nowMs() + life;
    this.#idle.push(connection);
    this.#sweep ??= setInterval(() => this.#closeExpired(), SWEEP_MS).unref();
  }

  onClosed(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** Closes idle connections now and busy ones after their exchange. */
  retire(): void {
    this.#retired = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    this.#stopSweep();
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.retire();
    for (const connection of this.#all) connection.destroy();
  }

  #closeExpired(): void {
    const now = this.#clock.nowMs();
    const expired = this.#idle.filter((connection) => connection.expiresAtMs <= now);
    for (const connection of expired) {
      this.#idle.splice(this.#idle.indexOf(connection), 1);
      connection.destroy();
    }
    if (this.#idle.length === 0) this.#stopSweep();
  }

  #stopSweep(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
