import { Registry } from '@prometheus-io/client';
import type { Config } from '../config/config.ts';
import { describeVerdict } from '../detectors/describe-verdict.ts';
import { evaluationPace } from '../fleet/evaluation-pace.ts';
import { createQueryWatch, type QueryWatch, type SeriesRoom } from '../fleet/query-watch.ts';
import type { TrackedSeries } from '../fleet/tracked-series.ts';
import { queryName } from '../fleet/watched-query.ts';
import { countElsewhere, instrument } from '../metrics/instruments.ts';
import { exportSidecar } from '../metrics/sidecar-metrics.ts';
import { renderVerdicts, type LabelledVerdict } from '../metrics/verdict-page.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import { labelsText } from '../model/labels.ts';
import type { Log } from '../model/log.ts';
import type { VerdictState } from '../model/verdict.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { createDetectApi } from './detect-api.ts';
import { watchedQueries } from './detect-queries.ts';
import { findingJson, isAsBadAs, worstFirst } from './detect-report.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import { VERSION } from './observation.ts';
import { runTicks } from './run-ticks.ts';
import { untilSignal } from './signals.ts';
import { startAdmin } from './start-admin.ts';
import { takeBreaks } from './take-breaks.ts';
import { createLog } from './write-log.ts';

/** Detectors over a fleet at work. */
export interface DetectService {
  readonly metricsUrl: string;
  /** Asks for what is new and concludes of it now, or waits for the round under way. */
  readonly tick: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What the service is given from outside. */
export interface DetectParts {
  readonly log: Log;
  readonly clock: Clock;
}

/** In the last hours of the past every conclusion counts: an alarm has to be confirmed and may be held. */
const FINE_MS = 6 * 3_600_000;
/** Rounds that a series may miss before its verdict is not shown any more. */
const MISSED_ROUNDS = 2;
/** Problems that are remembered as told; they come from an operator's configuration and are few. */
const MOST_TOLD = 1000;

/** Logs a problem once. */
function createTellOnce(log: Log): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text) || told.size >= MOST_TOLD) return;
    told.add(text);
    log('warn', text);
  };
}

/** Logs what changed of a series' state. */
function createChangeLog(log: Log): (watch: QueryWatch, series: TrackedSeries) => void {
  const states = new WeakMap<TrackedSeries, VerdictState>();
  return ({ query }, series) => {
    const { verdict, labels } = series;
    if (verdict === undefined) return;
    const before = states.get(series) ?? 'none';
    states.set(series, verdict.state);
    if (before === verdict.state) return;
    const text = describeVerdict(verdict, query.settings);
    log(
      isAsBadAs(verdict.state, 'ticket') ? 'warn' : 'info',
      `${queryName(query)} ${labelsText(labels)}: ${before} -> ${verdict.state}: ${text}`,
    );
  };
}

/** Exports how each query fares, as a source; and how the service does. */
function exportService(
  registry: Registry,
  parts: {
    readonly room: SeriesRoom;
    readonly refused: () => number;
    readonly rounds: () => number;
    readonly lastRoundMs: () => number | undefined;
  },
) {
  const up = instrument('mcp_vitals_source_up', registry);
  const duration = instrument('mcp_vitals_source_duration_seconds', registry);
  const readings = instrument('mcp_vitals_source_readings_total', registry);
  const lastSuccess = instrument('mcp_vitals_source_last_success_timestamp_seconds', registry);
  instrument('mcp_vitals_detector_series', registry, (gauge) => gauge.set(parts.room.taken));
  instrument('mcp_vitals_detect_series_refused', registry, (gauge) => gauge.set(parts.refused()));
  countElsewhere('mcp_detector_evaluations_total', registry, parts.rounds);
  instrument('mcp_detector_last_evaluation_timestamp_seconds', registry, (gauge) => {
    const atMs = parts.lastRoundMs();
    if (atMs === undefined) gauge.remove();
    else gauge.set(atMs / 1000);
  });
  return (source: string, ok: boolean, durationMs: number, wallMs: number): void => {
    up.set({ source }, ok ? 1 : 0);
    duration.set({ source }, durationMs / 1000);
    readings.inc({ source, result: 'success' }, ok ? 1 : 0);
    readings.inc({ source, result: 'failure' }, ok ? 0 : 1);
    if (ok) lastSuccess.set({ source }, wallMs / 1000);
  };
}

/**
 * Starts the detectors over a fleet: at once the past is asked for, then at each interval what is new. Every series is
 * concluded of and its verdict exported; a query that fails leaves the others alone and is caught up on later.
 * @throws Error if nothing is configured to ask, or the address cannot be listened on.
 */
