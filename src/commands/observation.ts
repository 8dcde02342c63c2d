import { readFileSync } from 'node:fs';
import { Registry } from '@prometheus-io/client';
import { documentBaseline } from '../baselines/document-baseline.ts';
import type { Config } from '../config/config.ts';
import { KNOWN_METHODS } from '../mcp/methods.ts';
import { baselineSeconds, exportBaseline } from '../metrics/baseline-metrics.ts';
import { expose, type Exposition } from '../metrics/exposition.ts';
import { instrument } from '../metrics/instruments.ts';
import { LiveTraffic } from '../metrics/live-traffic.ts';
import { createOtelInstruments } from '../metrics/otel-instruments.ts';
import { exportSidecar, type SidecarMetrics } from '../metrics/sidecar-metrics.ts';
import { createTrafficRecorder } from '../metrics/traffic-recorder.ts';
import type { Clock } from '../model/clock.ts';
import type { TrafficSink } from '../model/traffic.ts';
import type { TapOptions } from '../taps/tap-options.ts';

/** Everything between the taps and /metrics: one registry, one recorder, one live view. */
export interface Observation {
  readonly registry: Registry;
  readonly sink: TrafficSink;
  readonly live: LiveTraffic;
  readonly sidecar: SidecarMetrics;
  readonly metrics: () => Promise<Exposition>;
  readonly stop: () => Promise<void>;
}

const packageFile: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** Version of this package. */
export const VERSION = packageFile.version;

/** The tap's part of a configuration, in the tap's own terms. */
export const tapOptions = ({ tap }: Config): TapOptions => ({ ...tap, errorPatterns: tap.errorTypes });

/**
 * Sets up the metrics of one sidecar.
 * @param config asked each time a limit is needed, so that a reload takes effect at once.
 */
export function createObservation(config: () => Config, clock: Clock): Observation {
  const registry = new Registry();
  const baseline = documentBaseline;
  const otel = createOtelInstruments(baselineSeconds(baseline));
  const live = new LiveTraffic(clock, baseline);
  const sink = createTrafficRecorder({
    registry,
    otel,
    live,
    clock,
    baseline,
    caps: () => config().tap,
    knownMethods: KNOWN_METHODS,
    instance: config().instance,
  });
  // Documented metrics whose observer is not configured: described, without samples.
  instrument('database_query_duration_seconds', registry);
  instrument('cache_hit_rate', registry);
  instrument('connection_pool_usage', registry);
  exportBaseline(baseline, registry);
  const sidecar = exportSidecar(registry, VERSION);
  sidecar.reloaded(true, clock.wallMs());
  return {
    registry,
    sink,
    live,
    sidecar,
    metrics: () => expose(registry, otel),
    stop: () => otel.shutdown(),
  };
}
