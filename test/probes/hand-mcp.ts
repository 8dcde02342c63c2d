import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHandServer, type HandServer } from '../harness/hand-server.ts';

/** A request as a hand-made server sees it. */
export interface HandRequest {
  readonly id: number | string | undefined;
  readonly method: string;
  readonly request: IncomingMessage;
}

/** Answers one method; `reply` is a JSON-RPC result. */
export type HandAnswer = (response: ServerResponse, asked: HandRequest) => void;

/** Looks at each request first; true if it has answered it. */
export type HandGuard = (request: IncomingMessage, response: ServerResponse, body: string) => boolean;

/** A hand-made MCP server of the legacy era with sessions, and what it saw. */
export interface HandMcp extends HandServer {
  /** Endpoint. */
  readonly mcpUrl: string;
  readonly opened: () => number;
  readonly deleted: () => number;
}

/** Sends a JSON-RPC result as JSON. */
export function sendResult(response: ServerResponse, id: HandRequest['id'], result: unknown): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

/** What `initialize` is answered with. */
export const initializeResult = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'hand', version: '1' },
};

/** Starts a server that shakes hands as it should, but for the methods that a test answers itself. */
export async function startHandMcp(
  answers: Readonly<Record<string, HandAnswer>> = {},
  guard: HandGuard = () => false,
): Promise<HandMcp> {
  let opened = 0;
  let deleted = 0;
  const server = await startHandServer((body, response, request) => {
    if (guard(request, response, body)) return;
    if (request.method === 'DELETE') {
      deleted += 1;
      response.writeHead(200).end();
      return;
    }
    if (request.method === 'GET') {
      response.writeHead(405).end();
      return;
    }
    const message = JSON.parse(body) as { id?: number | string; method: string };
    const own = answers[message.method];
    if (message.method === 'initialize') {
      opened += 1;
      response.setHeader('mcp-session-id', `session-${opened}`);
    }
    if (own !== undefined) own(response, { id: message.id, method: message.method, request });
    else if (message.id === undefined) response.writeHead(202).end();
    else if (message.method === 'initialize') sendResult(response, message.id, initializeResult);
    else sendResult(response, message.id, { content: [{ type: 'text', text: 'well' }] });
  });
  return { ...server, mcpUrl: `${server.url}/mcp`, opened: () => opened, deleted: () => deleted };
}
