import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/server';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';
import { serveBothEras } from '../../src/demo/serve-both-eras.ts';
import { registerContentTools, text } from '../servers/content-tools.ts';
import { registerInputRequiredTools, stateCodec } from '../servers/input-required-tools.ts';
import { registerInteractiveTools } from '../servers/interactive-tools.ts';
import { registerPrompts, registerResources } from '../servers/resources-and-prompts.ts';

/** A server in this process, at `url`. */
export interface ServerHere {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** An SDK 2.x server with every feature, for one connection. */
export function createSdk2Server(wrap: (server: McpServer) => McpServer): McpServer {
  const server = new McpServer(
    { name: 'sdk2', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: async (state, ctx) => stateCodec.verify(state, ctx) },
    },
  );
  registerContentTools(server);
  registerInteractiveTools(server);
  // What is registered before and what after is measured alike; and twice is once.
  wrap(wrap(server));
  registerInputRequiredTools(server);
  registerResources(server, new Set());
  registerPrompts(server);
  server.registerTool('change_tools', { description: 'Announces a change of tools.' }, async () => {
    server.sendToolListChanged();
    return text('announced');
  });
  return server;
}

/** Serves it over HTTP to clients of both eras: a server for each session, and for each modern request. */
export async function serveSdk2(wrap: (server: McpServer) => McpServer): Promise<ServerHere> {
  const endpoint = serveBothEras({ createServer: () => createSdk2Server(wrap) });
  const http = createServer((request, response) => {
    endpoint.handle(request, response).catch(() => response.destroy());
  });
  const listening = await listenOnLoopback(http, 0);
  return {
    url: `${listening.origin}/mcp`,
    stop: async () => {
      await endpoint.close();
      await listening.close();
    },
  };
}
