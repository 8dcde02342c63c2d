import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProbeCheck } from '../../src/model/probe.ts';
import { eventually } from '../harness/eventually.ts';
import { heapBytesOf, ownHeapBytes } from '../harness/live-heap.ts';
import { startEverything, type UpstreamServer } from '../harness/servers.ts';
import { sendResult, startHandMcp } from './hand-mcp.ts';
import { callOf, handshake, httpProbeOf, reasonOf, run } from './probe-definition.ts';

const RUNS = 1000;
const AT_ONCE = 8;
const MIB = 1024 ** 2;

describe('a thousand runs against the reference server', () => {
  let server: UpstreamServer;
  beforeAll(async () => {
    server = await startEverything('streamableHttp', ['--inspect=127.0.0.1:0']);
  }, 60_000);
  afterAll(() => server.stop());

  /** Runs that succeed, that fail, and that give up before the answer: each has opened a session. */
  const checks: readonly [ProbeCheck, string, timeoutMs: number][] = [
    [callOf('echo', { message: 'x' }), 'none', 30_000],
    [handshake, 'none', 30_000],
    [callOf('echo'), 'tool_error', 30_000],
    [callOf('trigger-long-running-operation', { duration: 30, steps: 1 }), 'timeout', 150],
  ];

  async function runMany(count: number): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < count) {
        const [check, reason, timeoutMs] = checks[next % 20 === 19 ? 3 : next % 3] ?? [
          handshake,
          'none',
          30_000,
        ];
        next += 1;
        const result = await run(httpProbeOf(`${server.url}/mcp`, check, { timeoutMs }));
        // A busy machine may take longer than the short deadline for the handshake, which is a timeout too.
        expect(reasonOf(result)).toBe(reason);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  it('leave no session behind, and neither the server nor ourselves any larger', async () => {
    const heaps = async () => ({ server: await heapBytesOf(server.stderr()), own: await ownHeapBytes() });
    // The first runs fill caches and compile code, on both sides.
    await runMany(RUNS * 0.4);
    const before = await heaps();
    await runMany(RUNS * 0.6);
    const after = await heaps();
    // The reference server writes one line for each session that it opens and one for each that it ends.
    await eventually(() => {
      const log = server.stdout() + server.stderr();
      const opened = log.match(/Session initialized with ID/g)?.length ?? 0;
      const ended = log.match(/Received session termination request/g)?.length ?? 0;
      expect(opened).toBeGreaterThanOrEqual(RUNS);
      expect(ended).toBe(opened);
    });
    // A session that is kept costs the server about 90 KB: 600 of them would be 54 MB.
    expect(after.server - before.server).toBeLessThan(6 * MIB);
    expect(after.own - before.own).toBeLessThan(6 * MIB);
  }, 180_000);
});

describe('a session', () => {
  it('that is opened after the deadline is ended all the same', async () => {
    const server = await startHandMcp({
      initialize: (response, { id }) => void setTimeout(() => sendResult(response, id, {}), 800),
    });
    const result = await run(httpProbeOf(server.mcpUrl, handshake, { timeoutMs: 400 }));
    expect(reasonOf(result)).toBe('timeout');
    expect([server.opened(), server.deleted()]).toEqual([1, 1]);
    await server.stop();
  });

  it('that the server does not let end is none of our failure', async () => {
    const server = await startHandMcp({}, (request, response) => {
      if (request.method !== 'DELETE') return false;
      response.writeHead(405).end();
      return true;
    });
    expect(reasonOf(await run(httpProbeOf(server.mcpUrl, callOf('x'))))).toBe('none');
    await server.stop();
  });

  it('whose end gets no answer keeps nobody waiting', async () => {
    const server = await startHandMcp({}, (request) => request.method === 'DELETE');
    const result = await run(httpProbeOf(server.mcpUrl, callOf('x')));
    expect(reasonOf(result)).toBe('none');
    expect(JSON.stringify(result.transcript)).toContain('the session was not ended');
    await server.stop();
  }, 20_000);
});
