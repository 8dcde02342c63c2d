import { createLatencyHistogram, type LatencyHistogram } from './latency-histogram.ts';
import { createTally, type Tally } from './tally.ts';
import type { TimedCall } from './find-recovery.ts';

/** A request that has ended. */
export interface EndedCall {
  /** Index of its row in the mix. */
  readonly row: number;
  /** When it was to start, was sent and ended, in milliseconds since the start of what is measured. */
  readonly dueMs: number;
  readonly sentMs: number;
  readonly endMs: number;
  readonly firstByteMs: number | undefined;
  /** `ok` or the kind of error. */
  readonly kind: string;
}

/** A stretch of the time that is measured. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly tally: Tally;
}

/** How time is cut into stretches. */
export interface RecorderOptions {
  /** Rows of the mix. */
  readonly rows: number;
  /** Moments at which a stage ends, ascending, in milliseconds since the start. */
  readonly stageEndsMs: readonly number[];
  readonly sliceMs: number | undefined;
  readonly hourMs: number | undefined;
  /** Stages whose requests are kept one by one. */
  readonly keep: readonly number[];
}

/** Takes down what came of each request. */
export interface Recorder {
  readonly record: (call: EndedCall) => void;
  readonly total: Tally;
  /** From the sending. */
  readonly serviceTime: LatencyHistogram;
  readonly firstByte: LatencyHistogram;
  readonly tools: readonly Tally[];
  readonly stages: readonly Stretch[];
  readonly slices: () => readonly Stretch[];
  readonly hours: () => readonly Stretch[];
  /** Requests of a stage that was to be kept, in the order in which they were due. */
  readonly kept: (stage: number) => readonly TimedCall[];
}

/** Stretches of equal length that are made when they are needed. */
function createStretches(
  lengthMs: number,
  endMs: number,
): {
  readonly at: (atMs: number) => Tally | undefined;
  readonly all: () => readonly Stretch[];
} {
  const stretches: Stretch[] = [];
  return {
    at: (atMs) => {
      // What comes after the end belongs to no stretch; the last one must not look longer than it was.
      const index = Math.floor(atMs / lengthMs);
      if (atMs < 0 || atMs >= endMs) return undefined;
      while (stretches.length <= index) {
        const fromMs = stretches.length * lengthMs;
        stretches.push({ fromMs, toMs: Math.min(endMs, fromMs + lengthMs), tally: createTally() });
      }
      return stretches[index]?.tally;
    },
    all: () => stretches,
  };
}

/** Makes the recorder of a run. */
export function createRecorder(options: RecorderOptions): Recorder {
  const total = createTally();
  const serviceTime = createLatencyHistogram();
  const firstByte = createLatencyHistogram();
  const tools = Array.from({ length: options.rows }, createTally);
  const endMs = options.stageEndsMs.at(-1) ?? Infinity;
  const stages = options.stageEndsMs.map((toMs, i) => ({
    fromMs: options.stageEndsMs[i - 1] ?? 0,
    toMs,
    tally: createTally(),
  }));
  const slices = options.sliceMs === undefined ? undefined : createStretches(options.sliceMs, endMs);
  const hours = options.hourMs === undefined ? undefined : createStretches(options.hourMs, endMs);
  const kept = new Map<number, TimedCall[]>(options.keep.map((stage) => [stage, []]));
  const stageAt = (atMs: number): number => stages.findIndex((stage) => atMs < stage.toMs);

  return {
    record: ({ row, dueMs, sentMs, endMs: endedMs, firstByteMs, kind }) => {
      const latencyMs = endedMs - dueMs;
      const isOk = kind === 'ok';
      const tool = tools[row];
      const stageIndex = stageAt(dueMs);
      const stage = stages[stageIndex];
      for (const tally of [total, tool, stage?.tally, slices?.at(dueMs), hours?.at(dueMs)]) {
        tally?.ended(kind, latencyMs);
      }
      if (isOk || kind === 'timeout') serviceTime.record(endedMs - sentMs);
      if (firstByteMs !== undefined) firstByte.record(firstByteMs);
      kept.get(stageIndex)?.push({ dueMs: dueMs - (stage?.fromMs ?? 0), latencyMs, isOk });
      if (!isOk) return;
      total.answered();
      tool?.answered();
      stages[stageAt(endedMs)]?.tally.answered();
      slices?.at(endedMs)?.answered();
      hours?.at(endedMs)?.answered();
    },
    total,
    serviceTime,
    firstByte,
    tools,
    stages,
    slices: () => slices?.all() ?? [],
    hours: () => hours?.all() ?? [],
    kept: (stage) => (kept.get(stage) ?? []).toSorted((a, b) => a.dueMs - b.dueMs),
  };
}
