import type { BenchFigures, BenchRun } from './bench-report.ts';
import { drawFrom, type MixRow } from './call-mix.ts';
import type { LoadEnd } from './load-parts.ts';
import { batchOf, makeCalls } from './make-calls.ts';
import type { BenchProfile } from './profile.ts';
import { createRandom } from './random.ts';
import type { RunParts } from './run-parts.ts';
import { NO_FIGURES, reportRun } from './run-report.ts';
import {
  followEnd,
  loadParts,
  newCounts,
  plainRecorder,
  warmAndRun,
  wireFromNow,
  type LoadOf,
} from './run-shared.ts';

/** Runs a closed loop on each tool alone, one that takes a list once for each size of it. */
export async function runTools(
  profile: BenchProfile,
  load: LoadOf<'tools'>,
  parts: RunParts,
): Promise<BenchRun> {
  const units = parts.tools.flatMap((chosen) => {
    const sizes = batchOf(chosen) === undefined ? [undefined] : load.batchSizes;
    return sizes.map((batchSize) => ({ chosen, batchSize }));
  });
  const rows: readonly MixRow[] = units.map(({ chosen, batchSize }, row) => ({
    tool: chosen.tool.name,
    share: 1 / units.length,
    calls: makeCalls(chosen, row, parts.agreement, parts.seed, batchSize),
    ...(batchSize !== undefined && { batchSize }),
  }));
  const recorder = plainRecorder(rows.length);
  const counts = newCounts();
  const callers = await parts.openCallers(load.users, parts.endpoints, profile.sessions, counts);
  const rowFigures: BenchFigures[] = [];
  const random = createRandom(parts.seed);
  let bytes = { sent: 0, received: 0 };
  let seconds = 0;
  let end: LoadEnd | undefined;
  let startedWallMs: number | undefined;
  let measuredMs: number | undefined;
  try {
    for (const [index, row] of rows.entries()) {
      const watched = followEnd(recorder);
      const label = row.batchSize === undefined ? row.tool : `${row.tool} × ${row.batchSize}`;
      let since = wireFromNow(parts);
      end = await warmAndRun(
        loadParts(parts, profile, {
          callers,
          draw: drawFrom([row], random),
          record: watched.record,
          onProgress: (progress) =>
            parts.onProgress({ ...progress, doneRatio: (index + progress.doneRatio) / rows.length }),
        }),
        {
          name: label,
          users: load.users,
          requests: undefined,
          durationMs: load.durationMs,
          rampUpMs: 0,
          thinkTimeMs: profile.thinkTimeMs,
        },
        Math.min(profile.warmUpMs, load.durationMs / 3),
        () => {
          since = wireFromNow(parts);
        },
      );
      const plannedMs = end.end.how === 'complete' ? load.durationMs : 0;
      const lastedSeconds = Math.max(plannedMs, watched.ms()) / 1000;
      measuredMs ??= end.measuredMs;
      startedWallMs ??= parts.wallMs() - (parts.time.nowMs() - end.measuredMs);
      rowFigures[index] = recorder.tools[index]?.figures(lastedSeconds) ?? NO_FIGURES;
      const taken = since();
      bytes = { sent: bytes.sent + taken.sent, received: bytes.received + taken.received };
      seconds += lastedSeconds;
      if (end.end.how !== 'complete') break;
    }
  } finally {
    await callers.close();
  }
  if (end === undefined) throw new Error('tools: want a tool to call, got none');
  const facts = { profile, rows, recorder, seconds, counts, bytes, rowFigures };
  return reportRun(parts, {
    ...facts,
    end: { ...end, measuredMs: measuredMs ?? end.measuredMs },
    startedWallMs: startedWallMs ?? parts.wallMs(),
  });
}
