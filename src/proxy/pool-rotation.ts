import type { ClientTls } from '../model/client-tls.ts';
import type { Clock } from '../model/clock.ts';
import type { ProxySettings } from './settings.ts';
import type { ConnectionUse, UpstreamConnection } from './upstream-connection.ts';
import { UpstreamPool } from './upstream-pool.ts';

/** Keeps the pool of the upstream in force; when the settings name another one, the old pool runs dry. */
export class PoolRotation {
  readonly #clock: Clock;
  readonly #retired = new Set<UpstreamPool>();
  #settings: ProxySettings | undefined;
  #pool: UpstreamPool | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Open connections to the upstream in force and to former ones. */
  get size(): number {
    let size = this.#pool?.size ?? 0;
    for (const pool of this.#retired) size += pool.size;
    return size;
  }

  /** Takes or opens a connection. */
  readonly connect = (settings: ProxySettings, use: ConnectionUse): UpstreamConnection =>
    this.#poolFor(settings).acquire(settings.connectTimeoutMs, settings.keepAliveMs, use);

  /** Closes every connection at once. */
  destroy(): void {
    this.#pool?.destroy();
    for (const pool of this.#retired) pool.destroy();
  }

  #poolFor(settings: ProxySettings): UpstreamPool {
    const old = this.#pool;
    if (old !== undefined && (this.#settings === settings || sameUpstream(this.#settings!, settings))) {
      this.#settings = settings;
      return old;
    }
    if (old !== undefined) {
      old.retire();
      this.#retired.add(old);
      for (const pool of this.#retired) if (pool.size === 0) this.#retired.delete(pool);
    }
    const { upstream } = settings;
    const secure = upstream.protocol === 'https:';
    const pool = new UpstreamPool(
      {
        host: upstream.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: upstream.port === '' ? (secure ? 443 : 80) : Number(upstream.port),
        tls: secure ? (settings.tls ?? {}) : undefined,
      },
      this.#clock,
    );
    this.#pool = pool;
    this.#settings = settings;
    return pool;
  }
}

function sameUpstream(one: ProxySettings, other: ProxySettings): boolean {
  return one.upstream.origin === other.upstream.origin && sameTls(one.tls, other.tls);
}

function sameTls(one: ClientTls = {}, other: ClientTls = {}): boolean {
  return (
    String(one.ca) === String(other.ca) &&
    String(one.cert) === String(other.cert) &&
    String(one.key) === String(other.key) &&
    one.serverName === other.serverName &&
    one.rejectUnauthorized === other.rejectUnauthorized
  );
}
