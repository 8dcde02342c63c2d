import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outcome } from '../harness/clients.ts';
import type { ClientKind, TestClient } from '../harness/clients.ts';
import { eventually } from '../harness/eventually.ts';
import { select, total, totalBy } from '../harness/exposition.ts';
import { describeWith } from '../harness/requirement.ts';
import { exchangesUnaccounted, toolCalls, toolOperations, unobserved } from '../harness/scrape.ts';
import { startFastMcp, startMcpProxy, stdioServers, venvPython } from '../harness/servers.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import { connectBoth } from '../harness/through-sidecar.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

const legacy: ClientKind[] = ['sdk1', 'sdk2-legacy'];
const modern: ClientKind[] = ['sdk2-auto', 'sdk2-pinned'];
const isModern = (kind: ClientKind): boolean => modern.includes(kind);

/** Protocol versions that tool calls were counted under. */
const MODERN_VERSION = '2026-07-28';

async function workThroughMcpProxy(client: TestClient): Promise<unknown[]> {
  const answers = [
    await outcome(client.listTools()),
    await outcome(client.callTool('echo', { message: 'through two proxies' })),
    await outcome(client.callTool('get-sum', { a: 40, b: 2 })),
    await outcome(client.callTool('get-sum', { a: 'forty' })),
    await outcome(client.callTool('no-such-tool')),
    await outcome(client.readResource('demo://resource/static/document/features.md')),
    await outcome(client.getPrompt('no-such-prompt')),
  ];
  const steps: number[] = [];
  const onprogress = ({ progress }: { progress: number }): void => void steps.push(progress);
  const long = client.callTool('trigger-long-running-operation', { duration: 0.4, steps: 4 }, { onprogress });
  answers.push(await outcome(long));
  expect(steps.length).toBeGreaterThan(0);

  const leaving = new AbortController();
  const cancelled = client.callTool(
    'trigger-long-running-operation',
    { duration: 30, steps: 150 },
    { signal: leaving.signal, onprogress: () => leaving.abort() },
  );
  answers.push(await outcome(cancelled));
  return answers;
}

describe('mcp-proxy before server-everything, both eras at one endpoint', () => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = stack.use(await startMcpProxy(stdioServers.everything));
  }, 60_000);

  test.each([...legacy, ...modern])(
    'gives %s the same answers, and each call is counted',
    async (kind) => {
      const pair = await connectBoth(stack, kind, server.url, '/mcp');
      expect(pair.proxied.protocolVersion()).toBe(isModern(kind) ? MODERN_VERSION : '2025-11-25');
      const [wanted, got] = await Promise.all([
        workThroughMcpProxy(pair.direct),
        workThroughMcpProxy(pair.proxied),
      ]);
      expect(got).toEqual(wanted);
      await eventually(async () => {
        const samples = await pair.metrics();
        expect(toolCalls(samples)).toEqual({
          'echo ok': 1,
          'get-sum ok': 1,
          'get-sum tool_error': 1,
          'other tool_error': 1,
          'trigger-long-running-operation ok': 1,
          'trigger-long-running-operation cancelled': 1,
        });
        expect(
          totalBy(samples, 'mcp_server_operation_duration_seconds_count', ['mcp_protocol_version'], {
            mcp_method_name: 'tools/call',
          }),
        ).toEqual({ [isModern(kind) ? MODERN_VERSION : '2025-11-25']: 6 });
        expect(total(samples, 'mcp_sessions_opened_total')).toBe(isModern(kind) ? 0 : 1);
      });
      await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
      await eventually(async () => {
        const after = await pair.metrics();
        expect(total(after, 'mcp_sessions_active')).toBe(0);
        expect(total(after, 'mcp_streams_open')).toBe(0);
        expect(total(after, 'mcp_requests_in_flight')).toBe(0);
        expect(unobserved(after)).toEqual({});
        expect(exchangesUnaccounted(after)).toBe(0);
      });
    },
    60_000,
  );
});

async function workWithFastMcp(client: TestClient): Promise<unknown[]> {
  return [
    await outcome(client.listTools()),
    await outcome(client.callTool('add', { a: 40, b: 2 })),
    await outcome(client.callTool('add', { a: 'forty', b: 2 })),
    await outcome(client.callTool('fail')),
    await outcome(client.callTool('no_such_tool')),
    await outcome(client.readResource('notes://today')),
    await outcome(client.getPrompt('greet', { name: 'Ada' })),
    ...(await Promise.all(
      [10, 20, 30, 40].map((milliseconds) => outcome(client.callTool('wait', { milliseconds }))),
    )),
  ];
}

describeWith(venvPython, 'python3 -m venv .cache/venv && .cache/venv/bin/pip install fastmcp uvicorn')(
  'FastMCP under uvicorn with two workers',
  () => {
    let server: UpstreamServer;
    beforeAll(async () => {
      server = stack.use(await startFastMcp());
    }, 90_000);

    test.each([...legacy, ...modern])(
      'gives %s the same answers, and each call is counted',
      async (kind) => {
        const pair = await connectBoth(stack, kind, server.url, '/mcp');
        const [wanted, got] = await Promise.all([
          workWithFastMcp(pair.direct),
          workWithFastMcp(pair.proxied),
        ]);
        expect(got).toEqual(wanted);
        await eventually(async () => {
          const samples = await pair.metrics();
          expect(toolCalls(samples)).toEqual({
            'add ok': 1,
            'add tool_error': 1,
            'fail tool_error': 1,
            'other tool_error': 1,
            'wait ok': 4,
          });
          expect(toolOperations(samples)).toEqual({
            'add -': 1,
            'add tool_error': 1,
            'fail tool_error': 1,
            'other tool_error': 1,
            'wait -': 4,
          });
          const errors = select(samples, 'mcp_request_errors_total', { method: 'tools/call' });
          expect(errors.reduce((sum, { value }) => sum + value, 0)).toBe(3);
        });
        await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
      },
      60_000,
    );

    test('both workers answer through the sidecar', async () => {
      const workers = new Set<string>();
      const pair = await connectBoth(stack, 'sdk2-pinned', server.url, '/mcp');
      await eventually(async () => {
        // So many at once that one worker does not take all connections.
        const answers = await Promise.all(Array.from({ length: 40 }, () => pair.proxied.callTool('worker')));
        for (const answer of answers) workers.add(JSON.stringify(answer));
        expect(workers.size).toBe(2);
      });
      await Promise.all([pair.direct.stop(), pair.proxied.stop()]);
    }, 60_000);
  },
);
