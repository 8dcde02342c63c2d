import { startSidecar } from '../../src/commands/sidecar.ts';
import type { Sidecar } from '../../src/commands/sidecar.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/model/clock.ts';
import { total } from '../harness/exposition.ts';
import type { ScrapedSample } from '../harness/exposition.ts';
import { scrape } from '../harness/scrape.ts';

/** A whole sidecar in the process of the test: proxy, tap, metrics and admin server on free ports. */
export interface TestSidecar extends Sidecar {
  readonly port: number;
  readonly scrape: () => Promise<ScrapedSample[]>;
  /** What it logged as an error. */
  readonly errors: readonly string[];
}

/**
 * Starts a sidecar before an upstream.
 *
 * @param env settings as variables, e.g. `{ MCP_VITALS_TAP_MAX_PATHS: '10' }`
 */
export async function startTestSidecar(
  upstreamUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TestSidecar> {
  const flags = ['--upstream', upstreamUrl, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
  const loaded = loadConfig({ env: { ...env }, flags, requireUpstream: true });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const errors: string[] = [];
  const sidecar = await startSidecar(loaded.config, {
    clock: systemClock,
    log: (level, message) => {
      if (level === 'error') errors.push(message);
    },
  });
  return {
    ...sidecar,
    errors,
    port: Number(new URL(sidecar.listenUrl).port),
    scrape: () => scrape(sidecar.metricsUrl),
  };
}

/** Exchanges by what became of their observation. */
export interface ExchangeCounts {
  readonly seen: number;
  readonly observed: number;
  readonly dropped: number;
}

/** Reads the counters of exchanges. */
export const exchangeCounts = (samples: readonly ScrapedSample[]): ExchangeCounts => ({
  seen: total(samples, 'mcp_vitals_exchanges_seen_total'),
  observed: total(samples, 'mcp_vitals_exchanges_observed_total'),
  dropped: total(samples, 'mcp_vitals_exchanges_dropped_total'),
});
