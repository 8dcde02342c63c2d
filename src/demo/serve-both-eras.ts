import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import type { NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, isInitializeRequest, isLegacyRequest } from '@modelcontextprotocol/server';
import type { EventStore, McpHttpHandler, McpServer } from '@modelcontextprotocol/server';

/** Options of {@link serveBothEras}. */
export interface ServeBothErasOptions {
  /** Makes a server: one per session of the legacy era, one per request of the modern era. */
  readonly createServer: (era: 'legacy' | 'modern') => McpServer;
  /** Called once for the server of each legacy session that has ended. */
  readonly onSessionEnd?: (server: McpServer) => void;
  /** Makes legacy streams resumable with `Last-Event-ID`. */
  readonly eventStore?: EventStore;
  /** The `retry:` that priming events of legacy streams carry. */
  readonly retryIntervalMs?: number;
  /** A legacy session that nobody has used for this long is closed (10 min). */
  readonly sessionIdleMs?: number;
}

/** An MCP endpoint for both eras. */
export interface BothErasEndpoint {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Publishes changes to `subscriptions/listen` streams of modern clients. */
  readonly notify: McpHttpHandler['notify'];
  /** Servers of the legacy sessions that are open. */
  readonly legacyServers: () => readonly McpServer[];
  readonly close: () => Promise<void>;
}

interface Session {
  readonly server: McpServer;
  readonly transport: NodeStreamableHTTPServerTransport;
  openRequests: number;
  usedAtMs: number;
}

const maxBodyBytes = 8 * 1024 * 1024;

function rpcError(response: ServerResponse, status: number, code: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }));
}

/** `method` is optional on both sides, but declared in ways that exact optional types keep apart. */
function asLike(request: IncomingMessage): NodeIncomingMessageLike {
  const { method = 'GET', url = '/', headers } = request;
  return { method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() };
}

/** The body as parsed JSON; undefined for an empty or broken one, which the SDK answers itself. */
async function readJson(
  request: IncomingMessage,
): Promise<{ readonly ok: boolean; readonly json?: unknown }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return { ok: false };
    chunks.push(chunk);
  }
  try {
    return { ok: true, json: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return { ok: false };
  }
}

/**
 * Serves one definition of a server to clients of both eras at one URL: with
 * sessions, GET streams and DELETE to those of 2025-11-25 and before, and
 * POST-only to those of 2026-07-28. The SDK's own entry serves legacy clients
 * without sessions only, so the two are put side by side here.
 */
export function serveBothEras(options: ServeBothErasOptions): BothErasEndpoint {
  const { createServer, sessionIdleMs = 600_000 } = options;
  const sessions = new Map<string, Session>();
  const modern = createMcpHandler(() => createServer('modern'), { legacy: 'reject' });
  const handleModern = toNodeHandler(modern, { maxRequestBodySize: maxBodyBytes });

  const sweep = setInterval(
    () => {
      for (const [id, session] of sessions) {
        const idleMs = performance.now() - session.usedAtMs;
        if (session.openRequests > 0 || idleMs <= sessionIdleMs) continue;
        sessions.delete(id);
        options.onSessionEnd?.(session.server);
        void session.server.close();
      }
    },
    Math.min(sessionIdleMs, 30_000),
  ).unref();

  const openSession = async (): Promise<Session> => {
    const server = createServer('legacy');
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, session);
      },
      onsessionclosed: (id) => {
        sessions.delete(id);
        options.onSessionEnd?.(server);
      },
      ...(options.eventStore && { eventStore: options.eventStore }),
      ...(options.retryIntervalMs !== undefined && { retryInterval: options.retryIntervalMs }),
    });
    const session: Session = { server, transport, openRequests: 0, usedAtMs: performance.now() };
    await server.connect(transport);
    return session;
  };

  const handleLegacy = async (request: IncomingMessage, response: ServerResponse, json?: unknown) => {
    const id = request.headers['mcp-session-id'];
    let session = typeof id === 'string' ? sessions.get(id) : undefined;
    if (session === undefined) {
      if (id !== undefined) {
        rpcError(response, 404, -32_001, 'Session not found');
        return;
      }
      if (!isInitializeRequest(json)) {
        rpcError(response, 400, -32_000, 'Bad Request: Mcp-Session-Id header is required');
        return;
      }
      session = await openSession();
    }
    const used = session;
    used.openRequests += 1;
    response.once('close', () => {
      used.openRequests -= 1;
      used.usedAtMs = performance.now();
    });
    await used.transport.handleRequest(request, response, json);
  };

  return {
    handle: async (request, response) => {
      if (request.method === 'GET' || request.method === 'DELETE') {
        await handleLegacy(request, response);
        return;
      }
      const body = await readJson(request);
      if (!body.ok) {
        rpcError(response, 400, -32_700, 'Parse error: want a JSON body of at most 8 MiB');
        return;
      }
      const legacy = await isLegacyRequest(await toWebRequest(asLike(request), body.json), body.json);
      if (legacy) await handleLegacy(request, response, body.json);
      else await handleModern(asLike(request), response, body.json);
    },
    notify: modern.notify,
    legacyServers: () => [...sessions.values()].map((session) => session.server),
    close: async () => {
      clearInterval(sweep);
      await modern.close();
      await Promise.all([...sessions.values()].map(async (session) => session.server.close()));
    },
  };
}
