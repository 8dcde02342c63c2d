import type { BenchProfile, Load } from './profile.ts';

/** A warm-up shorter than this warms nothing. */
const LEAST_WARM_UP_MS = 500;

function scaleLoad(load: Load, by: number): Load {
  switch (load.kind) {
    case 'closed':
      return {
        ...load,
        rampUpMs: load.rampUpMs * by,
        ...(load.durationMs !== undefined && { durationMs: load.durationMs * by }),
        // Fewer requests stand for less time.
        ...(load.requests !== undefined && {
          requests: Math.max(load.users, Math.round(load.requests * by)),
        }),
      };
    case 'open':
      return {
        ...load,
        stages: load.stages.map((stage) => ({ ...stage, durationMs: stage.durationMs * by })),
        ...(load.sliceMs !== undefined && { sliceMs: load.sliceMs * by }),
        ...(load.hourMs !== undefined && { hourMs: load.hourMs * by }),
      };
    case 'scaling':
    case 'tools':
      return { ...load, durationMs: load.durationMs * by };
    default:
      return load satisfies never;
  }
}

/** A profile whose times are `by` as long; rates and users stay what they are. */
export function scaleProfile(profile: BenchProfile, by: number): BenchProfile {
  if (by === 1) return profile;
  const warmUpMs = Math.min(profile.warmUpMs, Math.max(LEAST_WARM_UP_MS, profile.warmUpMs * by));
  return { ...profile, load: scaleLoad(profile.load, by), warmUpMs };
}
