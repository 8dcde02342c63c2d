import { createServer, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { listenOnLoopback } from '../../src/demo/listen-on-loopback.ts';
import { startDemo } from '../../src/demo/start-demo.ts';
import type { Demo } from '../../src/demo/start-demo.ts';

const failures: string[] = [];
let demo: Demo;

beforeAll(async () => {
  demo = await startDemo({ onFailure: (reason) => failures.push(reason) });
}, 60_000);

afterAll(async () => {
  await demo.stop();
}, 30_000);

async function withClient<T>(era: 'legacy' | 'modern', use: (client: Client) => Promise<T>): Promise<T> {
  const transport = new StreamableHTTPClientTransport(new URL(demo.serverUrl));
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
  );
  await client.connect(transport);
  try {
    return await use(client);
  } finally {
    await transport.terminateSession();
    await client.close();
  }
}

function textOf(result: Awaited<ReturnType<Client['callTool']>>): string {
  const first = result.content[0];
  return first?.type === 'text' ? first.text : '';
}

describe.each(['legacy', 'modern'] as const)('the demo server, asked by a %s client', (era) => {
  it('has the four tools of the benchmark document', async () => {
    const { tools } = await withClient(era, async (client) => client.listTools());
    expect(tools.map((tool) => tool.name).toSorted()).toEqual([
      'fetch_weather',
      'generate_report',
      'get_user',
      'process_batch',
    ]);
  });

  it('reads a user with orders, some 5 KB', async () => {
    const result = await withClient(era, async (client) =>
      client.callTool({ name: 'get_user', arguments: { user_id: '42' } }),
    );
    expect(result.isError).not.toBe(true);
    expect(JSON.parse(textOf(result))).toMatchObject({ id: 42, name: 'User 42' });
    expect(textOf(result).length).toBeGreaterThan(3000);
    expect(textOf(result).length).toBeLessThan(8000);
  });

  it('reports an unknown user as a tool error', async () => {
    const result = await withClient(era, async (client) =>
      client.callTool({ name: 'get_user', arguments: { user_id: '999999' } }),
    );
    expect(result).toMatchObject({ isError: true, content: [{ text: 'user 999999: not found' }] });
  });

  it('refuses a tool that it does not have with -32602', async () => {
    await withClient(era, async (client) => {
      await expect(client.callTool({ name: 'find_user', arguments: {} })).rejects.toMatchObject({
        code: -32_602,
      });
    });
  });

  it('writes a report over twelve months', async () => {
    const result = await withClient(era, async (client) =>
      client.callTool({ name: 'generate_report', arguments: { region: 'us-east' } }),
    );
    expect(textOf(result)).toMatch(/^Report for us-east\nUsers: .*enterprise \d+/);
    expect(textOf(result).match(/^\w{3}: \d+ orders/gm)).toHaveLength(12);
  });
});

it('answers a user from its cache, and says how often', async () => {
  const read = async () =>
    withClient('modern', async (client) =>
      client.callTool({ name: 'get_user', arguments: { user_id: '977' } }),
    );
  const [first, second] = [await read(), await read()];
  expect(textOf(second)).toBe(textOf(first));
  const page = await fetch(new URL('/metrics', demo.serverUrl));
  expect(page.headers.get('content-type')).toMatch(/^text\/plain/);
  const [, rate] = /^cache_hit_rate\{cache_type="l1"\} (\S+)$/m.exec(await page.text()) ?? [];
  expect(Number(rate)).toBeGreaterThan(0);
  expect(Number(rate)).toBeLessThan(1);
});

it('writes batches for real: the later of two items counts', async () => {
  const items = [1, 1000].map((quantity) => ({ sku: 'test', quantity, priceCents: 1, note: 'x' }));
  const result = await withClient('legacy', async (client) =>
    client.callTool({ name: 'process_batch', arguments: { items } }),
  );
  expect(JSON.parse(textOf(result))).toEqual({
    processed: 2,
    written: 1,
    rows: [{ sku: 'test', quantity: 1000 }],
  });
});

it('keeps the queries of parallel calls apart', async () => {
  await withClient('legacy', async (client) => {
    const read = async (id: number) =>
      client.callTool({ name: 'get_user', arguments: { user_id: String(id) } });
    const write = async (id: number) => {
      const items = [{ sku: `sku-${id}`, quantity: id, priceCents: 1, note: 'x' }];
      return client.callTool({ name: 'process_batch', arguments: { items } });
    };
    for (let round = 0; round < 5; round += 1) {
      const ids = Array.from({ length: 20 }, (_, n) => 1 + round * 20 + n);
      const [users, batches] = await Promise.all([Promise.all(ids.map(read)), Promise.all(ids.map(write))]);
      expect(users.map((user) => JSON.parse(textOf(user)) as unknown)).toMatchObject(
        ids.map((id) => ({ id, name: `User ${id}` })),
      );
      expect(batches.map((batch) => JSON.parse(textOf(batch)) as unknown)).toEqual(
        ids.map((id) => ({ processed: 1, written: 1, rows: [{ sku: `sku-${id}`, quantity: id }] })),
      );
    }
  });
}, 30_000);

it('runs clients of both eras that open streams, and end their sessions when stopped', async () => {
  const seen: { readonly method: string; readonly rpc: string; readonly version: string }[] = [];
  const recorder = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      seen.push({
        method: incoming.method ?? '',
        rpc: /"method":"([^"]+)"/.exec(body.toString())?.[1] ?? '',
        version: String(incoming.headers['mcp-protocol-version'] ?? ''),
      });
      const onward = httpRequest(
        demo.serverUrl,
        { method: incoming.method ?? 'GET', headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers).flushHeaders();
          answer.pipe(outgoing);
        },
      );
      outgoing.on('close', () => onward.destroy());
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  const listening = await listenOnLoopback(recorder, 0);
  const clients = await demo.startClients(`${listening.origin}/mcp`, { ratePerSecond: 30 });
  const calls = (version: string) =>
    seen.filter((each) => each.rpc === 'tools/call' && each.version === version).length;
  while (calls('2026-07-28') < 5 || calls('2025-11-25') < 5) await sleep(50);
  await clients.stop();
  await listening.close();

  const gets = seen.filter((each) => each.method === 'GET').length;
  expect(gets).toBeGreaterThan(0);
  expect(seen.filter((each) => each.rpc === 'subscriptions/listen').length).toBeGreaterThan(0);
  const opened = seen.filter((each) => each.rpc === 'initialize').length;
  expect(seen.filter((each) => each.method === 'DELETE')).toHaveLength(opened);
  expect(failures).toEqual([]);
}, 60_000);

it('says in one line that a part could not start', async () => {
  const refused = startDemo({
    onFailure: () => undefined,
    databaseUrl: 'postgresql://postgres@127.0.0.1:1/postgres',
  });
  await expect(refused).rejects.toThrow(
    /^demo server: want it running, got exit code 1 \(connect ECONNREFUSED 127\.0\.0\.1:1\)$/,
  );
}, 30_000);
