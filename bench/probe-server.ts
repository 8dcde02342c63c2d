import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { serveBothEras } from '../src/demo/serve-both-eras.ts';
import { exitWithParent, listeningPort } from './child-process.ts';

// The server that the probes of the benchmark call: one cheap tool, both eras.
exitWithParent();
const endpoint = serveBothEras({
  createServer: () => {
    const server = new McpServer({ name: 'bench', version: '1' });
    server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
      content: [{ type: 'text', text }],
    }));
    return server;
  },
});
const server = createServer((request, response) => {
  endpoint.handle(request, response).catch(() => response.destroy());
});
server.listen(listeningPort(), '127.0.0.1');
