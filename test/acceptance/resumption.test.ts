import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from '../harness/clients.ts';
import type { ClientKind } from '../harness/clients.ts';
import { startCutRelay } from '../harness/cut-relay.ts';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import { exchangesUnaccounted, toolCalls, unobserved } from '../harness/scrape.ts';
import { startEverything, startFullServer } from '../harness/servers.ts';
import type { UpstreamServer } from '../harness/servers.ts';
import { startSidecar } from '../harness/sidecar.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll, 60_000);

describe.each<ClientKind>(['sdk1', 'sdk2-legacy'])('a stream cut under %s', (kind) => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = stack.use(await startEverything('streamableHttp'));
  }, 60_000);

  /** A long call whose connections are all reset after its second progress notification, with no way back until it is done. */
  async function callThroughCut(origin: string): Promise<{ answer: unknown; progress: number[] }> {
    const relay = stack.use(await startCutRelay(origin));
    const client = await connect(kind, { http: `${relay.url}/mcp` });
    const progress: number[] = [];
    let isCut = false;
    const answer = await client.callTool(
      'trigger-long-running-operation',
      { duration: 1.6, steps: 8 },
      {
        onprogress: (step) => {
          progress.push(step.progress);
          if (step.progress !== 2 || isCut) return;
          isCut = true;
          relay.cut();
          setTimeout(relay.mend, 2000);
        },
      },
    );
    await client.stop();
    return { answer, progress };
  }

  test('is resumed with Last-Event-ID as it is without a sidecar, and the call is counted once, as ok', async () => {
    const sidecar = stack.use(await startSidecar(['--upstream', server.url]));
    const [direct, proxied] = await Promise.all([callThroughCut(server.url), callThroughCut(sidecar.url)]);
    expect(proxied.answer).toEqual(direct.answer);
    expect(proxied.progress).toEqual(expect.arrayContaining([1, 2]));
    await eventually(async () => {
      const samples = await sidecar.metrics();
      // The tool is `other`: this client never listed the tools.
      expect(Object.values(toolCalls(samples))).toEqual([1]);
      expect(Object.keys(toolCalls(samples))[0]).toMatch(/ ok$/);
      expect(total(samples, 'request_duration_seconds_sum', { method: 'tools/call' })).toBeGreaterThan(1);
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      expect(total(samples, 'mcp_streams_open')).toBe(0);
      expect(unobserved(samples)).toEqual({});
      expect(exchangesUnaccounted(samples)).toBe(0);
      expect(totalBy(samples, 'mcp_sessions_closed_total', ['reason'])).toEqual({ delete: 1 });
    });
  }, 60_000);
});

/** A call whose POST stream the server closes after `retry:`, so that the client comes for the answer with a GET. */
async function callThroughEndedStream(kind: ClientKind, origin: string): Promise<unknown> {
  const client = await connect(kind, { http: `${origin}/mcp` });
  await client.listTools();
  const answer = await client.callTool('test_reconnection');
  await client.stop();
  return answer;
}

describe.each<ClientKind>(['sdk1', 'sdk2-legacy'])('a stream that the server ends early under %s', (kind) => {
  test('delivers the answer on a GET with Last-Event-ID, and the call is counted once, as ok', async () => {
    const server = stack.use(await startFullServer());
    const sidecar = stack.use(await startSidecar(['--upstream', server.url]));
    const [direct, proxied] = await Promise.all([
      callThroughEndedStream(kind, server.url),
      callThroughEndedStream(kind, sidecar.url),
    ]);
    expect(proxied).toEqual(direct);
    await eventually(async () => {
      const samples = await sidecar.metrics();
      expect(toolCalls(samples)).toEqual({ 'test_reconnection ok': 1 });
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      expect(total(samples, 'mcp_streams_open')).toBe(0);
      expect(unobserved(samples)).toEqual({});
      expect(exchangesUnaccounted(samples)).toBe(0);
    });
  }, 60_000);
});
