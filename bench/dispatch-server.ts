// The least a proxy on node:http and undici's dispatch can do: no tap, no care for faults.
import http from 'node:http';
import { Pool } from 'undici';
import { exitWithParent, listeningPort, upstreamPort } from './child-process.ts';

const pool = new Pool(`http://127.0.0.1:${upstreamPort()}`, {
  connections: null,
  headersTimeout: 0,
  bodyTimeout: 0,
});

function forward(request: http.IncomingMessage, response: http.ServerResponse, body: Buffer | null): void {
  let abort: (() => void) | undefined;
  response.once('close', () => {
    if (!response.writableFinished) abort?.();
  });
  const headers: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    if (!/^(connection|content-length|transfer-encoding)$/i.test(name)) {
      headers.push(name, request.rawHeaders[i + 1] ?? '');
    }
  }
  pool.dispatch(
    { path: request.url ?? '/', method: request.method ?? 'GET', headers, body },
    {
      onConnect: (abortUpstream) => {
        abort = abortUpstream;
      },
      onHeaders: (statusCode, rawHeaders) => {
        response.writeHead(
          statusCode,
          rawHeaders.map((bytes) => bytes.toString('latin1')),
        );
        return true;
      },
      onData: (chunk) => response.write(chunk),
      onComplete: () => {
        response.end();
      },
      onError: () => {
        response.destroy();
      },
    },
  );
}

const server = http.createServer((request, response) => {
  if (request.method === 'GET') {
    forward(request, response, null);
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () =>
    forward(request, response, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
  );
});
server.requestTimeout = 0;
server.keepAliveTimeout = 60_000;
exitWithParent();
server.listen({ port: listeningPort(), host: '127.0.0.1', backlog: 4096 });
