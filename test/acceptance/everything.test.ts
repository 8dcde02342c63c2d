import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { personWaitMs } from '../harness/clients.ts';
import type { ClientKind } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { everythingCalls, everythingOperations, workWithEverything } from '../harness/everything-work.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { total, totalBy } from '../harness/exposition.ts';
import { exchangesUnaccounted, toolCalls, toolOperations, unobserved } from '../harness/scrape.ts';
import { startEverything, stdioServers } from '../harness/servers.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectBoth, connectBothOverStdio } from '../harness/through-sidecar.ts';
import type { ClientPair } from '../harness/through-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

/** Runs the same work on both sides at once and holds the answers and the counters against it. */
async function expectSameAndCounted({ direct, proxied, metrics }: ClientPair): Promise<void> {
  const [wanted, got] = await Promise.all([workWithEverything(direct), workWithEverything(proxied)]);
  expect(got.answers).toEqual(wanted.answers);
  expect(got.progressCount).toBeGreaterThan(0);
  await eventually(async () => {
    const samples = await metrics();
    expect(toolCalls(samples)).toEqual(everythingCalls);
    expect(toolOperations(samples)).toEqual(everythingOperations);
    expect(errorsOfOthers(samples)).toEqual({ 'prompts/get -32602': 1, 'resources/read -32602': 1 });
    expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
    expect(unobserved(samples)).toEqual({});
  });
  expectPersonsTimeApart(await metrics());
}

function errorsOfOthers(samples: readonly ScrapedSample[]): Record<string, number> {
  const counts = totalBy(samples, 'request_duration_seconds_count', ['method', 'status']);
  return Object.fromEntries(
    Object.entries(counts).filter(([key]) => /^(prompts\/get|resources\/read) (?!ok$)/.test(key)),
  );
}

/**
 * The person behind the client took `personWaitMs` each time; the tools themselves take next to nothing.
 * OpenTelemetry's histogram has the whole time, as the caller felt it.
 */
function expectPersonsTimeApart(samples: readonly ScrapedSample[]): void {
  for (const [kind, tool] of [
    ['elicitation', 'trigger-elicitation-request'],
    ['sampling', 'trigger-sampling-request'],
  ] as const) {
    expect(total(samples, 'mcp_client_wait_seconds_count', { kind })).toBe(1);
    expect(total(samples, 'mcp_client_wait_seconds_sum', { kind })).toBeGreaterThan(
      (personWaitMs / 1000) * 0.9,
    );
    const wholeTime = { gen_ai_tool_name: tool };
    expect(total(samples, 'mcp_server_operation_duration_seconds_sum', wholeTime)).toBeGreaterThan(
      (personWaitMs / 1000) * 0.9,
    );
    expect(total(samples, 'request_duration_seconds_sum', { endpoint: tool })).toBeLessThan(
      (personWaitMs / 1000) * 0.9,
    );
  }
}

describe('server-everything over Streamable HTTP', () => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = stack.use(await startEverything('streamableHttp'));
  }, 60_000);

  test.each<ClientKind>(['sdk1', 'sdk2-legacy', 'sdk2-auto'])(
    'gives %s the same answers, and each call, session and stream is counted',
    async (kind) => {
      const pair = await connectBoth(stack, kind, server.url, '/mcp');
      await eventually(async () => {
        expect(totalBy(await pair.metrics(), 'mcp_streams_open', ['kind'])).toEqual({ get: 1 });
      });
      await expectSameAndCounted(pair);
      const during = await pair.metrics();
      expect(total(during, 'mcp_sessions_opened_total')).toBe(1);
      expect(total(during, 'mcp_sessions_active')).toBe(1);

      await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
      await eventually(async () => {
        const after = await pair.metrics();
        expect(totalBy(after, 'mcp_sessions_closed_total', ['reason'])).toEqual({ delete: 1 });
        expect(total(after, 'mcp_sessions_active')).toBe(0);
        expect(total(after, 'mcp_streams_open')).toBe(0);
        expect(exchangesUnaccounted(after)).toBe(0);
        // More than one is right for SDK 1: it also comes back with a GET after each JSON-RPC error.
        expect(total(after, 'mcp_stream_duration_seconds_count', { kind: 'get' })).toBeGreaterThan(0);
        expect(total(after, 'request_duration_seconds_count', { method: 'GET', status: 'ok' })).toBe(0);
      });
    },
    90_000,
  );

  test('a session that its client abandons is closed by silence, after the configured time', async () => {
    const pair = await connectBoth(stack, 'sdk1', server.url, '/mcp', ['--tap.session-idle-timeout', '6s']);
    await pair.proxied.callTool('echo', { message: 'x' });
    await Promise.all([pair.direct.abandon(), pair.proxied.abandon()]);
    await eventually(async () => {
      const after = await pair.metrics();
      expect(total(after, 'mcp_streams_open')).toBe(0);
      expect(total(after, 'mcp_sessions_active')).toBe(1);
      expect(total(after, 'mcp_sessions_closed_total')).toBe(0);
    }, 4000);
    await eventually(async () => {
      const after = await pair.metrics();
      expect(totalBy(after, 'mcp_sessions_closed_total', ['reason'])).toEqual({ idle: 1 });
      expect(total(after, 'mcp_sessions_active')).toBe(0);
    }, 30_000);
  }, 60_000);
});

describe('server-everything over HTTP+SSE', () => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = stack.use(await startEverything('sse'));
  }, 60_000);

  test.each<ClientKind>(['sdk1', 'sdk2-legacy'])(
    'gives %s the same answers, and each call is counted though it is answered on another stream',
    async (kind) => {
      const pair = await connectBoth(stack, kind, server.url, '/sse');
      await expectSameAndCounted(pair);
      const during = await pair.metrics();
      expect(total(during, 'mcp_sessions_active')).toBe(1);
      expect(totalBy(during, 'mcp_streams_open', ['kind'])).toEqual({ sse: 1 });

      await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
      await eventually(async () => {
        const after = await pair.metrics();
        expect(totalBy(after, 'mcp_sessions_closed_total', ['reason'])).toEqual({ stream_closed: 1 });
        expect(total(after, 'mcp_sessions_active')).toBe(0);
        expect(total(after, 'mcp_streams_open')).toBe(0);
        expect(exchangesUnaccounted(after)).toBe(0);
      });
    },
    90_000,
  );
});

describe('server-everything over stdio', () => {
  test.each<ClientKind>(['sdk1', 'sdk2-legacy', 'sdk2-auto'])(
    'gives %s the same answers, and each call is counted',
    async (kind) => {
      const command = stdioServers.everything;
      const pair = await connectBothOverStdio(stack, kind, { direct: command, proxied: command });
      await expectSameAndCounted(pair);
      const samples = await pair.metrics();
      expect(total(samples, 'mcp_sessions_opened_total')).toBe(1);
      expect(total(samples, 'mcp_sessions_active')).toBe(1);
    },
    90_000,
  );
});
