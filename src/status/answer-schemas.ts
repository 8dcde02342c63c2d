import { z } from 'zod';
import { PROBE_KINDS, TOOL_CHANGES } from '../model/probe.ts';
import { FAILURE_REASONS, PROBE_PHASES, PROBE_STATES } from '../model/probe-result.ts';
import { unixMs } from '../model/page-verdict.ts';
import { SESSION_AGES } from '../model/session-census.ts';
import { VERDICT_STATES } from '../model/verdict.ts';

// Answers that were there before the page: their types stand elsewhere, and tests hold these schemas against them. What
// is not known is absent in them.

const percentiles = { p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number(), p999Ms: z.number() };
const some = z.object(percentiles).partial();
const errors = z.object({ transport: z.number(), rpc: z.number(), tool: z.number() });
const ratio = z.object({ type: z.string(), ratio: z.number() });

const liveRow = z
  .object({
    name: z.string(),
    calls: z.number(),
    ratePerSecond: z.number(),
    recentCalls: z.number(),
    baseline: some.optional(),
    errors,
    errorRatio: z.number().optional(),
  })
  .extend(some.shape)
  .meta({ id: 'LiveRow', description: 'A tool, or all of them.' });

const liveVerdict = {
  detector: z.string(),
  series: z.string(),
  state: z.enum(VERDICT_STATES),
  text: z.string(),
  brief: z.string(),
};

const phases = z.partialRecord(z.enum(PROBE_PHASES), z.number());
const drift = z.record(z.enum(TOOL_CHANGES), z.array(z.string()));

const probeRun = z
  .object({
    startedWallMs: unixMs,
    outcome: z.enum(['success', 'retried', 'failure']),
    durationMs: z.number(),
    callMs: z.number().optional(),
    phases,
    reason: z.enum(FAILURE_REASONS).optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'ProbeRun', description: 'A run of a probe.' });

const summary = z
  .object({
    name: z.string(),
    kind: z.enum(PROBE_KINDS),
    target: z.string(),
    schedule: z.string(),
    enabled: z.boolean(),
    state: z.enum(PROBE_STATES),
    stateSinceMs: unixMs.optional(),
    lastRun: probeRun.optional(),
    lastSuccessMs: unixMs.optional(),
    certificateExpiryMs: unixMs.optional(),
    baselineMs: z.number().optional(),
    drift: drift.optional(),
  })
  .meta({ id: 'ProbeSummary', description: 'A probe in a list.' });

const header = z.tuple([z.string(), z.string()]);
const transcriptEntry = z.union([
  z.object({ atMs: z.number(), type: z.enum(['note', 'sent', 'received', 'stderr']), text: z.string() }),
  z.object({
    atMs: z.number(),
    type: z.literal('request'),
    exchange: z.number(),
    method: z.string(),
    url: z.string(),
    headers: z.array(header),
    body: z.string(),
  }),
  z.object({
    atMs: z.number(),
    type: z.literal('answer'),
    exchange: z.number(),
    status: z.number(),
    headers: z.array(header),
  }),
  z.object({
    atMs: z.number(),
    type: z.literal('body'),
    exchange: z.number(),
    text: z.string(),
    bytes: z.number(),
  }),
]);

const probeResult = z
  .object({
    startedWallMs: unixMs,
    durationMs: z.number(),
    callMs: z.number().optional(),
    phases,
    failure: z.object({ reason: z.enum(FAILURE_REASONS), message: z.string() }).optional(),
    certificateExpiryMs: unixMs.optional(),
    protocolVersion: z.string().optional(),
    server: z.string().optional(),
    drift: drift.optional(),
    tools: z.record(z.string(), z.record(z.string(), z.string())).optional(),
    transcript: z.object({ entries: z.array(transcriptEntry), dropped: z.number() }),
    attempts: z.number(),
    baselineMs: z.number().optional(),
  })
  .meta({ id: 'ProbeResult', description: 'What came of a run, with its transcript.' });

/** Schema of `/api/v1/probes`. */
export const probesAnswer = z
  .object({ probes: z.array(summary) })
  .meta({ id: 'ProbesAnswer', description: 'Every probe.' });

/** Schema of `/api/v1/probes/<name>`. */
export const probeAnswer = z
  .object({
    ...summary.shape,
    runs: z.array(probeRun),
    failures: z.array(probeResult),
    last: probeResult.optional(),
  })
  .meta({ id: 'ProbeAnswer', description: 'All that is kept of a probe.' });

