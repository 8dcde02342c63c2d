import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { startTestSidecar } from './in-process-sidecar.ts';
import type { TestSidecar } from './in-process-sidecar.ts';
import { modelledExchange } from './modelled-exchange.ts';
import { tools } from './names.ts';
import { runExchanges } from './run-exchanges.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { announceSeed, seed } from './seed.ts';

const RUNS = 120;
const MAX_PER_RUN = 140;
const LABELS = ['method', 'endpoint', 'status'];

let upstream: ScriptedUpstream;
let sidecar: TestSidecar;
let sent = 0;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  sidecar = await startTestSidecar(upstream.url, { MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s' });
});

afterAll(async () => {
  await sidecar.stop();
  await upstream.stop();
});

const counted = (samples: readonly ScrapedSample[]): Record<string, number> =>
  totalBy(samples, 'request_duration_seconds_count', LABELS);

/** Names that are labels only once the server vouched for them count as one. */
const bounded = (key: string): string => key.replace(/^x\/unknown |^other /, '* ');

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const grown: Record<string, number> = {};
  for (const [key, count] of Object.entries(after)) {
    const more = count - (before[key] ?? 0);
    if (more > 0) grown[bounded(key)] = (grown[bounded(key)] ?? 0) + more;
  }
  return grown;
}

describe('the counters of a sidecar', () => {
  it('say of any well-formed exchange what JSON.parse says of it', async () => {
    announceSeed('modelled exchange');
    await declareTools();
    const exchanges = fc.array(modelledExchange, { minLength: 1, maxLength: MAX_PER_RUN, size: 'max' });
    await fc.assert(
      fc.asyncProperty(exchanges, async (some) => {
        const before = counted(await sidecar.scrape());
        await runExchanges(sidecar.port, upstream, some, () => sent++);
        const expected: Record<string, number> = {};
        for (const { method, endpoint, status } of some.flatMap(({ calls }) => calls)) {
          const key = bounded(`${method} ${endpoint} ${status}`);
          expected[key] = (expected[key] ?? 0) + 1;
        }
        await sleep(5);
        await eventually(async () => {
          expect(difference(before, counted(await sidecar.scrape()))).toEqual(expected);
        }, 2_000);
      }),
      { seed, numRuns: RUNS, interruptAfterTimeLimit: 100_000, markInterruptAsFailure: true },
    );
  }, 130_000);

  it('have lost nothing and hold nothing after thousands of exchanges', async () => {
    expect(sent).toBeGreaterThan(5_000);
    await eventually(async () => {
      const samples = await sidecar.scrape();
      expect(total(samples, 'mcp_vitals_exchanges_observed_total')).toBe(sent + 1);
      expect(total(samples, 'mcp_vitals_exchanges_seen_total')).toBe(sent + 1);
      expect(totalBy(samples, 'mcp_vitals_tap_dropped_total', ['reason'])).toEqual({});
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      expect(total(samples, 'mcp_sessions_active')).toBe(0);
    });
    expect(sidecar.errors).toEqual([]);
  }, 30_000);
});

/** Makes the names known, so that they are labels also where a call of theirs fails. */
async function declareTools(): Promise<void> {
  const [list] = fc.sample(modelledExchange, { seed: 1, numRuns: 1 });
  if (list === undefined) throw new Error('fc.sample: want an exchange, got none');
  const body = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
  const answer = Buffer.from(
    JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: tools.map((name) => ({ name })) } }),
  );
  const json = (bytes: Buffer): [string, string][] => [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(bytes.length)],
  ];
  await runExchanges(
    sidecar.port,
    upstream,
    [
      {
        ...list,
        target: '/mcp',
        request: {
          ...list.request,
          startLine: 'POST /mcp HTTP/1.1',
          headers: [['Host', 'a'], ...json(body)],
          body,
          framing: 'length',
          trailers: [],
        },
        answer: {
          ...list.answer,
          startLine: 'HTTP/1.1 200 OK',
          headers: json(answer),
          body: answer,
          framing: 'length',
          trailers: [],
        },
      },
    ],
    () => {},
  );
}
