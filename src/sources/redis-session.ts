import { createClient } from '@redis/client';
import { tlsConnectOptions, type ClientTls } from '../model/client-tls.ts';
import { unlessCut } from './unless-cut.ts';

/** Where a Redis server is, and who connects. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  /** Absent: the default user. */
  readonly username?: string;
  readonly password?: string;
  /** False or absent: plain text. */
  readonly tls?: ClientTls | false;
  /** Limit of connecting, in ms. */
  readonly timeoutMs: number;
}

/** One connection to Redis. */
export interface RedisSession {
  /**
   * Sends INFO.
   * @returns its text: every default section, which each version knows, where asking for several is new in Redis 7.
   * @throws what the client throws, also when the signal cut the connection.
   */
  readonly info: (signal: AbortSignal) => Promise<string>;
  /** False once the connection is lost. */
  readonly usable: () => boolean;
  readonly cut: () => void;
}

/**
 * Connects and authenticates; nothing else is sent (RESP 2: no HELLO; no CLIENT SETINFO; no SELECT, since INFO is
 * of the whole server), so that an account needs `+info` only and no refused command fills the server's ACL log.
 * @throws what the client throws; nothing stays open then.
 */
export async function openRedisSession(
  { host, port, username, password, tls, timeoutMs }: RedisConnection,
  signal: AbortSignal,
): Promise<RedisSession> {
  const socket = { host, port, connectTimeout: timeoutMs, reconnectStrategy: false } as const;
  const client = createClient({
    RESP: 2,
    socket: tls ? { ...tlsConnectOptions(tls), ...socket, tls: true } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableClientInfo: true,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
  });
  // Each failure also rejects the call that waits, or shows as a session that is not usable.
  client.on('error', () => undefined);
  const cut = (): void => client.destroy();

  try {
    await unlessCut(signal, cut, () => client.connect());
  } catch (error) {
    cut();
    throw error;
  }
  return {
    info: (until) => unlessCut(until, cut, () => client.info()),
    usable: () => client.isReady,
    cut,
  };
}
