import type { BenchRun } from './bench-report.ts';
import { drawFrom } from './call-mix.ts';
import { findRecovery } from './find-recovery.ts';
import type { LoadEnd } from './load-parts.ts';
import { runOpenLoop } from './open-loop.ts';
import type { BenchProfile, OpenStage } from './profile.ts';
import { createRandom } from './random.ts';
import { createRecorder, type Stretch } from './recorder.ts';
import type { RunParts } from './run-parts.ts';
import { reportRun, stretchFigures } from './run-report.ts';
import { followEnd, loadParts, mixRows, newCounts, wireFromNow, type LoadOf } from './run-shared.ts';
import { createSchedule } from './schedule.ts';

/** A good stretch of this length ends a recovery, at the document's pace. */
const RECOVERY_HOLD_MS = 30_000;

/** How long a stage was watched when the run ended. */
function watchedMs(stages: readonly OpenStage[], index: number, seconds: number): number {
  const fromMs = stages.slice(0, index).reduce((sum, stage) => sum + stage.durationMs, 0);
  return Math.min(stages[index]?.durationMs ?? 0, seconds * 1000 - fromMs);
}

/** Mean of a rate that changes evenly between a few moments. */
function meanRate(rateAt: (atMs: number) => number, fromMs: number, toMs: number): number {
  const steps = 100;
  let sum = 0;
  for (let step = 0; step < steps; step += 1)
    sum += rateAt(fromMs + ((step + 0.5) / steps) * (toMs - fromMs));
  return sum / steps;
}

/** Runs the stages of an open loop one after another, without a pause between them. */
export async function runOpen(
  profile: BenchProfile,
  load: LoadOf<'open'>,
  parts: RunParts,
): Promise<BenchRun> {
  const { stages, sliceMs, hourMs, recovery } = load;
  const rows = mixRows(parts, parts.tools);
  const schedule = createSchedule(stages);
  let endMs = 0;
  const stageEndsMs = stages.map((stage) => (endMs += stage.durationMs));
  const indexOf = (name: string | undefined): number => stages.findIndex((stage) => stage.name === name);
  const [before, after] = [indexOf(recovery?.before), indexOf(recovery?.after)];
  const recorder = createRecorder({
    rows: rows.length,
    stageEndsMs,
    sliceMs,
    hourMs,
    keep: [before, after],
    ...(hourMs !== undefined && { pulse: { lengthMs: hourMs / 60, onPulse: parts.onPulse } }),
  });
  const watched = followEnd(recorder);
  const counts = newCounts();
  const callers = await parts.openCallers(load.users, parts.endpoints, profile.sessions, counts);
  let bytes = wireFromNow(parts);
  const cancel = parts.time.at(parts.time.nowMs() + profile.warmUpMs, () => {
    bytes = wireFromNow(parts);
  });
  const [first] = stages;
  const warmUp: OpenStage = {
    name: 'warm-up',
    fromPerSecond: first?.fromPerSecond ?? 0,
    toPerSecond: first?.fromPerSecond ?? 0,
    durationMs: profile.warmUpMs,
  };
  let end: LoadEnd;
  try {
    end = await runOpenLoop(
      loadParts(parts, profile, {
        callers,
        draw: drawFrom(rows, createRandom(parts.seed)),
        record: watched.record,
      }),
      profile.warmUpMs > 0 ? [warmUp, ...stages] : stages,
      profile.warmUpMs,
    );
  } finally {
    cancel();
    await callers.close();
  }
  const startedWallMs = parts.wallMs() - (parts.time.nowMs() - end.measuredMs);
  const isWhole = end.end.how === 'complete';
  const seconds = Math.max(isWhole ? schedule.durationMs : 0, watched.ms()) / 1000;
  const server = (fromMs: number, toMs: number) =>
    parts.server(end.measuredMs + fromMs, end.measuredMs + toMs);
  const intended = ({ fromMs, toMs }: Pick<Stretch, 'fromMs' | 'toMs'>): number =>
    meanRate(schedule.ratePerSecond, fromMs, toMs);
  const figuresOf = (stretches: readonly Stretch[]) => stretchFigures(stretches, seconds, intended, server);
  const holdMs = RECOVERY_HOLD_MS * parts.timeScale;
  const found =
    recovery === undefined ||
    stages[after] === undefined ||
    (recorder.stages[after]?.fromMs ?? 0) >= seconds * 1000
      ? undefined
      : findRecovery(recorder.kept(before), recorder.kept(after), watchedMs(stages, after, seconds), holdMs);
  return {
    ...reportRun(parts, {
      profile,
      rows,
      recorder,
      end,
      seconds,
      counts,
      bytes: bytes(),
      startedWallMs,
      intendedPerSecond: isWhole
        ? schedule.count / (schedule.durationMs / 1000)
        : intended({ fromMs: 0, toMs: Math.min(schedule.durationMs, seconds * 1000) }),
    }),
    ...(sliceMs !== undefined && { slices: figuresOf(recorder.slices()) }),
    ...(stages.length > 1 && {
      phases: figuresOf(recorder.stages).map(({ atSeconds: _at, ...figures }, i) => ({
        ...figures,
        phase: stages[i]?.name ?? String(i + 1),
      })),
    }),
    ...(hourMs !== undefined && {
      hours: figuresOf(recorder.hours()).map(({ atSeconds: _at, ...figures }, i) => ({
        ...figures,
        hour: i + 1,
      })),
    }),
    ...(found && { recovery: found }),
  };
}
