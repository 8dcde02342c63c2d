import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { inRepository } from './repository.ts';
import { startProcess } from './start-process.ts';
import type { TestProcess } from './start-process.ts';

/** A running MCP server and its origin, e.g. `http://127.0.0.1:40002`. */
export interface UpstreamServer extends TestProcess {
  readonly url: string;
}

const packages = inRepository('node_modules', '@modelcontextprotocol');

/** Command lines of servers that speak stdio: program and arguments. */
export const stdioServers = {
  everything: [process.execPath, `${packages}/server-everything/dist/index.js`, 'stdio'],
  memory: [process.execPath, `${packages}/server-memory/dist/index.js`],
  filesystem: (folder: string) => [process.execPath, `${packages}/server-filesystem/dist/index.js`, folder],
  full: [process.execPath, inRepository('test', 'servers', 'full-server.ts'), '--stdio'],
} as const;

/** The reference server over Streamable HTTP at `/mcp` or over HTTP+SSE at `/sse`. */
export async function startEverything(
  transport: 'streamableHttp' | 'sse',
  nodeOptions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<UpstreamServer> {
  const port = await freePort();
  const started = await startProcess({
    command: process.execPath,
    args: [...nodeOptions, `${packages}/server-everything/dist/index.js`, transport],
    env: { ...env, PORT: String(port) },
    ready: [/on port \d+/],
  });
  return { ...started, url: `http://127.0.0.1:${port}` };
}

/** Our own server with every feature, both eras, at `/mcp`. */
export async function startFullServer(): Promise<UpstreamServer> {
  const started = await startProcess({
    command: process.execPath,
    args: [inRepository('test', 'servers', 'full-server.ts'), '--port', '0'],
    ready: [/listening (http:\/\/[^\s/]+)\/mcp/],
  });
  return { ...started, url: started.matches[0]?.[1] ?? '' };
}

/** mcp-proxy over a stdio server: both eras at `/mcp`, HTTP+SSE at `/sse`. */
export async function startMcpProxy(command: readonly string[]): Promise<UpstreamServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = await startProcess({
    command: process.execPath,
    args: [
      inRepository('node_modules', 'mcp-proxy', 'dist', 'bin', 'mcp-proxy.mjs'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--',
      ...command,
    ],
  });
  await awaitListening(url);
  return { ...started, url };
}

/** The interpreter of the virtual environment that FastMCP and uvicorn are installed in. */
export const venvPython = inRepository('.cache', 'venv', 'bin', 'python');

/** FastMCP (Python) under uvicorn with two worker processes, at `/mcp`. */
export async function startFastMcp(): Promise<UpstreamServer> {
  const port = await freePort();
  const started = await startProcess({
    command: venvPython,
    args: ['-m', 'uvicorn', 'fastmcp_server:app', '--port', String(port), '--workers', '2'],
    cwd: inRepository('test', 'servers'),
    env: { PYTHONDONTWRITEBYTECODE: '1' },
    ready: [/startup complete[^]*startup complete/],
    readyTimeoutMs: 60_000,
  });
  return { ...started, url: `http://127.0.0.1:${port}` };
}

/** Waits until an origin answers HTTP at all. */
export async function awaitListening(url: string, timeoutMs = 30_000): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      return;
    } catch (cause) {
      if (performance.now() > giveUpAt) throw new Error(`${url}: want an answer, got none`, { cause });
    }
    await sleep(50);
  }
}
