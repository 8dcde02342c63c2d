import { AsyncLocalStorage } from 'node:async_hooks';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { instrument } from '../../src/instrument/instrument.ts';
import type { Vitals } from '../../src/instrument/instrument.ts';
import { systemClock } from '../../src/model/clock.ts';
import { connect } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { parseExposition, select, total, totalBy } from '../harness/exposition.ts';
import { toolCalls } from '../harness/scrape.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { createSdk1Server, serveSdk1 } from './serve-sdk1.ts';
import { createSdk2Server } from './serve-sdk2.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 30_000);

const read = async (vitals: Vitals) => parseExposition((await vitals.metrics()).body);

async function connectInMemory(server: McpServer): Promise<{ client: Client; server: McpServer }> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(ours);
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(theirs);
  return { client, server };
}

const plainServer = (): McpServer => createSdk1Server((server) => server);

describe('a server', () => {
  it('may be wrapped when it is connected already', async () => {
    const vitals = instrument();
    const { client, server } = await connectInMemory(plainServer());
    expect(vitals.server(server)).toBe(server);
    await client.callTool({ name: 'test_simple_text' });
    expect(toolCalls(await read(vitals))).toEqual({ 'test_simple_text ok': 1 });
    await client.close();
    await vitals.stop();
  });

  it('may be wrapped as a low-level Server, and as both, and is counted once', async () => {
    const vitals = instrument();
    const bare = plainServer();
    vitals.server(bare.server);
    vitals.server(bare);
    const { client } = await connectInMemory(bare);
    await client.callTool({ name: 'test_simple_text' });
    expect(toolCalls(await read(vitals))).toEqual({ 'test_simple_text ok': 1 });
    await client.close();
  });

  it('may be measured by two at once', async () => {
    const [one, two] = [instrument(), instrument()];
    const { client } = await connectInMemory(two.server(one.server(plainServer())));
    await client.callTool({ name: 'test_simple_text' });
    for (const vitals of [one, two]) {
      expect(toolCalls(await read(vitals))).toEqual({ 'test_simple_text ok': 1 });
    }
    await client.close();
  });

  it('is connected again after it was closed', async () => {
    const vitals = instrument();
    const server = vitals.server(plainServer());
    for (let round = 0; round < 2; round++) {
      const { client } = await connectInMemory(server);
      await client.callTool({ name: 'test_simple_text' });
      await client.close();
    }
    const samples = await read(vitals);
    expect(toolCalls(samples)).toEqual({ 'test_simple_text ok': 2 });
    expect(total(samples, 'mcp_sessions_opened_total')).toBe(2);
    expect(total(samples, 'mcp_sessions_active')).toBe(0);
  });

  it('shows no more members than before', () => {
    const [bare, measured] = [plainServer(), instrument().server(plainServer())];
    expect(Object.keys(measured.server)).toEqual(Object.keys(bare.server));
    expect(Object.keys(measured)).toEqual(Object.keys(bare));
  });

  it('that cannot be wrapped stays as it is, and the fault is counted', async () => {
    const faults: unknown[] = [];
    const vitals = instrument({ onFault: (error) => faults.push(error) });
    const frozen = Object.freeze({ connect: async () => undefined });
    expect(vitals.server(frozen)).toBe(frozen);
    expect(faults).toHaveLength(1);
    expect(totalBy(await read(vitals), 'mcp_vitals_tap_dropped_total', ['reason'])).toEqual({ tap_error: 1 });
  });

  it('over stdio has a session for its one client, over pipes', async () => {
    const vitals = instrument();
    const [toServer, fromServer] = [new PassThrough(), new PassThrough()];
    const server = vitals.server(plainServer());
    await server.connect(new StdioServerTransport(toServer, fromServer));
    const send = (message: object) => toServer.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    send({
      id: 'a',
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    });
    await eventually(async () => expect(total(await read(vitals), 'request_duration_seconds_count')).toBe(1));
    send({ id: 1, method: 'tools/call', params: { name: 'test_simple_text' } });
    send({ id: '1', method: 'tools/call', params: { name: 'test_error_handling' } });
    send({ id: 2, method: 'no/such/method' });
    await eventually(async () => {
      expect(toolCalls(await read(vitals))).toEqual({
        'test_simple_text ok': 1,
        'test_error_handling tool_error': 1,
      });
    });
    const samples = await read(vitals);
    expect(
      totalBy(samples, 'request_duration_seconds_count', ['endpoint', 'status'], { method: 'other' }),
    ).toEqual({ 'stdio -32601': 1 });
    expect(
      totalBy(
        samples,
        'mcp_server_operation_duration_seconds_count',
        ['network_transport', 'mcp_protocol_version'],
        {
          mcp_method_name: 'tools/call',
        },
      ),
    ).toEqual({ 'pipe 2025-06-18': 2 });
    expect(total(samples, 'mcp_sessions_active')).toBe(1);
    await server.close();
    expect(total(await read(vitals), 'mcp_sessions_closed_total', { reason: 'exit' })).toBe(1);
  });
});

