import type { BenchRun, BenchScalingPoint } from './bench-report.ts';
import type { BenchProfile } from './profile.ts';
import { runClosed } from './run-closed.ts';
import type { RunParts } from './run-parts.ts';
import type { LoadOf } from './run-shared.ts';

/** Numbers of endpoints that are measured: 1, 2, 4 and so on, and all of them. */
export function scalingSteps(endpoints: number): readonly number[] {
  const steps: number[] = [];
  for (let step = 1; step < endpoints; step *= 2) steps.push(step);
  return [...steps, endpoints];
}

/** Runs a closed loop against one endpoint, then against more; the figures of the whole are those of the last step. */
export async function runScaling(
  profile: BenchProfile,
  load: LoadOf<'scaling'>,
  parts: RunParts,
): Promise<BenchRun> {
  const points: BenchScalingPoint[] = [];
  let last: BenchRun | undefined;
  for (const instances of scalingSteps(parts.endpoints)) {
    const name = `${instances} ${instances === 1 ? 'endpoint' : 'endpoints'}`;
    const closed = {
      kind: 'closed',
      users: load.usersEach * instances,
      durationMs: load.durationMs,
      rampUpMs: 0,
    } as const;
    last = await runClosed({ ...profile, name, load: closed }, closed, { ...parts, endpoints: instances });
    const { requests, ok, errors, throughputPerSecond, latency } = last;
    points.push({ instances, requests, ok, errors, throughputPerSecond, ...(latency && { latency }) });
    if (last.end.how !== 'complete') break;
  }
  if (last === undefined) throw new Error('scaling: want an endpoint, got none');
  return { ...last, profile: profile.name, scaling: points };
}