/** Schema of `/api/v1/status`. */
export const statusAnswer = z
  .object({
    uptimeSeconds: z.number(),
    upstream: z.string(),
    listen: z.string(),
    metricsUrl: z.string(),
    requestsPerSecond: z.number(),
    recentRequests: z.number(),
    baselineRequestsPerSecond: z.number(),
    errorRatio: z.number().optional(),
    inFlight: z.number(),
    sessionsActive: z.number(),
    sessionsOpened: z.number(),
    sessionsClosed: z.number(),
    streamsOpen: z.number(),
    errors,
    tools: z.array(liveRow),
    totals: liveRow,
    backends: z.object({
      database: z
        .object({
          queriesPerSecond: z.number(),
          errors: z.number(),
          connections: z.number(),
          opaque: z.number(),
          busy: z.number(),
        })
        .extend(some.shape)
        .optional(),
      caches: z.array(ratio),
      pools: z.array(ratio),
      process: z
        .object({
          cpuCores: z.number(),
          memoryBytes: z.number(),
          memoryLimitBytes: z.number(),
          threads: z.number(),
          openFiles: z.number(),
          restarts: z.number(),
        })
        .partial()
        .optional(),
      failing: z.array(z.string()),
    }),
    detectors: z
      .object({
        series: z.number(),
        watchedSeconds: z.number(),
        rate: z.number(),
        verdicts: z.array(z.object(liveVerdict)),
      })
      .optional(),
    probes: z.array(summary),
    tapDropped: z.number(),
  })
  .meta({ id: 'StatusAnswer', description: 'What the terminal view shows.' });

// In JSON what has no end is null.
const endless = z.number().nullable();
const estimate = z.object({ low: endless, best: endless, high: endless });
const verdict = z.object({
  state: z.enum(VERDICT_STATES),
  atMs: unixMs,
  sinceMs: unixMs,
  path: z.enum(['trend', 'daily', 'lives']).optional(),
  slopePerHour: estimate.optional(),
  growth: endless.optional(),
  spanMs: endless.optional(),
  watchedMs: z.number(),
  level: endless.optional(),
  limit: endless.optional(),
  isLimitKnown: z.boolean(),
  secondsToLimit: estimate.optional(),
  loadExplained: endless.optional(),
  restarts: z.number(),
  lives: z.array(z.object({ fromMs: unixMs, toMs: unixMs, slopePerHour: endless })),
  rules: z.array(z.object({ rule: z.string(), outcome: z.enum(['passed', 'held']), text: z.string() })),
});

/** Schema of `/api/v1/detectors`. */
export const detectorsAnswer = z
  .object({
    series: z.array(
      z.object({
        ...liveVerdict,
        capture: z.string().optional(),
        unit: z.enum(['bytes', 'seconds', 'count', 'ratio', 'per_second']),
        direction: z.enum(['up', 'down']),
        verdict,
        timesToLimit: z.array(z.record(z.string(), z.unknown())),
        evidence: z
          .object({
            fit: z.object({ fromMs: unixMs, from: z.number(), toMs: unixMs, to: z.number() }).optional(),
            limit: z.number().optional(),
            restartsMs: z.array(unixMs),
            points: z.array(z.tuple([z.number(), z.number(), z.number(), endless])),
          })
          .optional(),
      }),
    ),
  })
  .meta({ id: 'DetectorsAnswer', description: 'Every verdict with its rules and its evidence.' });

const count = z.number();

/** Schema of `/api/v1/sessions`. */
export const sessionsAnswer = z
  .object({
    diagnosis: z.string(),
    text: z.string(),
    spanSeconds: z.number(),
    opened: count,
    adopted: count,
    closed: z.record(z.enum(['delete', 'not_found', 'idle', 'stream_closed', 'evicted', 'exit']), count),
    active: count,
    silent: count,
    byAge: z.partialRecord(z.enum(SESSION_AGES.map(({ label }) => label)), count),
    clients: z.array(z.object({ client: z.string(), opened: count, deleted: count, left: count })),
    afterDelete: z
      .union([
        z.object({ kind: z.literal('server_count'), deleted: count, held: count, kept: count }),
        z.object({ kind: z.literal('memory'), deleted: count, bytesPerSession: z.number() }),
      ])
      .optional(),
  })
  .meta({ id: 'SessionsAnswer', description: 'What becomes of sessions.' });

/** Schema of an answer that is an error. */
export const errorAnswer = z
  .object({ error: z.string().describe('What was wanted and what came.') })
  .meta({ id: 'ErrorAnswer', description: 'What went wrong.' });
