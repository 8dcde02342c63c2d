import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { reasonOf, runChildProgram } from './child-program.ts';
import type { RunningChild } from './child-program.ts';
import { isBroken } from './demo-breaks.ts';
import { nextToolCall } from './tool-mix.ts';

/** One client among the demo's; replaced by a new one when its life is over. */
interface DemoClient {
  readonly call: () => Promise<void>;
  /** Waits for calls under way, ends the session (legacy: DELETE; a broken one does not), closes. */
  readonly end: () => Promise<void>;
}

type Era = 'legacy' | 'modern';

const legacyClients = 4;
const modernClients = 3;
/** Beyond this, new calls are left out: a server that has stopped answering is not buried in requests. */
const maxCallsUnderWay = 100;
/** How long a client lives, in milliseconds: at least, and up to so much more. Broken ones leave many sessions behind. */
const lives = isBroken('sessions') ? { least: 1500, more: 1000 } : { least: 8000, more: 20_000 };

/** Error code of a server that does not know a method. */
const METHOD_NOT_FOUND = -32_601;

/** Listens for changes of the list of tools, where the server has that. */
async function subscribe(client: Client): Promise<{ readonly close: () => Promise<void> } | undefined> {
  try {
    return await client.listen({ toolsListChanged: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === METHOD_NOT_FOUND) return undefined;
    throw error;
  }
}

async function connect(url: URL, era: Era): Promise<DemoClient> {
  const transport = new StreamableHTTPClientTransport(url);
  const client = new Client(
    { name: `demo-${era}`, version: '1.0.0' },
    { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
  );
  // After its handshake the legacy client opens the GET stream by itself.
  await client.connect(transport);
  await client.listTools();
  const subscription = era === 'modern' ? await subscribe(client) : undefined;
  const underWay = new Set<Promise<unknown>>();
  return {
    call: async () => {
      const call = client.callTool(nextToolCall(Math.random));
      underWay.add(call);
      try {
        await call;
      } finally {
        underWay.delete(call);
      }
    },
    end: async () => {
      await Promise.allSettled(underWay);
      await subscription?.close();
      if (!isBroken('sessions')) await transport.terminateSession();
      await client.close();
    },
  };
}

/**
 * Calls the server at `MCP_URL` with `RATE` tool calls a second, at random
 * moments as independent users do, whatever the answers take (open loop), from
 * clients of both eras that come and go.
 */
async function startDemoClients(): Promise<RunningChild> {
  const url = new URL(process.env['MCP_URL'] ?? '');
  const ratePerSecond = Number(process.env['RATE'] ?? 50);
  const slots = new Map<number, DemoClient>();
  const stopped = new AbortController();
  let callsUnderWay = 0;
  let lastTrouble = '';

  const say = (error: unknown): void => {
    const trouble = reasonOf(error);
    // Each trouble once: the calls that fail are counted by whoever measures them.
    if (trouble !== lastTrouble) process.stderr.write(`clients: ${trouble}\n`);
    lastTrouble = trouble;
  };
  const wait = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
  };

  const live = async (slot: number, era: Era, firstLife: () => void): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        const client = await connect(url, era);
        slots.set(slot, client);
        firstLife();
        await wait(lives.least + Math.random() * lives.more);
        slots.delete(slot);
        await client.end();
      } catch (error) {
        say(error);
        await wait(1000);
      }
    }
  };

  const callNow = async (): Promise<void> => {
    const clients = [...slots.values()];
    const client = clients[Math.floor(Math.random() * clients.length)];
    if (client === undefined || callsUnderWay >= maxCallsUnderWay) return;
    callsUnderWay += 1;
    await client.call().catch(say);
    callsUnderWay -= 1;
  };

  const calling = async (): Promise<void> => {
    let dueMs = performance.now();
    while (!stopped.signal.aborted) {
      dueMs += (-Math.log(1 - Math.random()) * 1000) / ratePerSecond;
      const aheadMs = dueMs - performance.now();
      if (aheadMs > 1) await wait(aheadMs);
      void callNow();
    }
  };

  const eras: Era[] = Array.from({ length: legacyClients + modernClients }, (_, slot) =>
    slot < legacyClients ? 'legacy' : 'modern',
  );
  const living: Promise<void>[] = [];
  await Promise.race([
    Promise.all(
      eras.map(
        async (era, slot) =>
          new Promise<void>((resolve) => {
            living.push(live(slot, era, resolve));
          }),
      ),
    ),
    sleep(5000).then(() => {
      if (slots.size === 0)
        throw new Error(`want connections to ${url.href}, got ${lastTrouble || 'no answer'}`);
      return undefined;
    }),
  ]);
  const calls = calling();
  return {
    ready: {},
    stop: async () => {
      stopped.abort();
      await calls;
      await Promise.all(living);
    },
  };
}

await runChildProgram(startDemoClients);
