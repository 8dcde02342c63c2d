import type { z } from 'zod';
import { PROFILE_DEFAULTS } from './built-in-profiles.ts';
import type { BenchProfile, Load, OpenStage } from './profile.ts';
import { profileSchema, type ParseDuration, type WrittenProfile } from './profile-schema.ts';

/** One mistake in a profile. */
export interface ProfileProblem {
  /** Keys and positions that lead to it. */
  readonly path: readonly PropertyKey[];
  /** What was wanted; undefined for a key that does not exist. */
  readonly wanted: string | undefined;
}

/** The profile, or every mistake. */
export type CheckedProfile =
  | { readonly ok: true; readonly profile: BenchProfile }
  | { readonly ok: false; readonly problems: readonly ProfileProblem[] };

/** Each has a histogram of its own. */
const MOST_SLICES = 1000;

function problemsOf(issue: z.core.$ZodIssue): ProfileProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], wanted: undefined }));
  }
  return [{ path: issue.path, wanted: issue.message }];
}

/** What cannot stand together, or is not there. */
function crossProblems(written: WrittenProfile): ProfileProblem[] {
  const { stages, requests, duration, recovery, tools = [] } = written;
  const problems: ProfileProblem[] = [];
  const isOpen = stages !== undefined;
  if (!isOpen && requests === undefined && duration === undefined) {
    problems.push({ path: [], wanted: 'stages (open loop), or requests or duration (closed loop)' });
  }
  const foreign = isOpen
    ? (['requests', 'duration', 'rampUp', 'thinkTime'] as const)
    : (['slices', 'recovery'] as const);
  for (const key of foreign) {
    if (written[key] === undefined) continue;
    problems.push({ path: [key], wanted: isOpen ? 'no such thing beside stages' : 'stages beside it' });
  }
  const lastsMs = stages?.reduce((sum, stage) => sum + stage.duration, 0) ?? 0;
  if (isOpen && written.slices !== undefined && lastsMs / written.slices > MOST_SLICES) {
    problems.push({ path: ['slices'], wanted: `slices of which the stages have at most ${MOST_SLICES}` });
  }
  const names = stages?.map((stage, i) => stage.name ?? String(i + 1)) ?? [];
  if (recovery !== undefined && isOpen) {
    for (const key of ['before', 'after'] as const) {
      if (!names.includes(recovery[key])) {
        problems.push({ path: ['recovery', key], wanted: `the name of a stage (${names.join(', ')})` });
      }
    }
  }
  names.forEach((each, i) => {
    if (names.indexOf(each) < i) problems.push({ path: ['stages', i, 'name'], wanted: 'every name once' });
  });
  if (isOpen && stages.every((stage) => (stage.rate ?? 0) + (stage.from ?? 0) + (stage.to ?? 0) === 0)) {
    problems.push({ path: ['stages'], wanted: 'a rate above 0 in at least one stage' });
  }
  tools.forEach((tool, i) => {
    if (tools.findIndex((other) => other.name === tool.name) < i) {
      problems.push({ path: ['tools', i, 'name'], wanted: 'every tool once' });
    }
  });
  return problems;
}

function toLoad(written: WrittenProfile): Load {
  const { users, stages, requests, duration, rampUp = 0, slices, recovery } = written;
  if (stages === undefined) {
    return {
      kind: 'closed',
      users,
      rampUpMs: rampUp,
      ...(requests !== undefined && { requests }),
      ...(duration !== undefined && { durationMs: duration }),
    };
  }
  return {
    kind: 'open',
    users,
    stages: stages.map((stage, i): OpenStage => ({
      name: stage.name ?? String(i + 1),
      fromPerSecond: stage.rate ?? stage.from ?? 0,
      toPerSecond: stage.rate ?? stage.to ?? 0,
      durationMs: stage.duration,
    })),
    ...(slices !== undefined && { sliceMs: slices }),
    ...(recovery !== undefined && { recovery }),
  };
}

/** Reads a profile as parsed from YAML; all mistakes are told. */
export function checkProfile(raw: unknown, parseDuration: ParseDuration): CheckedProfile {
  const read = profileSchema(parseDuration).safeParse(raw);
  if (!read.success) return { ok: false, problems: read.error.issues.flatMap(problemsOf) };
  const written = read.data;
  const problems = crossProblems(written);
  if (problems.length > 0) return { ok: false, problems };
  const { name, about = '', mix, tools = [], only = false, exclude = [], abort = {} } = written;
  const { read: reads = 0, write: writes = 0, complex = 0 } = mix ?? PROFILE_DEFAULTS.shares;
  return {
    ok: true,
    profile: {
      name,
      about,
      load: toLoad(written),
      shares: { read: reads, write: writes, complex },
      thinkTimeMs: written.thinkTime ?? PROFILE_DEFAULTS.thinkTimeMs,
      sessions: written.sessions ?? PROFILE_DEFAULTS.sessions,
      warmUpMs: written.warmUp ?? PROFILE_DEFAULTS.warmUpMs,
      timeoutMs: written.timeout ?? PROFILE_DEFAULTS.timeoutMs,
      abort: {
        connectionFailures: abort.connectionFailures ?? PROFILE_DEFAULTS.abort.connectionFailures,
        ...(abort.errors !== undefined && { errorRatio: abort.errors }),
        ...(abort.p99 !== undefined && { p99Ms: abort.p99 }),
      },
      tools,
      only,
      exclude,
    },
  };
}
