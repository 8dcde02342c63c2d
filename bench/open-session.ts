import { ANSWER_BYTES, TOOL_NAME } from './payload.ts';
import type { Route } from './orders.ts';

const LIMIT_MS = 10_000;
const PROTOCOL_VERSION = '2025-06-18';

// The JSON-RPC message in an answer: its body, or the data of its only SSE event.
function messageIn(text: string): { id?: unknown; result?: unknown } {
  const data = /^data: ?(\{.*)$/m.exec(text)?.[1] ?? text;
  const message: { id?: unknown; result?: unknown } = JSON.parse(data);
  return message;
}

/**
 * Opens an MCP session over the route as a client does, lists the tools and
 * makes one call. Gives the route with the session's id; throws if an answer
 * is not the one the server behind it gave.
 */
export async function openSession(route: Route): Promise<Route> {
  let sessionId: string | undefined;
  const send = async (message: { method: string; params?: object; id?: number }): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${route.port}${route.path}`, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...(sessionId === undefined
          ? {}
          : { 'mcp-session-id': sessionId, 'mcp-protocol-version': PROTOCOL_VERSION }),
      },
      body: JSON.stringify({
        method: message.method,
        params: message.params,
        jsonrpc: '2.0',
        id: message.id,
      }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`session on port ${route.port}: want status 2xx, got ${response.status} ${text}`);
    sessionId ??= response.headers.get('mcp-session-id') ?? undefined;
    return text;
  };
  const clientInfo = { name: 'bench', version: '1.0.0' };
  await send({
    method: 'initialize',
    params: { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo },
    id: 1,
  });
  await send({ method: 'notifications/initialized' });
  await send({ method: 'tools/list', id: 2 });
  const text = await send({
    method: 'tools/call',
    params: { name: TOOL_NAME, arguments: {} },
    id: 10_000_003,
  });
  const message = messageIn(text);
  const bytes = JSON.stringify(message).length;
  if (message.id !== 10_000_003 || message.result === undefined || bytes < ANSWER_BYTES) {
    throw new Error(
      `tools/call on port ${route.port}: want a result of ${ANSWER_BYTES} bytes, got ${text.slice(0, 200)}`,
    );
  }
  return { ...route, sessionId };
}
