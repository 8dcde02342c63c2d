import net from 'node:net';
import tls from 'node:tls';
import type { ConnectionEnd } from '../model/connection.ts';
import { tlsConnectOptions, withServerName } from '../model/client-tls.ts';
import { socketCodeOf, wordsOf } from './database-error.ts';
import { SSL_REQUEST } from './database-encryption-requests.ts';
import type { DatabaseProxySettings } from './database-settings.ts';
import { probePeer } from './probe-peer.ts';

/** Why there is no connection to a database. */
export interface DatabaseFailure {
  readonly end: ConnectionEnd;
  /** One line without a secret, e.g. `connect 127.0.0.1:5432: connection refused`. */
  readonly reason: string;
}

/** Hears how an attempt went: exactly one of them is called, once, and never within `openDatabase` itself. */
export interface DatabaseOpening {
  /** The socket has handlers for its errors until now only: the listener adds its own at once. */
  readonly onOpen: (socket: net.Socket) => void;
  readonly onFailure: (failure: DatabaseFailure) => void;
}

/**
 * Connects to a database, with TLS where the settings say so (PostgreSQL documentation, "SSL Session Encryption").
 *
 * @param onRead takes the place of the socket's `data`, with bytes that are only lent; plain connections only
 * @returns gives the attempt up; afterwards nobody hears of it
 */
export function openDatabase(
  settings: DatabaseProxySettings,
  onRead: (bytes: Buffer) => void,
  opening: DatabaseOpening,
): () => void {
  const { upstream, tlsMode, connectTimeoutMs } = settings;
  const name = `connect ${upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host}:${upstream.port}`;
  let settled = false;
  let timer: NodeJS.Timeout | undefined;
  const sockets: net.Socket[] = [];

  function settle(): void {
    settled = true;
    clearTimeout(timer);
  }
  function abandon(): void {
    settle();
    // TLS first: with its transport gone before it, it would not tell that it is closed.
    for (const socket of sockets.toReversed()) socket.destroy();
  }
  function fail(end: ConnectionEnd, why: string): void {
    if (settled) return;
    abandon();
    opening.onFailure({ end, reason: `${name}: ${why}` });
  }
  function failWith(error: unknown): void {
    fail({ kind: 'unreachable', code: socketCodeOf(error) }, wordsOf(error));
  }
  function failTls(code: string, got: string): void {
    fail({ kind: 'unreachable', code }, `want TLS, got ${got}`);
  }
  function follow(socket: net.Socket): net.Socket {
    sockets.push(socket);
    socket.on('error', failWith);
    socket.once('connect', () => probePeer(socket));
    socket.on('end', () => fail({ kind: 'unreachable', code: 'UPSTREAM_CLOSED' }, 'closed by the database'));
    return socket;
  }
  function succeed(socket: net.Socket): void {
    if (settled) return;
    settle();
    opening.onOpen(socket);
  }

  try {
    if (tlsMode !== 'originate') {
      const socket = follow(connect(upstream, onRead));
      socket.once('connect', () => succeed(socket));
    } else {
      const socket = follow(connect(upstream, undefined));
      socket.once('connect', () => socket.write(SSL_REQUEST));
      socket.once('data', (answer: Buffer) => {
        if (settled) return;
        // Bytes behind the answer were never encrypted (CVE-2021-23222).
        if (answer.length !== 1) failTls('TLS_BAD_ANSWER', 'bytes before it');
        else if (answer[0] === 'N'.charCodeAt(0)) failTls('TLS_REFUSED', 'a database without it');
        else if (answer[0] !== 'S'.charCodeAt(0)) failTls('TLS_BAD_ANSWER', 'another answer');
        else
          try {
            const secure = follow(secured(socket, settings));
            secure.once('secureConnect', () => succeed(secure));
          } catch (error) {
            failWith(error);
          }
      });
    }
    if (connectTimeoutMs > 0)
      timer = setTimeout(
        () => fail({ kind: 'timeout' }, `want a connection within ${connectTimeoutMs} ms, got none`),
        connectTimeoutMs,
      );
  } catch (error) {
    setImmediate(failWith, error);
  }
  return abandon;
}

/** All plain connections read into this one buffer; Node else allocates 64 KiB for each read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

function connect(
  { host, port }: DatabaseProxySettings['upstream'],
  onRead: ((bytes: Buffer) => void) | undefined,
): net.Socket {
  const options = { host, port, noDelay: true, allowHalfOpen: true };
  if (onRead === undefined) return net.connect(options);
  const callback = (length: number): boolean => {
    onRead(READ_BUFFER.subarray(0, length));
    return true;
  };
  return net.connect({ ...options, onread: { buffer: READ_BUFFER, callback } });
}

function secured(socket: net.Socket, { upstream, tls: secure }: DatabaseProxySettings): tls.TLSSocket {
  return tls.connect({
    socket,
    // The name that the certificate is held against, where there is no server name.
    host: upstream.host,
    ALPNProtocols: ['postgresql'],
    ...tlsConnectOptions(withServerName(secure, upstream.host)),
  });
}
