// A full-featured MCP server of both eras for tests:
//   node test/servers/full-server.ts --port 0     prints "listening http://127.0.0.1:PORT/mcp"
//   node test/servers/full-server.ts --stdio
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';
import { serveBothEras } from '../../src/demo/serve-both-eras.ts';
import { registerContentTools, text } from './content-tools.ts';
import { createEventStore } from './event-store.ts';
import { registerInputRequiredTools, stateCodec } from './input-required-tools.ts';
import { registerInteractiveTools } from './interactive-tools.ts';
import { registerPrompts, registerResources } from './resources-and-prompts.ts';

/** Tells clients of both eras about changes. */
interface Announce {
  readonly toolsChanged: () => void;
  readonly promptsChanged: () => void;
  readonly resourceUpdated: (uri: string) => void;
}

const subscriptions = new Map<McpServer, Set<string>>();

function createFullServer(announce: Announce): McpServer {
  const server = new McpServer(
    { name: 'full-server', version: '1.0.0' },
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
  registerInputRequiredTools(server);
  const subscribed = new Set<string>();
  subscriptions.set(server, subscribed);
  registerResources(server, subscribed);
  registerPrompts(server);
  server.registerTool(
    'test_trigger_tool_change',
    { description: 'Announces a change of tools.' },
    async () => {
      announce.toolsChanged();
      return text('announced');
    },
  );
  server.registerTool(
    'test_trigger_prompt_change',
    { description: 'Announces a change of prompts.' },
    async () => {
      announce.promptsChanged();
      return text('announced');
    },
  );
  server.registerTool(
    'update_resource',
    { description: 'Announces that a resource was updated.', inputSchema: z.object({ uri: z.string() }) },
    async ({ uri }) => {
      announce.resourceUpdated(uri);
      return text('announced');
    },
  );
  return server;
}

function announceTo(servers: () => readonly McpServer[]): Announce {
  return {
    toolsChanged: () => {
      for (const server of servers()) server.sendToolListChanged();
    },
    promptsChanged: () => {
      for (const server of servers()) server.sendPromptListChanged();
    },
    resourceUpdated: (uri) => {
      for (const server of servers()) {
        if (subscriptions.get(server)?.has(uri) === true) void server.server.sendResourceUpdated({ uri });
      }
    },
  };
}

async function serveHttp(port: number): Promise<void> {
  const legacy = announceTo(() => endpoint.legacyServers());
  const announce: Announce = {
    toolsChanged: () => {
      legacy.toolsChanged();
      endpoint.notify.toolsChanged();
    },
    promptsChanged: () => {
      legacy.promptsChanged();
      endpoint.notify.promptsChanged();
    },
    resourceUpdated: (uri) => {
      legacy.resourceUpdated(uri);
      endpoint.notify.resourceUpdated(uri);
    },
  };
  const endpoint = serveBothEras({
    createServer: (era) => {
      const server = createFullServer(announce);
      // Only sessions can be subscribed; servers of single requests would pile up here.
      if (era === 'modern') subscriptions.delete(server);
      return server;
    },
    onSessionEnd: (server) => subscriptions.delete(server),
    eventStore: createEventStore(),
    retryIntervalMs: 200,
  });
  const validHost = localhostHostValidation();
  const validOrigin = localhostOriginValidation();
  const server = createServer((request, response) => {
    if (!validHost(request, response) || !validOrigin(request, response)) return;
    if (request.url?.split('?')[0] !== '/mcp') {
      response.writeHead(404).end();
      return;
    }
    endpoint.handle(request, response).catch((error: unknown) => {
      process.stderr.write(`request: ${String(error)}\n`);
      response.destroy();
    });
  });
  const listening = await listenOnLoopback(server, port);
  process.stdout.write(`listening ${listening.origin}/mcp\n`);
  process.once('SIGTERM', () => {
    void endpoint.close().then(listening.close);
  });
}

const { values } = parseArgs({ options: { port: { type: 'string' }, stdio: { type: 'boolean' } } });
if (values.stdio === true) {
  const servers: McpServer[] = [];
  serveStdio(() => {
    const server = createFullServer(announceTo(() => servers));
    servers.push(server);
    return server;
  });
} else {
  await serveHttp(Number(values.port ?? 0));
}
