import type { Config } from '../config/config.ts';
import { createBytesPerSession } from '../detectors/bytes-per-session.ts';
import { watchName, type Reading, type Watch } from '../detectors/watch.ts';
import { decodeArchive, encodeArchive, type ArchivedSeries } from '../history/series-archive.ts';
import type { State } from '../history/state-file.ts';
import { exportDetectors } from '../metrics/detector-metrics.ts';
import { isReadable } from '../metrics/metric-page.ts';
import type { Clock } from '../model/clock.ts';
import { USUAL_PACE, type DetectorPace } from '../model/detector-pace.ts';
import type { LiveDetectors } from '../model/live-detectors.ts';
import type { Log } from '../model/log.ts';
import { parseSelector } from '../model/series-selector.ts';
import { VERDICT_STATES, type Verdict, type VerdictState } from '../model/verdict.ts';
import { describeWatched, detectorReport, liveDetectors } from './detector-report.ts';
import { detectorWatches } from './detector-watches.ts';
import { createDueTimes } from './due-times.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import { FollowedSeries } from './followed-series.ts';
import type { Observation } from './observation.ts';
import { createPastRequests } from './past-requests.ts';
import { createHistoryRefill, type HistoryRefill } from './refill-history.ts';
import { runTicks } from './run-ticks.ts';
import { createSeriesReader, type Sampling } from './series-reader.ts';
import { takeBreaks } from './take-breaks.ts';
import type { WatchedSeries } from './watched-series.ts';

/** What the detectors are given from outside. */
export interface DetectorParts {
  readonly observation: Observation;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the usual one. */
  readonly pace?: DetectorPace | undefined;
  /** What else is known of what a detector watches, in one line, for its verdicts that say something. */
  readonly remark?: (detector: string) => string | undefined;
  /** Told that a detector has become urgent; gives the path of what was captured for it, if anything was. Never rejects. */
  readonly onUrgent?: (detector: string) => Promise<string | undefined>;
}

/** Detectors at work. */
export interface Detectors {
  readonly snapshot: () => LiveDetectors;
  /** Every series that is followed, with what was concluded of it. */
  readonly watched: () => readonly WatchedSeries[];
  /** Unix time of the last evaluation, in milliseconds. */
  readonly lastEvaluationMs: () => number | undefined;
  /** Answer of `/api/v1/detectors`. */
  readonly report: () => object;
  /** Samples now, or waits for the sampling under way; concludes and saves if that is due. */
  readonly tick: () => Promise<void>;
  /** Saves what is remembered and ends. */
  readonly stop: () => Promise<void>;
}

/** A bin of latencies is as long as one of the detectors. */
const LATENCY_BIN_MS = 5 * 60_000;
/** Longer than a detector remembers: a series that was silent for so long is forgotten. */
const FORGET_MS = 8 * 24 * 3_600_000;

/** The time of a start is computed from the clock on the wall, which may be corrected a little. */
const SAME_START_MS = 10_000;

/** Name of the history in the state directory. */
const STATE_NAME = 'detectors';
const MEMORY: Reading = { from: 'page', selector: 'mcp_process_memory_bytes' };
const SESSIONS: Reading = { from: 'page', selector: 'mcp_sessions_active' };

const isAtLeast = (least: VerdictState, verdict: Verdict | undefined): boolean =>
  verdict !== undefined && VERDICT_STATES.indexOf(verdict.state) >= VERDICT_STATES.indexOf(least);

/** Logs a text once. */
function createTellOnce(log: Log): (level: 'warn' | 'error', text: string) => void {
  const told = new Set<string>();
  return (level, text) => {
    if (!told.has(text)) log(level, text);
    told.add(text);
  };
}

async function readArchive(
  state: State | undefined,
  log: Log,
  silentSinceMs: number,
): Promise<readonly ArchivedSeries[]> {
  const bytes = await state?.readState(STATE_NAME);
  if (bytes === undefined) return [];
  try {
    return decodeArchive(bytes).filter(({ lastMs }) => lastMs >= silentSinceMs);
  } catch (error) {
    log('warn', `detectors: begin anew: ${errorMessage(error)}`);
    return [];
  }
}

