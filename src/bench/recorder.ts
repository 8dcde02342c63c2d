import { createLatencyHistogram, type LatencyHistogram } from './latency-histogram.ts';
import { createTally, type Tally } from './tally.ts';
import type { TimedCall } from './find-recovery.ts';

/** A request that has ended. */
export interface EndedCall {
  /** Index of its row in the mix. */
  readonly row: number;
  /** When it was to start and when it ended, in milliseconds since the start of what is measured. */
  readonly dueMs: number;
  readonly endMs: number;
  /** When it was sent; undefined where it never was. */
  readonly sentMs: number | undefined;
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

/** What a short stretch came to, for detectors. */
export interface Pulse {
  /** Its end, in milliseconds since the start of what is measured. */
  readonly atMs: number;
  /** undefined where nothing was answered. */
  readonly p99Ms: number | undefined;
  /** Good answers a second. */
  readonly perSecond: number;
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
  /** Length of a pulse, and who is told of each. */
  readonly pulse?: { readonly lengthMs: number; readonly onPulse: (pulse: Pulse) => void };
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

/** Moments are differences of clock readings: what is due at the very beginning of a stretch may seem a little before it. */
const EDGE_MS = 0.001;

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
      const index = Math.floor((atMs + EDGE_MS) / lengthMs);
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

/** Sums up short stretches by when requests ended, one after another, in the memory of one. */
function createPulses({
  lengthMs,
  onPulse,
}: NonNullable<RecorderOptions['pulse']>): (call: EndedCall) => void {
  const latency = createLatencyHistogram();
  let endMs = lengthMs;
  let ok = 0;
  return (call) => {
    while (call.endMs >= endMs) {
      const p99Ms = latency.count() === 0 ? undefined : latency.quantileMs(0.99);
      onPulse({ atMs: endMs, p99Ms, perSecond: ok / (lengthMs / 1000) });
      latency.reset();
      ok = 0;
      endMs += lengthMs;
    }
    if (call.kind !== 'ok') return;
    ok += 1;
    latency.record(call.endMs - call.dueMs);
  };
}

/** Most requests of a stage that are kept one by one: its first ones, which tell of a recovery. */
const MOST_KEPT = 1_000_000;

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
  const pulses = options.pulse === undefined ? undefined : createPulses(options.pulse);
  const kept = new Map<number, TimedCall[]>(options.keep.map((stage) => [stage, []]));
  const stageAt = (atMs: number): number => stages.findIndex((stage) => atMs + EDGE_MS < stage.toMs);

  return {
    record: (call) => {
      const { row, dueMs, sentMs, endMs: endedMs, firstByteMs, kind } = call;
      pulses?.(call);
      const latencyMs = endedMs - dueMs;
      const isOk = kind === 'ok';
      const tool = tools[row];
      const stageIndex = stageAt(dueMs);
      const stage = stages[stageIndex];
      for (const tally of [total, tool, stage?.tally, slices?.at(dueMs), hours?.at(dueMs)]) {
        tally?.ended(kind, latencyMs);
      }
      if (sentMs !== undefined && (isOk || kind === 'timeout')) serviceTime.record(endedMs - sentMs);
      if (firstByteMs !== undefined) firstByte.record(firstByteMs);
      const ones = kept.get(stageIndex);
      if (ones !== undefined && ones.length < MOST_KEPT) {
        ones.push({ dueMs: dueMs - (stage?.fromMs ?? 0), latencyMs, isOk });
      }
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
