import { readFileSync } from 'node:fs';
import { Registry } from '@prometheus-io/client';
import type { Config } from '../config/config.ts';
import type { SessionTracker } from '../detectors/session-tracker.ts';
import { openState, type State } from '../history/state-file.ts';
import { KNOWN_METHODS } from '../mcp/methods.ts';
import { baselineSeconds, exportBaseline, exportObjectives } from '../metrics/baseline-metrics.ts';
import { createDatabaseRecorder } from '../metrics/database-recorder.ts';
import { expose, type Exposition } from '../metrics/exposition.ts';
import { watchDatabase, type LiveDatabaseSink } from '../metrics/live-database.ts';
import { LiveTraffic } from '../metrics/live-traffic.ts';
import { createOtelInstruments } from '../metrics/otel-instruments.ts';
import { exportState } from '../metrics/detector-metrics.ts';
import { createSampleBoard, type SampleBoard } from '../metrics/sample-board.ts';
import { createSourceRecorder, type SourceRecorder } from '../metrics/source-metrics.ts';
import { exportSidecar, type SidecarMetrics } from '../metrics/sidecar-metrics.ts';
import { ToolLatencyBins } from '../metrics/tool-latency.ts';
import { exportTraces } from '../metrics/trace-metrics.ts';
import { createTrafficRecorder, type TrafficRecorder } from '../metrics/traffic-recorder.ts';
import type { Baseline } from '../model/baseline.ts';
import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import type { Tier } from '../model/tier.ts';
import type { TapOptions } from '../taps/tap-options.ts';
import type { Traces } from '../traces/traces.ts';
import { requireBaseline } from './read-baseline.ts';
import { watchSessions } from './watch-sessions.ts';

/** Everything between the taps and /metrics: one registry, one recorder, one live view. */
export interface Observation {
  readonly registry: Registry;
  readonly sink: TrafficRecorder;
  readonly live: LiveTraffic;
  /** What becomes of sessions; told all that the sink is told of them. */
  readonly sessions: SessionTracker;
  readonly toolLatency: ToolLatencyBins;
  readonly database: LiveDatabaseSink;
  readonly board: SampleBoard;
  readonly sources: SourceRecorder;
  readonly sidecar: SidecarMetrics;
  /** What the server is held against, fixed at the start. */
  readonly baseline: Baseline;
  /** The tier that is stated; undefined: none is. */
  readonly tier: Tier | undefined;
  /** Where what is remembered outlives the process; undefined: nowhere. */
  readonly state: State | undefined;
  /** Whether the last write of it worked; undefined: there was none. */
  readonly isStateWritten: () => boolean | undefined;
  /** @param accept the scraper's Accept header. */
  readonly metrics: (accept?: string) => Promise<Exposition>;
  readonly stop: () => Promise<void>;
}

const packageFile: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** Version of this package. */
export const VERSION = packageFile.version;

/** The tap's part of a configuration, in the tap's own terms. @param traced whether spans are made. */
export const tapOptions = ({ tap }: Config, traced: boolean): TapOptions => ({
  ...tap,
  errorPatterns: tap.errorTypes,
  traced,
});

/**
 * Sets up the metrics of one sidecar.
 * @param config asked each time a limit is needed, so that a reload takes effect at once.
 * @param traces where they are on; stopped with the rest.
 */
export function createObservation(
  config: () => Config,
  clock: Clock,
  log: Log,
  traces?: Traces,
): Observation {
  const registry = new Registry();
  const { baseline, tier } = requireBaseline(config());
  const otel = createOtelInstruments(baselineSeconds(baseline));
  const live = new LiveTraffic(clock, baseline);
  const toolLatency = new ToolLatencyBins(registry);
  const recorder = createTrafficRecorder({
    registry,
    otel,
    live,
    toolLatency,
    clock,
    baseline,
    caps: () => config().tap,
    knownMethods: KNOWN_METHODS,
    instance: config().instance,
    traceCall: traces?.traceCall,
  });
  const { sink, tracker } = watchSessions(recorder, clock);
  // Where no database and no source is configured their metrics are described, without samples.
  const board = createSampleBoard(registry, (text) => log('warn', text));
  const sources = createSourceRecorder(registry, board);
  const database = watchDatabase(createDatabaseRecorder(registry, sink.dropped), clock);
  exportBaseline(baseline, registry);
  exportObjectives(config().server.objectives, tier, registry);
  const sidecar = exportSidecar(registry, VERSION);
  sidecar.reloaded(true, clock.wallMs());
  const exportWrite = exportState(registry);
  let isStateWritten: boolean | undefined;
  const onWrite = (successful: boolean, wallMs: number): void => {
    isStateWritten = successful;
    exportWrite(successful, wallMs);
  };
  if (traces) exportTraces(registry, traces.counts);
  const { state } = config();
  return {
    registry,
    sink,
    live,
    baseline,
    tier,
    isStateWritten: () => isStateWritten,
    sessions: tracker,
    toolLatency,
    database,
    board,
    sources,
    sidecar,
    state: state && openState(state.directory, { clock, log, onWrite }),
    metrics: (accept) => expose(registry, otel.expose(), accept),
    stop: async () => {
      await Promise.all([otel.shutdown(), traces?.stop()]);
    },
  };
}
