import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { tlsConnectOptions, withServerName, type ClientTls } from '../model/client-tls.ts';
import { codeOf, messageOf } from '../model/error-facts.ts';
import { ProbeFailure } from './probe-failure.ts';

/** What opening a connection took, in milliseconds. */
export interface ConnectionTimes {
  /** Absent for an address, which needs no look-up. */
  readonly dnsMs?: number;
  readonly connectMs: number;
  /** Absent without TLS. */
  readonly tlsMs?: number;
}

/** What the connector tells of each connection. */
export interface ConnectionObserver {
  readonly connected: (origin: string, times: ConnectionTimes) => void;
  /** Unix time at which the first certificate of the chain ends; told even where the chain does not hold. */
  readonly certificate: (expiryMs: number) => void;
  /** What an encrypted connection broke of; its user is told less of the reason. */
  readonly broken: (error: Error) => void;
}

/** How long a connection may take; the deadline of the run is shorter or longer than this. */
const CONNECT_LIMIT_MS = 60_000;

function connectFailure(error: unknown, place: string): ProbeFailure {
  const code = codeOf(error);
  const message = `connect ${place}: ${messageOf(error)}`;
  if (code === 'ECONNREFUSED') return new ProbeFailure('refused', message, { cause: error });
  if (code === 'ETIMEDOUT') return new ProbeFailure('timeout', message, { cause: error });
  if (code === 'ECONNRESET') return new ProbeFailure('reset', message, { cause: error });
  return new ProbeFailure('unreachable', message, { cause: error });
}

async function addressesOf(host: string): Promise<{ address: string; family: number }[]> {
  try {
    return await lookup(host, { all: true, order: 'verbatim' });
  } catch (error) {
    throw new ProbeFailure('dns', `look up ${host}: ${codeOf(error) || messageOf(error)}`, { cause: error });
  }
}

function openSocket(
  host: string,
  port: number,
  addresses: readonly { address: string; family: number }[],
  signal: AbortSignal,
) {
  return new Promise<Socket>((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      signal,
      autoSelectFamily: true,
      // The addresses are known: what is measured here is the connection alone.
      lookup: (_host, options, callback) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family ?? 0);
      },
    });
    socket.setTimeout(CONNECT_LIMIT_MS, () =>
      socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })),
    );
    socket.once('error', (error) => reject(connectFailure(error, `${host}:${port}`)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error').removeAllListeners('timeout');
      // Until its user has listeners of its own, an error must not be nobody's.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** Unix time at which the first certificate of a chain ends; undefined where none was shown. */
function earliestExpiryMs(leaf: DetailedPeerCertificate): number | undefined {
  const seen = new Set<string>();
  let earliest: number | undefined;
  for (
    let each: DetailedPeerCertificate | undefined = leaf;
    each !== undefined;
    each = each.issuerCertificate
  ) {
    // A root is its own issuer.
    if (seen.has(each.fingerprint256)) break;
    seen.add(each.fingerprint256);
    const endsMs = Date.parse(each.valid_to);
    if (!Number.isNaN(endsMs)) earliest = Math.min(earliest ?? endsMs, endsMs);
  }
  return earliest;
}

function encrypt(
  socket: Socket,
  host: string,
  tls: ClientTls,
  observer: ConnectionObserver,
): Promise<TLSSocket> {
  const verify = tls.rejectUnauthorized !== false;
  return new Promise((resolve, reject) => {
    const fail = (problem: string, cause?: unknown): void => {
      const reason = codeOf(cause) === 'ECONNRESET' ? 'reset' : 'tls';
      reject(new ProbeFailure(reason, `TLS with ${host}: ${problem}`, { cause }));
    };
    let encrypted: TLSSocket;
    try {
      encrypted = connectTls({
        ...tlsConnectOptions(withServerName(tls, host)),
        socket,
        // Judged below, so that the expiry of a certificate that does not hold is known too. Nothing is sent before.
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
        ...(tls.serverName === undefined && { host }),
      });
    } catch (error) {
      socket.destroy();
      fail(messageOf(error), error);
      return;
    }
    // For good: TLS 1.3 tells of a refusal of our certificate after the handshake, when nobody waits for it here.
    encrypted.on('error', (error) => {
      observer.broken(error);
      fail(codeOf(error) || messageOf(error), error);
    });
    encrypted.once('secureConnect', () => {
      const chain = encrypted.getPeerCertificate(true);
      // Without a certificate Node gives an empty object.
      const expiryMs = Object.keys(chain).length === 0 ? undefined : earliestExpiryMs(chain);
      if (expiryMs !== undefined) observer.certificate(expiryMs);
      if (verify && !encrypted.authorized) {
        fail(`want a certificate that holds, got ${String(encrypted.authorizationError)}`);
        encrypted.destroy();
        return;
      }
      resolve(encrypted);
    });
  });
}

/**
 * Opens the connections of a run for undici, step by step, so that each step can be timed and blamed.
 * @param signal cuts every one of them, also those that are not open yet.
 */
export function createTimedConnector(
  tls: ClientTls,
  observer: ConnectionObserver,
  nowMs: () => number,
  signal: AbortSignal,
): buildConnector.connector {
  const open = async ({ hostname, port, protocol }: buildConnector.Options): Promise<Socket> => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const isEncrypted = protocol === 'https:';
    const portNumber = Number(port === '' ? (isEncrypted ? 443 : 80) : port);
    const startMs = nowMs();
    const family = isIP(host);
    const addresses = family === 0 ? await addressesOf(host) : [{ address: host, family }];
    const resolvedMs = nowMs();
    const socket = await openSocket(host, portNumber, addresses, signal);
    const connectedMs = nowMs();
    const times = {
      ...(family === 0 && { dnsMs: resolvedMs - startMs }),
      connectMs: connectedMs - resolvedMs,
    };
    const origin = `${protocol}//${hostname}:${portNumber}`;
    if (!isEncrypted) {
      observer.connected(origin, times);
      return socket;
    }
    const encrypted = await encrypt(socket, host, tls, observer);
    observer.connected(origin, { ...times, tlsMs: nowMs() - connectedMs });
    return encrypted;
  };
  const openFor = async (
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ): Promise<void> => {
    let socket: Socket;
    try {
      socket = await open(options);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(messageOf(error), { cause: error }), null);
      return;
    }
    callback(null, socket);
  };
  return (options, callback) => void openFor(options, callback);
}
