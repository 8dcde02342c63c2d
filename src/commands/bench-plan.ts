import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { PROFILE_DEFAULTS } from '../bench/built-in-profiles.ts';
import { isMapping } from '../bench/declared-tool.ts';
import type { BenchProfile, Load, ToolChoice } from '../bench/profile.ts';
import { scaleProfile } from '../bench/scale-profile.ts';
import { whyUnreadable } from '../config/read-yaml.ts';
import type { BenchOptions } from './bench-options.ts';
import { readBenchProfile } from './read-bench-profile.ts';

/** The profile that is run, or every problem with what was asked for. */
export type BenchPlanned =
  | { readonly ok: true; readonly profile: BenchProfile }
  | { readonly ok: false; readonly problems: readonly string[] };

type ToolArguments = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

/** Reads a file that gives each tool its arguments: one mapping, or a list of them to draw from. */
function readArguments(file: string): ToolArguments | readonly string[] {
  let raw: unknown;
  try {
    raw = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why =
      error instanceof Error && error.name.startsWith('YAML') ? 'something else' : whyUnreadable(error);
    return [`--arguments ${file}: want YAML or JSON, got ${why}`];
  }
  if (!isMapping(raw))
    return [`--arguments ${file}: want a mapping of tools to arguments, got something else`];
  const problems: string[] = [];
  const entries = Object.entries(raw).map(([tool, value]) => {
    const sets: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (sets.length === 0 || !sets.every(isMapping)) {
      problems.push(
        `--arguments ${file} ${tool}: want a mapping of arguments or a list of them, got something else`,
      );
    }
    return [tool, sets.filter(isMapping)] as const;
  });
  return problems.length > 0 ? problems : new Map(entries);
}

/** The load that `--rate`, `--requests` and `--for` describe; undefined without any of them. */
function ownLoad({ ratePerSecond, requests, durationMs, users = 10 }: BenchOptions): Load | undefined {
  if (ratePerSecond !== undefined) {
    const stage = { name: 'steady', fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond };
    return { kind: 'open', users, stages: [{ ...stage, durationMs: durationMs ?? 0 }] };
  }
  if (requests === undefined && durationMs === undefined) return undefined;
  return {
    kind: 'closed',
    users,
    rampUpMs: 0,
    ...(requests !== undefined && { requests }),
    ...(durationMs !== undefined && { durationMs }),
  };
}

function withUsers(load: Load, users: number | undefined): Load {
  if (users === undefined) return load;
  return load.kind === 'scaling' ? { ...load, usersEach: users } : { ...load, users };
}

/** The tools of the profile with what the options say of them. */
function withTools(profile: BenchProfile, options: BenchOptions, own: ToolArguments): BenchProfile {
  const { tools: named, exclude } = options;
  const known = new Map(profile.tools.map((choice) => [choice.name, choice]));
  const names = named ?? [...new Set([...known.keys(), ...own.keys()])];
  return {
    ...profile,
    only: named !== undefined || profile.only,
    exclude: [...profile.exclude, ...exclude],
    tools: names.map((name): ToolChoice => {
      const sets = own.get(name);
      return { name, ...known.get(name), ...(sets && { arguments: sets }) };
    }),
  };
}

/** Greatest rate that a load asks for; undefined in a closed loop. */
function greatestRate(load: Load): number | undefined {
  if (load.kind !== 'open') return undefined;
  return Math.max(...load.stages.flatMap((stage) => [stage.fromPerSecond, stage.toPerSecond]));
}

/** Finds or makes the profile that is asked for, scaled and within the caps. */
export function planBench(options: BenchOptions): BenchPlanned {
  const own = ownLoad(options);
  const read = readBenchProfile(options.profile ?? 'light');
  const argumentSets =
    options.argumentsFile === undefined ? new Map<string, never>() : readArguments(options.argumentsFile);
  const problems = [
    ...(read.ok || own !== undefined ? [] : read.problems),
    ...(Array.isArray(argumentSets) ? argumentSets : []),
  ];
  if (problems.length > 0 || !(argumentSets instanceof Map)) return { ok: false, problems };
  if (!read.ok) return read;
  const base: BenchProfile =
    own === undefined ? read.profile : { ...PROFILE_DEFAULTS, name: 'own', about: '', load: own };
  const { warmUpMs, timeoutMs, thinkTimeMs, sessions, abortErrorRatio, abortP99Ms } = options;
  const scaled = scaleProfile(base, options.timeScale);
  const profile: BenchProfile = withTools(
    {
      ...scaled,
      load: withUsers(scaled.load, options.users),
      ...(warmUpMs !== undefined && { warmUpMs }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(thinkTimeMs !== undefined && { thinkTimeMs }),
      ...(sessions !== undefined && { sessions }),
      abort: {
        ...scaled.abort,
        ...(abortErrorRatio !== undefined && { errorRatio: abortErrorRatio }),
        ...(abortP99Ms !== undefined && { p99Ms: abortP99Ms }),
      },
    },
    options,
    argumentSets,
  );
  const rate = greatestRate(profile.load) ?? 0;
  if (rate > options.maxRatePerSecond) {
    return {
      ok: false,
      problems: [
        `profile ${profile.name}: want at most ${options.maxRatePerSecond} requests/s (--max-rate), got ${rate}`,
      ],
    };
  }
  if (profile.load.kind === 'open' && profile.thinkTimeMs > 0) {
    return {
      ok: false,
      problems: ['--think-time: want it with a closed loop, got an open one: its requests have their times'],
    };
  }
  return { ok: true, profile };
}