/** The refill that is configured, if there is one. */
function createRefill({ detectors, sources }: Config, clock: Clock): HistoryRefill | undefined {
  const { prometheus } = sources;
  const { enabled, selector } = detectors.refill;
  if (!detectors.enabled || !enabled || prometheus === undefined) return undefined;
  return createHistoryRefill({ prometheus, selector, toMs: clock.wallMs() });
}

/** Metrics that a configuration asks for and that are none of ours, one line each. */
function unknownMetrics(watches: readonly Watch[]): readonly string[] {
  return watches.flatMap((watch) =>
    [watch.value, watch.load].flatMap((reading): string[] => {
      const name = reading.from === 'page' ? parseSelector(reading.selector).name : undefined;
      if (name === undefined || isReadable(name)) return [];
      const wanted = "a metric of this sidecar that is not one of OpenTelemetry's";
      return [`detector ${watchName(watch)}: want ${wanted}, got ${name}`];
    }),
  );
}

/**
 * Starts the detectors: every 15 seconds each series is measured, every 15 minutes (`detectors.interval`) concluded of,
 * every 5 minutes what they remember is written to the state directory. Nothing of it is on the path of traffic, no
 * slice of it takes long, and no fault of it ends the sidecar.
 * @param config asked each time, so that a reload takes effect.
 */
