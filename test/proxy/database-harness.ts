import net from 'node:net';
import { once } from 'node:events';
import type { ConnectionEnd, ObserveConnection } from '../../src/model/connection.ts';
import { startDatabaseProxy } from '../../src/proxy/database-proxy.ts';
import type { DatabaseProxy, DatabaseProxyOptions } from '../../src/proxy/database-proxy.ts';
import type { DatabaseProxySettings } from '../../src/proxy/database-settings.ts';
import { closeLater } from './harness.ts';

export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
export const GSSENC_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]);

/** A StartupMessage of protocol 3.0 with a user. */
export const START_UP = packet(Buffer.from('\0\x03\0\0user\0ada\0\0', 'latin1'));

/** A CancelRequest for process 7. */
export const CANCEL_REQUEST = packet(Buffer.from([0x04, 0xd2, 0x16, 0x2e, 0, 0, 0, 7, 1, 2, 3, 4]));

/** Bytes with their int32 length before them, behind a type if there is one. */
export function packet(body: Buffer, type = ''): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** Starts a proxy before a port of 127.0.0.1; it is drained after the test. */
export async function databaseProxyTo(
  port: number,
  changes: Partial<DatabaseProxySettings> = {},
  options: Partial<DatabaseProxyOptions> = {},
): Promise<DatabaseProxy & { readonly port: number }> {
  const settings: DatabaseProxySettings = {
    upstream: { host: '127.0.0.1', port },
    tlsMode: 'pass',
    tls: {},
    connectTimeoutMs: 5_000,
    ...changes,
  };
  const proxy = await startDatabaseProxy({
    listen: { host: '127.0.0.1', port: 0 },
    settings: () => settings,
    onObserverError: (error) => {
      throw error;
    },
    ...options,
  });
  closeLater(() => proxy.drain(0));
  return { ...proxy, port: proxy.address.port };
}

/** What an observer saw of one connection. */
export interface DatabaseRecording {
  readonly fromClient: Buffer[];
  readonly fromServer: Buffer[];
  /** How often it was told that the server closed its side. */
  serverEnded: number;
  readonly ends: ConnectionEnd[];
}

/** An observer that copies what it is shown, as a tap would. */
export function databaseRecorder(): { observe: ObserveConnection; recordings: DatabaseRecording[] } {
  const recordings: DatabaseRecording[] = [];
  return {
    recordings,
    observe: () => {
      const recording: DatabaseRecording = { fromClient: [], fromServer: [], serverEnded: 0, ends: [] };
      recordings.push(recording);
      return {
        fromClient: (chunk) => recording.fromClient.push(Buffer.from(chunk)),
        fromServer: (chunk) => recording.fromServer.push(Buffer.from(chunk)),
        serverEnded: () => void recording.serverEnded++,
        end: (outcome) => recording.ends.push(outcome),
      };
    },
  };
}

/** A connection of which a test sees every byte and how it ends. */
export interface Peer {
  readonly socket: net.Socket;
  readonly bytes: () => Buffer;
  /** Resolves when that many bytes have come; fails when the connection ends before. */
  readonly received: (length: number) => Promise<Buffer>;
  /** `end` after a FIN, or the code of the error. */
  readonly ended: Promise<string>;
}

/** Follows a socket from its start. */
export function follow(socket: net.Socket): Peer {
  const chunks: Buffer[] = [];
  let length = 0;
  const checks = new Set<() => void>();
  const ended = new Promise<string>((resolve) => {
    socket.on('end', () => resolve('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.on('close', () => resolve('close'));
  });
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    for (const check of checks) check();
  });
  closeLater(() => {
    socket.destroy();
  });
  const bytes = (): Buffer => Buffer.concat(chunks);
  const received = (wanted: number): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (length < wanted) return;
        checks.delete(check);
        resolve(bytes());
      };
      checks.add(check);
      check();
      const fail = async (): Promise<void> => {
        const how = await ended;
        check();
        reject(new Error(`connection: want ${wanted} bytes, got ${length} and ${how}`));
      };
      void fail();
    });
  return { socket, bytes, received, ended };
}

/** Connects to a port of 127.0.0.1. */
export async function connectTo(port: number): Promise<Peer> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const peer = follow(socket);
  await once(socket, 'connect');
  return peer;
}

/** A server on 127.0.0.1 that hands its connections over one by one. */
export async function startPeerServer(): Promise<{
  readonly port: number;
  readonly next: () => Promise<Peer>;
  readonly open: () => number;
  readonly close: () => void;
}> {
  const waiting: Peer[] = [];
  const takers: ((peer: Peer) => void)[] = [];
  let open = 0;
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open++;
    socket.on('close', () => open--);
    const peer = follow(socket);
    const taker = takers.shift();
    if (taker === undefined) waiting.push(peer);
    else taker(peer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listen: no address');
  const next = (): Promise<Peer> =>
    new Promise((resolve) => {
      const peer = waiting.shift();
      if (peer === undefined) takers.push(resolve);
      else resolve(peer);
    });
  return { port: address.port, next, open: () => open, close: () => server.close() };
}

/** Fields of an ErrorResponse by their letter; undefined if the bytes are not exactly one. */
export function errorFields(bytes: Buffer): Record<string, string> | undefined {
  if (bytes[0] !== 'E'.charCodeAt(0) || bytes.length < 7 || bytes.readInt32BE(1) !== bytes.length - 1)
    return undefined;
  const text = bytes.toString('utf8', 5);
  if (!text.endsWith('\0\0')) return undefined;
  return Object.fromEntries(
    text
      .slice(0, -2)
      .split('\0')
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
}
