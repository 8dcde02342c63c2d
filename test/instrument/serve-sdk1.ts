import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { completable } from '@modelcontextprotocol/sdk/server/completable.js';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';
import type { ServerHere } from './serve-sdk2.ts';

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });
const words = (start: string | undefined) =>
  ['paris', 'park', 'hello'].filter((word) => word.startsWith(start ?? ''));

/** An SDK 1.x server with every feature, for one connection; names and answers are those of the SDK 2.x one where both exist. */
export function createSdk1Server(wrap: (server: McpServer) => McpServer): McpServer {
  const server = new McpServer({ name: 'sdk1', version: '1.0.0' }, { capabilities: { logging: {} } });
  server.registerTool('test_simple_text', {}, () => text('simple'));
  server.registerTool('test_error_handling', {}, () => {
    throw new Error('deadlock detected, this tool always fails');
  });
  server.registerTool(
    'add',
    {
      inputSchema: { a: z.number(), b: z.number() },
      outputSchema: { sum: z.number() },
    },
    ({ a, b }) => ({ ...text(String(a + b)), structuredContent: { sum: a + b } }),
  );
  // What is registered before and what after is measured alike; and twice is once.
  wrap(wrap(server));
  server.registerTool(
    'slow',
    { inputSchema: { ms: z.number() } },
    async ({ ms }, { _meta: meta, ...extra }) => {
      const progressToken = meta?.progressToken;
      for (let done = 0; done < ms; done += 50) {
        await sleep(50, undefined, { signal: extra.signal });
        if (progressToken === undefined) continue;
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress: done + 50, total: ms },
        });
      }
      return text(`slept ${ms} ms`);
    },
  );
  server.registerTool('test_elicitation', { inputSchema: { message: z.string() } }, async ({ message }) => {
    const answer = await server.server.elicitInput({
      message,
      requestedSchema: { type: 'object', properties: { username: { type: 'string' } } },
    });
    return text(JSON.stringify(answer));
  });
  server.registerTool('test_sampling', { inputSchema: { prompt: z.string() } }, async ({ prompt }) => {
    const answer = await server.server.createMessage({
      messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
      maxTokens: 10,
    });
    return text(JSON.stringify(answer.content));
  });
  server.registerTool('test_logging_tool', {}, async () => {
    await server.server.sendLoggingMessage({ level: 'info', data: 'a line' });
    return text('logged');
  });
  server.registerTool('change_tools', {}, () => {
    server.sendToolListChanged();
    return text('announced');
  });
  server.registerResource('static-text', 'test://static-text', {}, ({ href }) => ({
    contents: [{ uri: href, text: 'a text' }],
  }));
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined, complete: { id: words } }),
    {},
    ({ href }) => ({ contents: [{ uri: href, text: 'data' }] }),
  );
  server.registerPrompt(
    'test_prompt_with_arguments',
    { argsSchema: { arg1: completable(z.string(), words) } },
    ({ arg1 }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `arg1=${arg1}` } }] }),
  );
  return server;
}

/** Serves it over Streamable HTTP: with a session for each client, or (stateless) a server for each request. */
export async function serveSdk1(
  wrap: (server: McpServer) => McpServer,
  isStateless = false,
): Promise<ServerHere> {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      ...(!isStateless && { sessionIdGenerator: randomUUID }),
      onsessioninitialized: (id) => {
        transports.set(id, transport);
      },
    });
    // As the SDK's own examples do it.
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- transports have no other way
    transport.onclose = () => {
      if (transport.sessionId !== undefined) transports.delete(transport.sessionId);
    };
    await createSdk1Server(wrap).connect(transport);
    return transport;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = request.headers['mcp-session-id'];
    const transport = (typeof id === 'string' ? transports.get(id) : undefined) ?? (await open());
    if (isStateless) response.once('close', () => void transport.close());
    await transport.handleRequest(request, response);
  };
  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listening = await listenOnLoopback(http, 0);
  return {
    url: `${listening.origin}/mcp`,
    stop: async () => {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
      await listening.close();
    },
  };
}
