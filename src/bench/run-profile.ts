import type { BenchRun } from './bench-report.ts';
import type { BenchProfile } from './profile.ts';
import { runClosed } from './run-closed.ts';
import { runOpen } from './run-open.ts';
import type { RunParts } from './run-parts.ts';
import { runScaling } from './run-scaling.ts';
import { runTools } from './run-tools.ts';

/**
 * Runs a profile to its end, or to where it is ended; sessions are closed in any case.
 * @throws AskError if the sessions cannot be opened.
 */
export async function runProfile(profile: BenchProfile, parts: RunParts): Promise<BenchRun> {
  const { load } = profile;
  switch (load.kind) {
    case 'open':
      return runOpen(profile, load, parts);
    case 'closed':
      return runClosed(profile, load, parts);
    case 'scaling':
      return runScaling(profile, load, parts);
    case 'tools':
      return runTools(profile, load, parts);
    default:
      return load satisfies never;
  }
}
