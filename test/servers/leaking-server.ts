import { open, type FileHandle } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';

// A server without sessions whose tools use what has to be given back, and with --leak forget to.

const { values } = parseArgs({ options: { leak: { type: 'boolean' }, backend: { type: 'string' } } });
const isLeaking = values.leak === true;
/** What is forgotten stays reachable: nothing is given back by a garbage collection. */
const held: (FileHandle | Socket)[] = [];

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] });

function createToolServer(): McpServer {
  const server = new McpServer({ name: 'leaking', version: '1.0.0' });
  server.registerTool('read_file', { description: 'Reads a file.' }, async () => {
    const file = await open(import.meta.filename);
    const { bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
    if (isLeaking) held.push(file);
    else await file.close();
    return text(`${bytesRead} bytes`);
  });
  server.registerTool('ask_backend', { description: 'Asks a backend.' }, async () => {
    const socket = connect(Number(values.backend), '127.0.0.1');
    await once(socket, 'connect');
    if (isLeaking) held.push(socket);
    else socket.end();
    return text('asked');
  });
  return server;
}

const http = createServer((request, response) => {
  const server = createToolServer();
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on('close', () => void transport.close().then(() => server.close()));
  // The SDK's transport and its interface disagree under exactOptionalPropertyTypes.
  server
    .connect(transport as Parameters<typeof server.connect>[0])
    .then(() => transport.handleRequest(request, response))
    .catch((error: unknown) => {
      process.stderr.write(`request: ${String(error)}\n`);
      response.destroy();
    });
});
const listening = await listenOnLoopback(http, 0);
process.stdout.write(`listening ${listening.origin}/mcp\n`);
process.once('SIGTERM', () => process.exit());
