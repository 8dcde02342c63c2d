import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { startSidecar, type Sidecar } from '../../src/commands/sidecar.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock, type Clock } from '../../src/model/clock.ts';
import { listenOn } from '../../src/model/listen-on.ts';

/** A sidecar with its server in one process, whose page is looked at. */
export interface PageSidecar extends Sidecar {
  readonly adminUrl: string;
  /** Calls a tool; resolves when the answer was counted. */
  readonly call: (tool: string) => Promise<void>;
  /** Ends the server, with its connections: nothing listens there any more. */
  readonly breakServer: () => Promise<void>;
  /** What it logged as a warning or an error. */
  readonly lines: readonly string[];
}

/** What the server answers to a call: `bad` fails with an internal error, `wrong` with an error of the tool. */
function answerTo({
  id,
  method,
  params,
}: {
  readonly id: number;
  readonly method?: string;
  readonly params?: { readonly name?: string };
}): object {
  if (method === 'initialize') {
    const serverInfo = { name: 'page', version: '1.0.0' };
    return { jsonrpc: '2.0', id, result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo } };
  }
  if (params?.name === 'bad')
    return { jsonrpc: '2.0', id, error: { code: -32603, message: 'deadlock detected' } };
  return { jsonrpc: '2.0', id, result: { content: [], isError: params?.name === 'wrong' } };
}

/**
 * Starts a sidecar before a server of a few lines that answers every JSON-RPC request.
 * @param flags further settings as flags.
 */
export async function startPageSidecar(
  flags: readonly string[] = [],
  { clock = systemClock, env = {} }: { readonly clock?: Clock; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<PageSidecar> {
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      const text = Buffer.concat(parts).toString();
      // Neither a probe's GET nor the end of a session says anything.
      if (text === '') {
        response.end('{}');
        return;
      }
      const message: Parameters<typeof answerTo>[0] = JSON.parse(text);
      if (message.method === 'initialize') response.setHeader('Mcp-Session-Id', randomUUID());
      response.end(JSON.stringify(answerTo(message)));
    });
  });
  const { port } = await listenOn(server, { host: '127.0.0.1', port: 0 });
  const own = ['--upstream', `http://127.0.0.1:${port}`, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
  const loaded = loadConfig({ env, flags: [...own, ...flags], requireUpstream: true });
  if (!loaded.ok) {
    server.close();
    throw new Error(loaded.problems.join('\n'));
  }
  const lines: string[] = [];
  const sidecar = await startSidecar(loaded.config, {
    clock,
    log: (level, message) => {
      if (level === 'warn' || level === 'error') lines.push(`${level} ${message}`);
    },
  });
  const breakServer = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  let id = 0;
  return {
    ...sidecar,
    lines,
    adminUrl: new URL(sidecar.metricsUrl).origin,
    call: async (tool) => {
      const before = sidecar.snapshot().totals.calls;
      const answer = await fetch(`${sidecar.listenUrl}/mcp`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method: 'tools/call', params: { name: tool } }),
      });
      await answer.text();
      while (sidecar.snapshot().totals.calls === before) await new Promise(setImmediate);
    },
    breakServer,
    stop: async () => {
      await sidecar.stop();
      if (server.listening) await breakServer();
    },
  };
}
