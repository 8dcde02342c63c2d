import type { BenchRun } from './bench-report.ts';
import { drawFrom } from './call-mix.ts';
import type { BenchProfile } from './profile.ts';
import { createRandom } from './random.ts';
import type { RunParts } from './run-parts.ts';
import { reportRun } from './run-report.ts';
import {
  followEnd,
  loadParts,
  mixRows,
  newCounts,
  plainRecorder,
  warmAndRun,
  wireFromNow,
  type LoadOf,
} from './run-shared.ts';

/** Runs a closed loop for a number of requests, or for a time. */
export async function runClosed(
  profile: BenchProfile,
  load: LoadOf<'closed'>,
  parts: RunParts,
): Promise<BenchRun> {
  const rows = mixRows(parts, parts.tools);
  const recorder = plainRecorder(rows.length);
  const watched = followEnd(recorder);
  const counts = newCounts();
  const callers = await parts.openCallers(load.users, parts.endpoints, profile.sessions, counts);
  let bytes = wireFromNow(parts);
  try {
    const end = await warmAndRun(
      loadParts(parts, profile, {
        callers,
        draw: drawFrom(rows, createRandom(parts.seed)),
        record: watched.record,
      }),
      {
        name: profile.name,
        users: load.users,
        requests: load.requests,
        durationMs: load.durationMs,
        rampUpMs: load.rampUpMs,
        thinkTimeMs: profile.thinkTimeMs,
      },
      profile.warmUpMs,
      () => {
        bytes = wireFromNow(parts);
      },
    );
    const taken = bytes();
    const startedWallMs = parts.wallMs() - (parts.time.nowMs() - end.measuredMs);
    await callers.close();
    // Time in which no user asked, since the server wanted to be left alone, is time all the same.
    const isByTime = load.requests === undefined && end.end.how === 'complete';
    const seconds = Math.max(isByTime ? (load.durationMs ?? 0) : 0, watched.ms()) / 1000;
    return reportRun(parts, { profile, rows, recorder, end, seconds, counts, bytes: taken, startedWallMs });
  } finally {
    await callers.close();
  }
}
