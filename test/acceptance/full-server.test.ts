import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outcome, personWaitMs } from '../harness/clients.ts';
import type { ClientKind, TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import { exchangesUnaccounted, toolCalls, toolOperations, unobserved } from '../harness/scrape.ts';
import { startFullServer, stdioServers } from '../harness/servers.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectBoth, connectBothOverStdio } from '../harness/through-sidecar.ts';
import type { ClientPair } from '../harness/through-sidecar.ts';

const stack = createStopStack();
let server: UpstreamServer;
beforeAll(async () => {
  server = stack.use(await startFullServer());
}, 60_000);
afterAll(stack.stopAll, 60_000);

/** Calls of which the server makes the same answer in both eras. */
async function workOfBothEras(client: TestClient): Promise<unknown[]> {
  const steps: number[] = [];
  const onprogress = ({ progress }: { progress: number }): void => void steps.push(progress);
  const answers = [
    await outcome(client.listTools()),
    await outcome(client.callTool('test_simple_text')),
    await outcome(client.callTool('test_image_content')),
    await outcome(client.callTool('test_multiple_content_types')),
    await outcome(client.callTool('test_error_handling')),
    await outcome(client.callTool('no_such_tool')),
    await outcome(client.callTool('test_tool_with_progress', {}, { onprogress })),
    await outcome(client.readResource('test://static-text')),
    await outcome(client.readResource('test://no-such-resource')),
    await outcome(client.getPrompt('test_simple_prompt')),
  ];
  expect(steps.length).toBeGreaterThan(0);
  return answers;
}

const callsOfBothEras = {
  'test_simple_text ok': 1,
  'test_image_content ok': 1,
  'test_multiple_content_types ok': 1,
  'test_error_handling tool_error': 1,
  'other -32602': 1,
  'test_tool_with_progress ok': 1,
};

async function workOfLegacyEra(client: TestClient): Promise<unknown[]> {
  return [
    ...(await workOfBothEras(client)),
    await outcome(client.callTool('test_elicitation', { message: 'who?' })),
    await outcome(client.callTool('test_sampling', { prompt: 'what?' })),
  ];
}

async function workOfModernEra(client: TestClient): Promise<unknown[]> {
  return [
    ...(await workOfBothEras(client)),
    await outcome(client.callTool('test_input_required_result_elicitation')),
    await outcome(client.callTool('test_input_required_result_sampling')),
  ];
}

const legacyCalls = { ...callsOfBothEras, 'test_elicitation ok': 1, 'test_sampling ok': 1 };

/** The person's time is counted apart from the calls that waited for it. */
async function expectPersonsTimeApart({ metrics }: ClientPair): Promise<void> {
  const samples = await metrics();
  for (const [kind, endpoint] of [
    ['elicitation', 'test_elicitation'],
    ['sampling', 'test_sampling'],
  ] as const) {
    expect(total(samples, 'mcp_client_wait_seconds_count', { kind })).toBe(1);
    expect(total(samples, 'mcp_client_wait_seconds_sum', { kind })).toBeGreaterThan(
      (personWaitMs / 1000) * 0.9,
    );
    expect(total(samples, 'request_duration_seconds_sum', { endpoint })).toBeLessThan(
      (personWaitMs / 1000) * 0.9,
    );
  }
}

describe.each<ClientKind>(['sdk1', 'sdk2-legacy'])('the legacy era with %s', (kind) => {
  test('over HTTP: same answers, each call counted, a person waited for counted apart', async () => {
    const pair = await connectBoth(stack, kind, server.url, '/mcp');
    const [wanted, got] = await Promise.all([workOfLegacyEra(pair.direct), workOfLegacyEra(pair.proxied)]);
    expect(got).toEqual(wanted);
    await eventually(async () => {
      const samples = await pair.metrics();
      expect(toolCalls(samples)).toEqual(legacyCalls);
      expect(unobserved(samples)).toEqual({});
      expect(total(samples, 'mcp_sessions_active')).toBe(1);
    });
    await expectPersonsTimeApart(pair);
    await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
    await eventually(async () => {
      const after = await pair.metrics();
      expect(totalBy(after, 'mcp_sessions_closed_total', ['reason'])).toEqual({ delete: 1 });
      expect(total(after, 'mcp_sessions_active')).toBe(0);
      expect(total(after, 'mcp_streams_open')).toBe(0);
      expect(exchangesUnaccounted(after)).toBe(0);
    });
  }, 60_000);

  test('over stdio: same answers, each call counted, a person waited for counted apart', async () => {
    const pair = await connectBothOverStdio(stack, kind, {
      direct: stdioServers.full,
      proxied: stdioServers.full,
    });
    const [wanted, got] = await Promise.all([workOfLegacyEra(pair.direct), workOfLegacyEra(pair.proxied)]);
    expect(got).toEqual(wanted);
    await eventually(async () => expect(toolCalls(await pair.metrics())).toEqual(legacyCalls));
    await expectPersonsTimeApart(pair);
  }, 60_000);
});

describe.each<ClientKind>(['sdk2-auto', 'sdk2-pinned'])('the era of 2026-07-28 with %s', (kind) => {
  test('over HTTP: same answers, each round counted, interim results neither ok nor an error', async () => {
    const pair = await connectBoth(stack, kind, server.url, '/mcp');
    expect(pair.proxied.protocolVersion()).toBe('2026-07-28');
    const [wanted, got] = await Promise.all([workOfModernEra(pair.direct), workOfModernEra(pair.proxied)]);
    expect(got).toEqual(wanted);
    await eventually(async () => {
      const samples = await pair.metrics();
      expect(toolCalls(samples)).toEqual({
        ...callsOfBothEras,
        'test_input_required_result_elicitation input_required': 1,
        'test_input_required_result_elicitation ok': 1,
        'test_input_required_result_sampling input_required': 1,
        'test_input_required_result_sampling ok': 1,
      });
      expect(toolOperations(samples)).toMatchObject({
        'test_input_required_result_elicitation -': 2,
        'test_error_handling tool_error': 1,
      });
      expect(totalBy(samples, 'mcp_request_errors_total', ['endpoint'], { method: 'tools/call' })).toEqual({
        test_error_handling: 1,
        other: 1,
      });
      expect(total(samples, 'mcp_sessions_opened_total')).toBe(0);
      expect(unobserved(samples)).toEqual({});
      expect(exchangesUnaccounted(samples)).toBe(0);
    });
    await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
  }, 60_000);

  test('subscriptions/listen is a stream and not a request', async () => {
    const pair = await connectBoth(stack, kind, server.url, '/mcp');
    const closeDirect = await pair.direct.listen();
    const closeProxied = await pair.proxied.listen();
    await eventually(async () => {
      const samples = await pair.metrics();
      expect(totalBy(samples, 'mcp_streams_open', ['kind'])).toEqual({ listen: 1 });
    });
    await Promise.all([closeDirect(), closeProxied()]);
    await eventually(async () => {
      const samples = await pair.metrics();
      expect(total(samples, 'mcp_streams_open')).toBe(0);
      expect(total(samples, 'mcp_stream_duration_seconds_count', { kind: 'listen' })).toBe(1);
      expect(total(samples, 'request_duration_seconds_count', { method: 'subscriptions/listen' })).toBe(0);
    });
    await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
  }, 60_000);
});

test('a session that the server no longer knows is closed by its 404', async () => {
  const sidecar = stack.use(await startSidecar(['--upstream', server.url]));
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = (body: object, session: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${sidecar.url}/mcp`, {
      method: 'POST',
      headers: { ...headers, ...session },
      body: JSON.stringify({ jsonrpc: '2.0', ...body }),
    });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
  const opened = await post({ id: 1, method: 'initialize', params });
  const session = {
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  await opened.text();
  await eventually(async () => expect(total(await sidecar.metrics(), 'mcp_sessions_active')).toBe(1));

  // Behind the sidecar's back, as a restart of the server would.
  const ended = await fetch(`${server.url}/mcp`, { method: 'DELETE', headers: { ...headers, ...session } });
  expect(ended.status).toBe(200);
  const refused = await post({ id: 2, method: 'tools/list' }, session);
  expect(refused.status).toBe(404);
  await refused.text();
  await eventually(async () => {
    const after = await sidecar.metrics();
    expect(totalBy(after, 'mcp_sessions_closed_total', ['reason'])).toEqual({ not_found: 1 });
    expect(total(after, 'mcp_sessions_active')).toBe(0);
  });
}, 30_000);
