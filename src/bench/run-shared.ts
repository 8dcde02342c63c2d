import type { BenchRun } from './bench-report.ts';
import { runClosedLoop, type ClosedLoopOrder } from './closed-loop.ts';
import type { ChosenTool } from './choose-tools.ts';
import type { MixRow } from './call-mix.ts';
import type { LoadEnd, LoadParts } from './load-parts.ts';
import { makeCalls } from './make-calls.ts';
import type { BenchProfile, Load } from './profile.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { RunParts } from './run-parts.ts';
import type { SessionCounts } from './session-callers.ts';

/** The load of one kind. */
export type LoadOf<Kind extends Load['kind']> = Extract<Load, { readonly kind: Kind }>;

/** Part of the requests that a closed loop discards, where its length is not a time. */
const WARM_UP_RATIO = 0.1;

/** Sessions of which nothing has become yet. */
export const newCounts = (): SessionCounts => ({ opened: 0, closed: 0, failed: 0 });

/** The tools as rows of one mix. */
export const mixRows = (parts: RunParts, tools: readonly ChosenTool[]): readonly MixRow[] =>
  tools.map((chosen, row) => ({
    tool: chosen.tool.name,
    share: chosen.share,
    calls: makeCalls(chosen, row, parts.agreement, parts.seed),
  }));

/** A recorder for a loop that has no stages. */
export const plainRecorder = (rows: number): Recorder =>
  createRecorder({ rows, stageEndsMs: [], sliceMs: undefined, hourMs: undefined, keep: [] });

/** What both loops need of a run and its profile. */
export function loadParts(
  parts: RunParts,
  { timeoutMs, abort }: BenchProfile,
  own: Pick<LoadParts, 'callers' | 'draw' | 'record'> & Partial<Pick<LoadParts, 'onProgress'>>,
): LoadParts {
  const { time, startPacer, kindOf, maxInFlight, honorRetryAfter, signal, onProgress } = parts;
  return {
    time,
    startPacer,
    kindOf,
    maxInFlight,
    honorRetryAfter,
    signal,
    onProgress,
    timeoutMs,
    abort,
    ...own,
  };
}

/** Hands requests to the recorder and follows when the last of them ended, in milliseconds since the start. */
export function followEnd(recorder: Recorder): {
  readonly record: LoadParts['record'];
  readonly ms: () => number;
} {
  let lastMs = 0;
  return {
    record: (call) => {
      lastMs = Math.max(lastMs, call.endMs);
      recorder.record(call);
    },
    ms: () => lastMs,
  };
}

/** Bytes on the wire since now. */
export function wireFromNow({ wire }: RunParts): () => BenchRun['bytes'] {
  const { sent, received } = wire;
  return () => ({ sent: wire.sent - sent, received: wire.received - received });
}

/**
 * Runs a closed loop with its warm-up: the time that is given, or a tenth of the requests if that is less.
 * @param onMeasured called when what is measured begins.
 */
export async function warmAndRun(
  parts: LoadParts,
  order: Omit<ClosedLoopOrder, 'isMeasured'>,
  warmUpMs: number,
  onMeasured: () => void,
): Promise<LoadEnd> {
  const requests =
    order.requests === undefined
      ? undefined
      : Math.max(order.users, Math.ceil(order.requests * WARM_UP_RATIO));
  if (warmUpMs > 0) {
    const warmUp = {
      ...order,
      name: 'warm-up',
      requests,
      durationMs: warmUpMs,
      rampUpMs: 0,
      isMeasured: false,
    };
    const ended = await runClosedLoop(parts, warmUp);
    if (ended.end.how !== 'complete') return ended;
  }
  onMeasured();
  return runClosedLoop(parts, { ...order, isMeasured: true });
}
