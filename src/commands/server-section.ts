import type { Config } from '../config/config.ts';
import type { LiveSnapshot } from '../model/live-snapshot.ts';
import type { PageServer } from '../model/page-server.ts';
import type { Tier } from '../model/tier.ts';
import { VERSION, type Observation } from './observation.ts';

/** The section of who is measured. */
export function serverSection(
  config: Config,
  live: LiveSnapshot,
  tier: Tier | undefined,
  { board }: Pick<Observation, 'board'>,
  startedAtMs: number,
): PageServer {
  const { objectives, tier: _tier, ...setUp } = config.server;
  const startSeconds = board.samplesOf('mcp_process_start_time_seconds')[0]?.value;
  return {
    instance: config.instance,
    upstream: live.upstream,
    listen: live.listen,
    metricsUrl: live.metricsUrl,
    version: VERSION,
    startedAtMs,
    uptimeSeconds: Math.round(live.uptimeSeconds),
    serverStartedAtMs: startSeconds === undefined ? null : Math.round(startSeconds * 1000),
    tier: tier === undefined ? null : { number: tier.tier, name: tier.name },
    setUp: Object.entries(setUp).map(([name, value]) => ({ name, value: String(value) })),
    baselineFrom:
      config.baseline.file === undefined
        ? 'the benchmark document, moved to the stated set-up'
        : `your own figures in ${config.baseline.file}`,
    objectives: { availability: objectives.availability, latency: objectives.latency },
  };
}