export async function startDetectors(config: () => Config, parts: DetectorParts): Promise<Detectors> {
  const { observation, clock, log, pace = USUAL_PACE } = parts;
  const { registry, live, toolLatency } = observation;
  // Hours that were only a minute are no history for the next start, and have none.
  const isUsual = pace.rate === 1;
  const state = isUsual ? observation.state : undefined;
  const followed = new FollowedSeries(await readArchive(state, log, clock.wallMs() - FORGET_MS), log);
  const past = createPastRequests(isUsual ? createRefill(config(), clock) : undefined, log);
  const reader = createSeriesReader({
    registry,
    requests: () => live.requests(),
    toolLatency: () => toolLatency.last(),
  });
  const bytesPerSession = createBytesPerSession();
  let bytesPerSessionOf: number | undefined;
  const tellOnce = createTellOnce(log);
  let evaluations = 0;
  let lastEvaluationMs: number | undefined;

  const anchorMs = clock.wallMs();
  const startedMs = clock.nowMs();
  /** A time on the wall as the detectors count it. */
  const counted = (wallMs: number): number => anchorMs + (wallMs - anchorMs) * pace.rate;
  const nowCounted = (): number => counted(clock.wallMs());
  const isBinOver = createDueTimes(startedMs + LATENCY_BIN_MS / pace.rate);
  const isEvaluationDue = createDueTimes(startedMs);
  const isSaveDue = createDueTimes(startedMs + pace.saveMs);

  exportDetectors(registry, {
    figures: () =>
      followed
        .values()
        .flatMap(({ watch: { detector, series }, verdict }) =>
          verdict === undefined ? [] : [{ detector, series, verdict }],
        ),
    followed: () => followed.size,
    refused: () => followed.refused,
    evaluations: () => evaluations,
    lastEvaluationMs: () => lastEvaluationMs,
    bytesPerSession: bytesPerSession.estimate,
  });

  const followSessions = async (sampling: Sampling): Promise<void> => {
    const startMs = await sampling.processStartMs();
    if (startMs !== undefined) {
      if (Math.abs(startMs - (bytesPerSessionOf ?? startMs)) > SAME_START_MS) bytesPerSession.reset();
      bytesPerSessionOf = startMs;
    }
    const [bytes, sessions] = [await sampling.read(MEMORY), await sampling.read(SESSIONS)];
    if (bytes !== undefined && sessions !== undefined) {
      bytesPerSession.add({ atMs: nowCounted(), bytes, sessions });
    }
  };

  const watchesNow = ({ detectors }: Config): readonly Watch[] => {
    const readings = followed.values().map(({ watch }) => watch.value);
    const tools = readings.flatMap((value) => (value.from === 'tool' ? [value.tool] : []));
    return detectorWatches(detectors, new Set([...toolLatency.last().keys(), ...tools]));
  };

  const sampleAll = async (nowMs: number): Promise<void> => {
    if (isBinOver(nowMs, LATENCY_BIN_MS / pace.rate)) toolLatency.close();
    const inForce = config();
    const watches = watchesNow(inForce);
    for (const text of unknownMetrics(watches)) tellOnce('warn', text);
    followed.keep(watches, nowMs - FORGET_MS / pace.rate);
    const sampling = reader.sample(inForce, nowMs);
    await followSessions(sampling);
    const startMs = await sampling.processStartMs();
    const atMs = nowCounted();
    const breathe = takeBreaks();
    for (const watch of watches) {
      // Both even without the other: a rate needs the reading before.
      const [value, load] = [await sampling.read(watch.value), await sampling.read(watch.load)];
      if (value === undefined || (watch.needsLoad && !(value > 0 && (load ?? 0) > 0))) continue;
      const limit = await sampling.limit(watch.limits);
      const startedAtMs = watch.endsWithProcess && startMs !== undefined ? counted(startMs) : undefined;
      followed.guard(watch, () => {
        const one = followed.of(watch, nowMs, (made) => past.ask(made, limit, clock.wallMs()));
        one?.add({ atMs, value, load, startedAtMs, limit });
      });
      await breathe();
    }
  };

  const tellChange = (one: WatchedSeries, before: Verdict | undefined): void => {
    const { watch, verdict } = one;
    if (verdict === undefined || verdict.state === (before?.state ?? 'none')) return;
    const text = `${verdict.state}: ${describeWatched(one, parts.remark)}`;
    log(isAtLeast('ticket', verdict) ? 'warn' : 'info', `detector ${watchName(watch)}: ${text}`);
    if (!isAtLeast('urgent', verdict) || isAtLeast('urgent', before)) return;
    // Not waited for: it may take minutes, and the other series are to be concluded of.
    parts.onUrgent?.(watch.detector).then(
      (path) => void (one.capturePath = path ?? one.capturePath),
      (error: unknown) => tellOnce('error', `evidence: ${errorDetail(error)}`),
    );
  };

  const evaluateAll = async (): Promise<void> => {
    await followed.each((one) => {
      if (!one.isWaiting) tellChange(one, one.evaluate(nowCounted()));
    });
    evaluations++;
    lastEvaluationMs = clock.wallMs();
  };

  const save = async (): Promise<void> => {
    if (state === undefined) return;
    const archive = await followed.archive();
    await state.writeState(STATE_NAME, encodeArchive(archive));
  };

  const round = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    const { enabled, intervalMs } = config().detectors;
    if (!enabled) return followed.clear();
    await sampleAll(nowMs);
    // The first conclusion waits for the past.
    const isPending = evaluations === 0 && followed.values().some(({ isWaiting }) => isWaiting);
    if (!isPending && isEvaluationDue(nowMs, intervalMs / pace.rate)) await evaluateAll();
    if (isSaveDue(nowMs, pace.saveMs)) await save();
    return undefined;
  };

  const ticks = runTicks(round, pace.sampleMs, (error) =>
    tellOnce('error', `detectors: ${errorDetail(error)}`),
  );

  return {
    snapshot: () => liveDetectors(followed.values(), pace.rate, parts.remark),
    watched: () => [...followed.values()],
    lastEvaluationMs: () => lastEvaluationMs,
    report: () => detectorReport(followed.values(), parts.remark),
    tick: ticks.tick,
    stop: async () => {
      await past.stop();
      await ticks.stop();
      await save();
    },
  };
}
