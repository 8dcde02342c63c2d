import { z } from 'zod';
import type { ProbeRun } from '../model/probe-history.ts';
import {
  FAILURE_REASONS,
  outcomeOf,
  PROBE_STATES,
  type ProbeResult,
  type ToolDrift,
  type ToolSnapshot,
} from '../model/probe-result.ts';
import { initialState, nextState, type StateCount, type Thresholds } from './next-state.ts';

/** Runs that are kept of each probe. */
export const KEPT_RUNS = 100;
/** Failures that are kept with their transcripts. */
export const KEPT_FAILURES = 20;

/** All that is kept of a probe; an immutable value. */
export interface ProbeRecord {
  readonly count: StateCount;
  /** Unix time of the state's last change. */
  readonly stateSinceMs?: number;
  readonly lastSuccessMs?: number;
  readonly certificateExpiryMs?: number;
  readonly drift?: ToolDrift;
  /** The list of tools that others are held against. */
  readonly recordedTools?: ToolSnapshot;
  /** The list that was seen last. */
  readonly seenTools?: ToolSnapshot;
  /** The latest first. */
  readonly runs: readonly ProbeRun[];
  readonly failures: readonly ProbeResult[];
  readonly last?: ProbeResult;
}

/** Before the first run. */
export const emptyRecord: ProbeRecord = { count: initialState, runs: [], failures: [] };

function runOf(result: ProbeResult): ProbeRun {
  const { startedWallMs, durationMs, callMs, phases, failure } = result;
  return {
    startedWallMs,
    outcome: outcomeOf(result),
    durationMs,
    ...(callMs !== undefined && { callMs }),
    phases,
    ...(failure && { reason: failure.reason, message: failure.message }),
  };
}

/** The record with one more run. */
export function withResult(record: ProbeRecord, result: ProbeResult, thresholds: Thresholds): ProbeRecord {
  const count = nextState(record.count, outcomeOf(result), thresholds);
  const endedMs = Math.round(result.startedWallMs + result.durationMs);
  // The list of tools is kept once, not with each result.
  const { tools, ...kept } = result;
  const { drift, certificateExpiryMs } = result;
  const recordedTools = record.recordedTools ?? tools;
  return {
    ...record,
    count,
    ...(count.state !== record.count.state && { stateSinceMs: endedMs }),
    ...(result.failure === undefined && { lastSuccessMs: endedMs }),
    ...(certificateExpiryMs !== undefined && { certificateExpiryMs }),
    ...(drift && { drift }),
    ...(recordedTools && { recordedTools }),
    ...(tools && { seenTools: tools }),
    runs: [runOf(result), ...record.runs].slice(0, KEPT_RUNS),
    failures: result.failure ? [kept, ...record.failures].slice(0, KEPT_FAILURES) : record.failures,
    last: kept,
  };
}

/** The record with the list of tools that was seen last as the recorded one; undefined if none was seen. */
export function withToolsAccepted(record: ProbeRecord): ProbeRecord | undefined {
  const { seenTools, drift: _drift, ...rest } = record;
  return seenTools && { ...rest, seenTools, recordedTools: seenTools };
}

const count = z.int().nonnegative();
const phases = z.record(z.string(), z.number());
const run = z.looseObject({
  startedWallMs: z.number(),
  outcome: z.enum(['success', 'retried', 'failure']),
  durationMs: z.number(),
  phases,
  reason: z.enum(FAILURE_REASONS).optional(),
  message: z.string().optional(),
});
const entry = z.looseObject({ atMs: z.number(), type: z.string() });
const result = z.looseObject({
  startedWallMs: z.number(),
  durationMs: z.number(),
  attempts: count,
  phases,
  failure: z.object({ reason: z.enum(FAILURE_REASONS), message: z.string() }).optional(),
  transcript: z.object({ entries: z.array(entry), dropped: count }),
});
const snapshot = z.record(z.string(), z.record(z.string(), z.string()));

const stored = z.looseObject({
  version: z.literal(1),
  count: z.object({
    state: z.enum(PROBE_STATES),
    failuresInRow: count,
    successesInRow: count,
    cleanInRow: count,
  }),
  runs: z.array(run).max(KEPT_RUNS),
  failures: z.array(result).max(KEPT_FAILURES),
  last: result.optional(),
  recordedTools: snapshot.optional(),
  seenTools: snapshot.optional(),
});

/** The record as bytes for a file. */
export const encodeRecord = (record: ProbeRecord): Uint8Array =>
  Buffer.from(JSON.stringify({ version: 1, ...record }));

/**
 * Reads what `encodeRecord` wrote.
 * @throws Error with one line if it is something else.
 */
export function decodeRecord(bytes: Uint8Array): ProbeRecord {
  const read = stored.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a record'}`);
  }
  const { version: _version, ...record } = read.data;
  // Checked above, apart from what only a page shows.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return record as unknown as ProbeRecord;
}
