import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { listenOnLoopback } from '../harness/free-port.ts';

/** How long a connection whose client closed its sending side stays open for the answer. */
const HALF_OPEN_MS = 300;

/** An upstream that speaks bytes. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Connections that are open. */
  readonly connections: () => number;
  /** Closes every connection and listens no more. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts an upstream that hands each connection over as soon as a request's head is there.
 *
 * @param onRequest gets what came so far, latin1; called for each further request of a kept connection
 * @param port 0 (default) for a free one
 * @param allowHalfOpen go on sending after the client closed its sending side
 */
export async function startRawServer(
  onRequest: (socket: Socket, request: string) => void,
  port = 0,
  allowHalfOpen = false,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    let text = '';
    if (allowHalfOpen) socket.on('end', () => setTimeout(() => socket.end(), HALF_OPEN_MS));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
      if (text.length < head + 4 + length && !text.includes('early: yes')) return;
      const request = text;
      text = '';
      onRequest(socket, request);
    });
  });
  const bound = await listenOnLoopback(server, port);
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    connections: () => sockets.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
