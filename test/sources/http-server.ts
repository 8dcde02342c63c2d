import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { listenOnLoopback } from '../harness/free-port.ts';

/** A server on loopback whose behaviour a test may change at any time. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** What answers from now on. */
  answer: RequestListener;
  /** Requests so far. */
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  /** Connections that are open now. */
  readonly connections: () => Promise<number>;
  /** Connections ever opened. */
  readonly opened: () => number;
  readonly stop: () => Promise<void>;
}

/** Answers 200 with a text. */
export const textAnswer =
  (body: string, contentType = 'text/plain; version=0.0.4; charset=utf-8'): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };

/** Answers with JSON. */
export const jsonAnswer =
  (body: unknown, statusCode = 200): RequestListener =>
  (_, response) => {
    response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

/** Starts a server; request bodies are read before it answers. With TLS options it speaks https. */
export async function startServer(
  answer: RequestListener,
  tls?: ServerOptions,
  port = 0,
): Promise<TestServer> {
  let opened = 0;
  const requests: TestServer['requests'] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body });
      started.answer(request, response);
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  // Longer than any test, so that a connection that ends was ended by the client.
  server.keepAliveTimeout = 60_000;
  server.on('connection', () => (opened += 1));
  const bound = await listenOnLoopback(server, port);
  const started: TestServer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${bound}`,
    port: bound,
    answer,
    requests,
    opened: () => opened,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;
}
