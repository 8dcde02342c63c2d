import { inRepository } from '../harness/repository.ts';
import { startProcess } from '../harness/start-process.ts';
import type { UpstreamServer } from '../harness/servers.ts';

/** Starts the server whose times are known (test/servers/known-server.ts), at `/mcp`. */
export async function startKnown(...args: readonly string[]): Promise<UpstreamServer> {
  const started = await startProcess({
    command: process.execPath,
    args: [inRepository('test', 'servers', 'known-server.ts'), ...args],
    ready: [/listening (\S+)/],
  });
  return { ...started, url: started.matches[0]?.[1] ?? '' };
}

/** What it says of itself: calls so far, and sessions that are open. */
export async function truthOf({ url }: UpstreamServer): Promise<{ calls: number; sessions: number }> {
  const found: { calls: number; sessions: number } = JSON.parse(await (await fetch(`${url}/truth`)).text());
  return found;
}