describe('a server of SDK 2.x over pipes', () => {
  it.each([
    { era: 'legacy', mode: 'legacy', version: '2025-11-25' },
    { era: 'modern', mode: { pin: '2026-07-28' }, version: '2026-07-28' },
    { era: 'negotiated', mode: 'auto', version: '2026-07-28' },
  ] as const)('is measured in the $era era, in one session', async ({ mode, version }) => {
    const vitals = instrument();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    const served = serveStdio(() => createSdk2Server((server) => vitals.server(server)), { transport: ours });
    const client = new ModernClient({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
    await client.connect(theirs);
    await client.callTool({ name: 'test_simple_text' });
    const samples = await read(vitals);
    expect(toolCalls(samples)).toEqual({ 'test_simple_text ok': 1 });
    expect(
      totalBy(
        samples,
        'mcp_server_operation_duration_seconds_count',
        ['network_transport', 'mcp_protocol_version'],
        {
          mcp_method_name: 'tools/call',
        },
      ),
    ).toEqual({ [`pipe ${version}`]: 1 });
    expect(total(samples, 'mcp_sessions_active')).toBe(1);
    await client.close();
    await served.close();
    expect(total(await read(vitals), 'mcp_sessions_active')).toBe(0);
  });
});

describe('servers of SDK 1.x over HTTP', () => {
  it('made for each request are measured each', async () => {
    const vitals = instrument();
    const server = stack.use(await serveSdk1((bare) => vitals.server(bare), true));
    const client = await connect('sdk1', { http: server.url });
    await Promise.all([1, 2, 3].map((a) => client.callTool('add', { a, b: 1 })));
    await client.stop();
    await eventually(async () => {
      const samples = await read(vitals);
      expect(toolCalls(samples)).toEqual({ 'add ok': 3 });
      expect(total(samples, 'mcp_sessions_opened_total')).toBe(0);
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
    });
  }, 20_000);

  it('keep clients apart that use equal ids at the same time', async () => {
    const vitals = instrument();
    const server = stack.use(await serveSdk1((bare) => vitals.server(bare)));
    const clients = await Promise.all([1, 2, 3].map(() => connect('sdk1', { http: server.url })));
    await Promise.all(clients.map((client, n) => client.callTool('slow', { ms: 100 * (n + 1) })));
    expect(total(await read(vitals), 'mcp_sessions_active')).toBe(3);
    await Promise.all(clients.map((client) => client.stop()));
    const samples = await read(vitals);
    expect(toolCalls(samples)).toEqual({ 'slow ok': 3 });
    // Each lasted as long as its own tool did: 100 + 200 + 300 ms.
    expect(total(samples, 'request_duration_seconds_sum', { endpoint: 'slow' })).toBeGreaterThan(0.55);
    expect(total(samples, 'mcp_sessions_active')).toBe(0);
  }, 20_000);
});

describe('a call', () => {
  it('whose connection is closed counts as cancelled and no longer as in flight', async () => {
    const vitals = instrument();
    const { client } = await connectInMemory(vitals.server(plainServer()));
    const lost = client.callTool({ name: 'slow', arguments: { ms: 20_000 } }).catch(() => 'lost');
    await eventually(async () => expect(total(await read(vitals), 'mcp_requests_in_flight')).toBe(1));
    await client.close();
    expect(await lost).toBe('lost');
    const samples = await read(vitals);
    expect(toolCalls(samples)).toEqual({ 'slow cancelled': 1 });
    expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
    expect(total(samples, 'mcp_request_errors_total')).toBe(0);
  });

  it('beyond the cap of awaited ones is given up, the oldest first', async () => {
    const vitals = instrument({ maxPending: 2 });
    const { client } = await connectInMemory(vitals.server(plainServer()));
    const calls = [1, 2, 3].map((n) => client.callTool({ name: 'slow', arguments: { ms: 50 * n } }));
    await Promise.all(calls);
    const samples = await read(vitals);
    expect(toolCalls(samples)).toEqual({ 'slow ok': 2 });
    expect(totalBy(samples, 'mcp_vitals_tap_dropped_total', ['reason'])).toEqual({ pending_full: 1 });
    expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
    await client.close();
  });

  it('is answered as ever when our own code fails, and the fault is counted', async () => {
    let isBroken = false;
    const faults: unknown[] = [];
    const vitals = instrument({
      onFault: (error) => faults.push(error),
      clock: {
        ...systemClock,
        nowMs: () => {
          if (isBroken) throw new Error('no time');
          return systemClock.nowMs();
        },
      },
    });
    const { client } = await connectInMemory(vitals.server(plainServer()));
    isBroken = true;
    expect(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).toMatchObject({
      structuredContent: { sum: 3 },
    });
    await expect(client.getPrompt({ name: 'none' })).rejects.toMatchObject({ code: -32602 });
    isBroken = false;
    expect(faults.length).toBeGreaterThanOrEqual(2);
    expect(totalBy(await read(vitals), 'mcp_vitals_tap_dropped_total', ['reason'])).toEqual({
      tap_error: faults.length,
    });
    await client.close();
  });

  it('runs in the asynchronous context that the transport delivered it in', async () => {
    const vitals = instrument();
    const context = new AsyncLocalStorage<string>();
    const server = new McpServer({ name: 'context', version: '1.0.0' });
    server.registerTool('where', {}, () => ({
      content: [{ type: 'text', text: context.getStore() ?? 'nowhere' }],
    }));
    const { client } = await connectInMemory(vitals.server(server));
    const answer = await context.run('here', () => client.callTool({ name: 'where' }));
    expect(answer).toMatchObject({ content: [{ text: 'here' }] });
    await client.close();
  });

  it('is held against the baseline, by the size of its batch where that is configured', async () => {
    const vitals = instrument({
      batchTools: new Map([['slow', 'rows']]),
      baseline: {
        throughputPerSecond: 100,
        latency: { p50Ms: 10_000 },
        errorRatio: 0.01,
        cpuRatio: 0.5,
        memoryBytes: 1,
        poolRatio: 0.5,
        cacheHitRatio: 0.5,
        tools: new Map([['slow', { latency: { p99Ms: 20 } }]]),
      },
    });
    const { client } = await connectInMemory(vitals.server(plainServer()));
    await client.callTool({ name: 'slow', arguments: { ms: 60, rows: [1, 2, 3] } });
    await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } });
    const samples = await read(vitals);
    expect(totalBy(samples, 'mcp_requests_over_baseline_total', ['tool', 'percentile'])).toEqual({
      'slow p99': 1,
    });
    expect(total(samples, 'mcp_tool_batch_size_sum', { tool: 'slow' })).toBe(3);
    expect(total(samples, 'mcp_baseline_latency_seconds', { tool: 'slow' })).toBe(0.02);
    await client.close();
  });

  it('of a tool beyond the cap is counted under "other"', async () => {
    const vitals = instrument({ maxTools: 1 });
    const { client } = await connectInMemory(vitals.server(plainServer()));
    await client.callTool({ name: 'test_simple_text' });
    await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } });
    expect(toolCalls(await read(vitals))).toEqual({ 'test_simple_text ok': 1, 'other ok': 1 });
    await client.close();
  });
});

describe('the page of metrics', () => {
  it('has no metric of the wire, and none of what is not observed', async () => {
    const { body, contentType } = await instrument().metrics();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    const names = parseExposition(body).map(({ name }) => name);
    expect(names).toContain('mcp_requests_in_flight');
    for (const absent of ['mcp_streams_open', 'mcp_vitals_exchanges_seen_total', 'cache_hit_rate']) {
      expect(body).not.toContain(absent);
    }
    expect(select(parseExposition(body), 'mcp_baseline_error_ratio')).toEqual([]);
  });
});
