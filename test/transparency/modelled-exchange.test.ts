import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total, totalBy } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { checkExchanges } from './check-exchanges.ts';
import { startTestSidecar } from './in-process-sidecar.ts';
import type { TestSidecar } from './in-process-sidecar.ts';
import { makeNamesKnown } from './known-names.ts';
import { modelledExchange } from './modelled-exchange.ts';
import { runExchanges } from './run-exchanges.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { announceSeed } from './seed.ts';

const ENOUGH = 5_000;
const LABELS = ['method', 'endpoint', 'status'];

let upstream: ScriptedUpstream;
let sidecar: TestSidecar;
let sent = 0;
/** Exchanges that made names known. */
let known = 0;

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
    known = await makeNamesKnown(sidecar.port, upstream);
    let last: Record<string, number> | undefined;
    await checkExchanges(modelledExchange, ENOUGH, async (some) => {
      const before = last ?? counted(await sidecar.scrape());
      last = undefined;
      await runExchanges(sidecar.port, upstream, some, () => sent++);
      const expected: Record<string, number> = {};
      for (const { method, endpoint, status } of some.flatMap(({ calls }) => calls)) {
        const key = bounded(`${method} ${endpoint} ${status}`);
        expected[key] = (expected[key] ?? 0) + 1;
      }
      // The last answers reach their clients before they are counted: a scrape at once is mostly one too many.
      await sleep(10);
      await eventually(async () => {
        const after = counted(await sidecar.scrape());
        expect(difference(before, after)).toEqual(expected);
        last = after;
      }, 2_000);
    });
  }, 240_000);

  it('have lost nothing and hold nothing after thousands of exchanges', async () => {
    expect(sent).toBeGreaterThanOrEqual(ENOUGH);
    process.stderr.write(`modelled exchange: ${sent} sent\n`);
    await eventually(async () => {
      const samples = await sidecar.scrape();
      expect(total(samples, 'mcp_vitals_exchanges_observed_total')).toBe(sent + known);
      expect(total(samples, 'mcp_vitals_exchanges_seen_total')).toBe(sent + known);
      expect(totalBy(samples, 'mcp_vitals_tap_dropped_total', ['reason'])).toEqual({});
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      expect(total(samples, 'mcp_sessions_active')).toBe(0);
    });
    expect(sidecar.errors).toEqual([]);
  }, 30_000);
});
