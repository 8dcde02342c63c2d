// A server of the HTTP+SSE transport of 2024-11-05 for tests:
//   node test/servers/sse-server.ts --port 0     prints "listening http://127.0.0.1:PORT/sse"
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { z } from 'zod';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';

const transports = new Map<string, SSEServerTransport>();

function createSseServer(): McpServer {
  const server = new McpServer({ name: 'sse-server', version: '1.0.0' });
  server.registerTool('echo', { inputSchema: { message: z.string() } }, async ({ message }) => ({
    content: [{ type: 'text', text: message }],
  }));
  server.registerTool('fail', {}, async () => ({ content: [{ type: 'text', text: 'no' }], isError: true }));
  server.registerTool(
    'slow',
    { inputSchema: { ms: z.number().int().min(0).max(60_000) } },
    async ({ ms }, { _meta: meta, sendNotification, signal }) => {
      const progressToken = meta?.progressToken;
      if (progressToken !== undefined) {
        await sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress: 0, total: ms },
        });
      }
      await sleep(ms, undefined, { signal: signal });
      return { content: [{ type: 'text', text: `slept ${ms} ms` }] };
    },
  );
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sse.test');
  if (request.method === 'GET' && url.pathname === '/sse') {
    const transport = new SSEServerTransport('/message', response);
    transports.set(transport.sessionId, transport);
    response.once('close', () => transports.delete(transport.sessionId));
    await createSseServer().connect(transport);
    return;
  }
  const transport = transports.get(url.searchParams.get('sessionId') ?? '');
  if (request.method === 'POST' && url.pathname === '/message' && transport !== undefined) {
    await transport.handlePostMessage(request, response);
    return;
  }
  response.writeHead(404).end();
}

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    process.stderr.write(`request: ${String(error)}\n`);
    response.destroy();
  });
});
const listening = await listenOnLoopback(server, Number(values.port ?? 0));
process.stdout.write(`listening ${listening.origin}/sse\n`);
process.once('SIGTERM', () => void listening.close());