export async function startDetectService(
  config: Config,
  { log, clock }: DetectParts,
): Promise<DetectService> {
  const { intervalMs, stepMs, historyMs, delayMs, maxSeries, shard, ...limits } = config.detect;
  const api = createDetectApi(config.detect);
  const room: SeriesRoom = { most: maxSeries, taken: 0 };
  const tellOnce = createTellOnce(log);
  const noteChange = createChangeLog(log);
  const watches = config.detect.queries.flatMap(watchedQueries).map((query) =>
    createQueryWatch({
      query,
      ask: api.ask,
      stepMs,
      shard,
      room,
      forgetMs: limits.forgetMs,
      timeoutMs: limits.timeoutMs,
      breathe: takeBreaks(),
      onProblem: (text) => tellOnce(`${queryName(query)}: ${text}`),
    }),
  );
  const failing = new Map<QueryWatch, string>();
  const stopped = new AbortController();
  let rounds = 0;
  let lastRoundMs: number | undefined;

  const registry = new Registry();
  exportSidecar(registry, VERSION).reloaded(true, clock.wallMs());
  const noteReading = exportService(registry, {
    room,
    refused: () => watches.reduce((sum, watch) => sum + watch.refused(), 0),
    rounds: () => rounds,
    lastRoundMs: () => lastRoundMs,
  });

  const advance = async (watch: QueryWatch): Promise<void> => {
    const startedMs = clock.nowMs();
    const toMs = Math.floor((clock.wallMs() - delayMs) / stepMs) * stepMs;
    const range = { fromMs: toMs - Math.floor(historyMs / stepMs) * stepMs, toMs };
    const pace = evaluationPace(intervalMs, toMs - FINE_MS);
    const name = queryName(watch.query);
    let failure: string | undefined;
    try {
      await watch.advance({ ...range, pace, signal: stopped.signal });
    } catch (error) {
      if (stopped.signal.aborted) return;
      failure = errorMessage(error);
    }
    if (failure === undefined && failing.delete(watch)) log('info', `${name}: answered again`);
    if (failure !== undefined) {
      if (!failing.has(watch)) log('warn', `${name}: ${failure}`);
      failing.set(watch, failure);
    }
    noteReading(name, failure === undefined, clock.nowMs() - startedMs, clock.wallMs());
    for (const series of watch.series()) noteChange(watch, series);
  };

  const round = async (): Promise<void> => {
    for (const watch of watches) {
      if (!stopped.signal.aborted) await advance(watch);
    }
    if (stopped.signal.aborted) return;
    rounds++;
    lastRoundMs = clock.wallMs();
  };

  /** Series with a verdict that is of now: one that stays away must not be an alarm for good. */
  const current = function* (): Generator<{ watch: QueryWatch; series: TrackedSeries }> {
    const sinceMs = clock.wallMs() - delayMs - (MISSED_ROUNDS + 1) * intervalMs - stepMs;
    for (const watch of watches) {
      for (const series of watch.series()) if (series.lastMs >= sinceMs) yield { watch, series };
    }
  };
  const verdicts = function* (): Generator<LabelledVerdict> {
    for (const { watch, series } of current()) {
      const { labels, verdict } = series;
      const { detector, series: named } = watch.query;
      if (verdict !== undefined) {
        yield { detector, series: named ?? labels['__name__'] ?? '', labels, verdict };
      }
    }
  };
  const alarms = (): readonly object[] =>
    worstFirst(
      [...current()].flatMap(({ watch, series: { labels, verdict, detector, lastMs } }) =>
        verdict === undefined || verdict.state === 'none'
          ? []
          : [{ query: watch.query, labels, verdict, lastMs, evidence: () => detector.evidence() }],
      ),
    ).map(findingJson);

  const admin = await startAdmin(
    () => config,
    {
      metrics: async () => ({
        contentType: registry.contentType,
        body: `${(await registry.metrics()).trimEnd()}\n${renderVerdicts(verdicts())}`,
      }),
      readiness: () =>
        Promise.resolve(
          rounds > 0 ? { ready: true } : { ready: false, reason: 'the past is being asked for' },
        ),
      status: () => ({
        shard: `${shard.index}/${shard.count}`,
        series: room.taken,
        queries: watches.map((watch) => ({
          name: queryName(watch.query),
          series: [...watch.series()].length,
          refused: watch.refused(),
          knownToMs: watch.knownToMs(),
          failure: failing.get(watch),
        })),
      }),
      routes: { '/api/v1/detectors': () => alarms() },
    },
    log,
  ).catch(async (error: unknown) => {
    await api.close();
    throw error;
  });
  const ticks = runTicks(round, intervalMs, (error) => log('error', `detect: ${errorDetail(error)}`));
  void ticks.tick();
  return {
    metricsUrl: admin.metricsUrl,
    tick: ticks.tick,
    stop: async () => {
      stopped.abort(new Error('the service is stopped'));
      await ticks.stop();
      await Promise.all([api.close(), admin.server.stop()]);
    },
  };
}

/** Runs the service until SIGTERM or SIGINT. */
export async function runDetectService(config: Config, io: CommandIo): Promise<number> {
  const log = createLog(io.stderr, () => config.log);
  // From the start: a signal that came before its handler would end the process.
  const ended = new AbortController();
  const stopping = untilSignal(['SIGTERM', 'SIGINT'], ended.signal);
  const onHangUp = (): void => log('warn', 'SIGHUP: the configuration is read at the start only');
  process.on('SIGHUP', onHangUp);
  try {
    const service = await startDetectService(config, { log, clock: systemClock });
    log('info', `${await stopping}: stopping`);
    await service.stop();
    log('info', 'stopped');
    return exitCode.ok;
  } catch (error) {
    ended.abort();
    printProblems(io, [errorMessage(error)]);
    return exitCode.misused;
  } finally {
    process.off('SIGHUP', onHangUp);
  }
}
