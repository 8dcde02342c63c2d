import type { BenchFigures, BenchRun, BenchServer } from './bench-report.ts';
import type { MixRow } from './call-mix.ts';
import type { LoadEnd } from './load-parts.ts';
import type { BenchProfile } from './profile.ts';
import type { Recorder, Stretch } from './recorder.ts';
import type { RunParts } from './run-parts.ts';
import type { SessionCounts } from './session-callers.ts';

/** What is known of a run when it is over. */
export interface RunFacts {
  readonly profile: BenchProfile;
  readonly rows: readonly MixRow[];
  readonly recorder: Recorder;
  readonly end: LoadEnd;
  /** How long what was measured lasted, in seconds. */
  readonly seconds: number;
  readonly counts: SessionCounts;
  readonly bytes: BenchRun['bytes'];
  /** Unix time at which what was measured began. */
  readonly startedWallMs: number;
  /** Figures of each row; without them those of the recorder, over the whole time. */
  readonly rowFigures?: readonly BenchFigures[];
  readonly intendedPerSecond?: number;
}

/** Those of nothing. */
export const NO_FIGURES: BenchFigures = { requests: 0, ok: 0, errors: {}, throughputPerSecond: 0 };

/** What of the profile says how long it was to be. */
function planOf(
  { load, thinkTimeMs, warmUpMs, sessions }: BenchProfile,
  rows: readonly MixRow[],
  timeScale: number,
): BenchRun['plan'] {
  const shares = new Map<string, number>();
  for (const { tool, share } of rows) shares.set(tool, (shares.get(tool) ?? 0) + share);
  const shared = {
    warmUpSeconds: warmUpMs / 1000,
    timeScale,
    sessions,
    thinkTimeSeconds: thinkTimeMs / 1000,
    mix: [...shares].map(([tool, shareRatio]) => ({ tool, shareRatio: Math.min(1, shareRatio) })),
  } as const;
  switch (load.kind) {
    case 'closed':
      return {
        loop: 'closed',
        users: load.users,
        ...(load.requests !== undefined && { totalRequests: load.requests }),
        ...(load.durationMs !== undefined && { durationSeconds: load.durationMs / 1000 }),
        ...shared,
      };
    case 'open':
      return {
        loop: 'open',
        users: load.users,
        durationSeconds: load.stages.reduce((sum, stage) => sum + stage.durationMs, 0) / 1000,
        ...shared,
      };
    case 'scaling':
      return { loop: 'closed', users: load.usersEach, durationSeconds: load.durationMs / 1000, ...shared };
    case 'tools':
      return { loop: 'closed', users: load.users, durationSeconds: load.durationMs / 1000, ...shared };
    default:
      return load satisfies never;
  }
}

/** Figures of stretches, those that had begun when the run ended. */
export function stretchFigures(
  stretches: readonly Stretch[],
  seconds: number,
  intended: (stretch: Stretch) => number | undefined,
  server: (fromMs: number, toMs: number) => BenchServer | undefined,
): readonly (BenchFigures &
  BenchServer & { readonly atSeconds: number; readonly durationSeconds: number })[] {
  return stretches
    .filter(({ fromMs }) => fromMs < seconds * 1000)
    .map((stretch) => {
      const toMs = Math.min(stretch.toMs, seconds * 1000);
      const durationSeconds = (toMs - stretch.fromMs) / 1000;
      return {
        ...stretch.tally.figures(durationSeconds, intended(stretch)),
        ...server(stretch.fromMs, toMs),
        atSeconds: stretch.fromMs / 1000,
        durationSeconds,
      };
    });
}

const byName = (one: MixRow, other: MixRow): number =>
  one.tool === other.tool ? (one.batchSize ?? 0) - (other.batchSize ?? 0) : one.tool < other.tool ? -1 : 1;

/** Puts a run's figures into the shape of the report. */
export function reportRun(parts: RunParts, facts: RunFacts): BenchRun {
  const { profile, rows, recorder, end, seconds, counts } = facts;
  const { protocolVersion, era } = parts.agreement;
  const server = parts.server(end.measuredMs, end.measuredMs + seconds * 1000);
  const firstByte = recorder.firstByte.summary();
  const serviceTime = recorder.serviceTime.summary();
  const isOpen = profile.load.kind === 'open';
  return {
    ...recorder.total.figures(seconds, facts.intendedPerSecond),
    profile: profile.name,
    era,
    protocolVersion,
    transport: parts.transport,
    target: parts.target,
    machine: parts.machine,
    plan: planOf(profile, rows, parts.timeScale),
    startedAt: new Date(facts.startedWallMs).toISOString(),
    durationSeconds: seconds,
    end: end.end,
    ...(firstByte && { timeToFirstByte: firstByte }),
    ...(isOpen && serviceTime && { serviceTime }),
    bytes: facts.bytes,
    ...(isOpen && { lateStarts: end.lateStarts }),
    ...(end.heldBack > 0 && { heldBack: end.heldBack }),
    sessions: counts,
    ...(server && { server }),
    tools: rows
      .map((row, index) => ({ row, index }))
      .toSorted((one, other) => byName(one.row, other.row))
      .map(({ row, index }) => ({
        ...(facts.rowFigures?.[index] ?? recorder.tools[index]?.figures(seconds) ?? NO_FIGURES),
        tool: row.tool,
        ...(row.batchSize !== undefined && { batchSize: row.batchSize }),
      })),
  };
}
