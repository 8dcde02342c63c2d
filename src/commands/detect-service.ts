import { Registry } from '@prometheus-io/client';
import type { Config } from '../config/config.ts';
import { evaluationPace } from '../fleet/evaluation-pace.ts';
import { createQueryWatch, type QueryWatch, type SeriesRoom } from '../fleet/query-watch.ts';
import type { TrackedSeries } from '../fleet/tracked-series.ts';
import { queryName } from '../fleet/watched-query.ts';
import { expose } from '../metrics/exposition.ts';
import { exportFleet } from '../metrics/fleet-metrics.ts';
import { exportSidecar } from '../metrics/sidecar-metrics.ts';
import { renderVerdicts, type LabelledVerdict } from '../metrics/verdict-page.ts';
import { systemClock, type Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import { exitCode, printProblems, type CommandIo } from './command.ts';
import { createDetectApi } from './detect-api.ts';
import { createDetectLog } from './detect-log.ts';
import { watchedQueries } from './detect-queries.ts';
import { findingJson, worstFirst } from './detect-report.ts';
import { errorDetail, errorMessage } from './error-text.ts';
import { VERSION } from './observation.ts';
import { runTicks } from './run-ticks.ts';
import { untilSignal } from './signals.ts';
import { startAdmin } from './start-admin.ts';
import { takeBreaks } from './take-breaks.ts';
import { createLog } from './write-log.ts';
import { jsonRoutes } from '../status/admin-server.ts';

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
/** Names of queries, numbered where one detector is configured for several parts of a fleet. */
function distinctNames(watches: readonly QueryWatch[]): ReadonlyMap<QueryWatch, string> {
  const times = new Map<string, number>();
  return new Map(
    watches.map((watch) => {
      const name = queryName(watch.query);
      const time = (times.get(name) ?? 0) + 1;
      times.set(name, time);
      return [watch, time === 1 ? name : `${name} ${time}`];
    }),
  );
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
  const tell = createDetectLog(log);
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
      onProblem: (text) => tell.problem(query, text),
    }),
  );
  const names = distinctNames(watches);
  const stopped = new AbortController();
  let rounds = 0;
  let lastRoundMs: number | undefined;

  const registry = new Registry();
  exportSidecar(registry, VERSION).reloaded(true, clock.wallMs());
  const noteReading = exportFleet(registry, {
    followed: () => room.taken,
    refused: () => watches.reduce((sum, watch) => sum + watch.refused(), 0),
    rounds: () => rounds,
    lastRoundMs: () => lastRoundMs,
  });

  const advance = async (watch: QueryWatch): Promise<void> => {
    const startedMs = clock.nowMs();
    const toMs = Math.floor((clock.wallMs() - delayMs) / stepMs) * stepMs;
    const range = { fromMs: toMs - Math.floor(historyMs / stepMs) * stepMs, toMs };
    const pace = evaluationPace(intervalMs, toMs - FINE_MS);
    const { query } = watch;
    let failure: string | undefined;
    try {
      await watch.advance({ ...range, pace, signal: stopped.signal });
    } catch (error) {
      if (stopped.signal.aborted) return;
      failure = errorMessage(error);
    }
    tell.outcome(query, failure);
    const ok = failure === undefined;
    const durationMs = clock.nowMs() - startedMs;
    noteReading({ query: names.get(watch) ?? '', ok, durationMs, wallMs: clock.wallMs() });
    for (const series of watch.series()) tell.state(query, series);
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
      metrics: (accept) => expose(registry, renderVerdicts(verdicts()), accept),
      readiness: () =>
        Promise.resolve(
          rounds > 0 ? { ready: true } : { ready: false, reason: 'the past is being asked for' },
        ),
      status: () => ({
        shard: `${shard.index}/${shard.count}`,
        series: room.taken,
        queries: watches.map((watch) => ({
          name: names.get(watch),
          series: [...watch.series()].length,
          refused: watch.refused(),
          knownToMs: watch.knownToMs(),
          failure: tell.failureOf(watch.query),
        })),
      }),
      routes: [jsonRoutes({ '/api/v1/detectors': () => alarms() })],
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
