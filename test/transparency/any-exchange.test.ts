import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { total } from '../harness/exposition.ts';
import { anyExchange } from './any-exchange.ts';
import { checkExchanges } from './check-exchanges.ts';
import { exchangeCounts, startTestSidecar } from './in-process-sidecar.ts';
import type { TestSidecar } from './in-process-sidecar.ts';
import { runExchanges } from './run-exchanges.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { announceSeed } from './seed.ts';

const ENOUGH = 10_000;

let upstream: ScriptedUpstream;
let sidecar: TestSidecar;
let sent = 0;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  // Calls of a cut stream need not wait long for a resumption that never comes.
  sidecar = await startTestSidecar(upstream.url, {
    MCP_VITALS_TAP_RESUME_TIMEOUT: '50ms',
    MCP_VITALS_LISTEN_DRAIN_TIMEOUT: '1s',
    // Few label values make a quick scrape.
    MCP_VITALS_TAP_MAX_PATHS: '2',
    MCP_VITALS_TAP_MAX_METHODS: '3',
    MCP_VITALS_TAP_MAX_TOOLS: '3',
  });
});

afterAll(async () => {
  await sidecar.stop();
  await upstream.stop();
});

describe('a sidecar between a client and an upstream', () => {
  it('passes any exchange on unchanged and accounts for each', async () => {
    announceSeed('any exchange');
    await checkExchanges(anyExchange, ENOUGH, async (some) => {
      const before = exchangeCounts(await sidecar.scrape()).seen;
      await runExchanges(sidecar.port, upstream, some, () => sent++);
      // The last answers reach their clients before they are counted: a scrape at once is mostly one too many.
      await sleep(10);
      await eventually(async () => {
        const { seen, observed, dropped } = exchangeCounts(await sidecar.scrape());
        if (seen - before !== some.length || observed + dropped !== seen) {
          throw new Error(
            `exchanges: want ${some.length} more and all of them ended, got ${JSON.stringify({ before, seen, observed, dropped })}`,
          );
        }
      }, 5_000);
    });
  }, 240_000);

  it('has seen ten thousand exchanges and holds nothing of them', async () => {
    expect(sent).toBeGreaterThanOrEqual(ENOUGH);
    process.stderr.write(`any exchange: ${sent} sent\n`);
    await eventually(async () => {
      const samples = await sidecar.scrape();
      const { seen, observed, dropped } = exchangeCounts(samples);
      expect(seen).toBe(sent);
      expect(observed + dropped).toBe(seen);
      expect(total(samples, 'mcp_requests_in_flight')).toBe(0);
      expect(total(samples, 'mcp_streams_open')).toBe(0);
      expect(total(samples, 'mcp_vitals_client_connections')).toBe(0);
      expect(total(samples, 'mcp_vitals_exchanges_dropped_total', { reason: 'tap_error' })).toBe(0);
    });
    expect(sidecar.errors).toEqual([]);
  }, 30_000);
});
