import { BUILT_IN_PROFILES } from '../bench/built-in-profiles.ts';
import { checkProfile, type ProfileProblem } from '../bench/check-profile.ts';
import type { BenchProfile } from '../bench/profile.ts';
import { parseDuration } from '../config/duration.ts';
import type { Layer } from '../config/layer.ts';
import { pathText, valueAt, valueText } from '../config/raw-settings.ts';
import { readYaml } from '../config/read-yaml.ts';
import { didYouMean } from '../config/suggest.ts';

/** A profile, or what is wrong with it, one line each. */
export type ReadProfile =
  | { readonly ok: true; readonly profile: BenchProfile }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Keys of a profile, at any depth. */
// prettier-ignore
const KEYS = [
  'name', 'about', 'users', 'requests', 'duration', 'rampUp', 'thinkTime', 'stages', 'slices', 'recovery',
  'warmUp', 'timeout', 'sessions', 'mix', 'tools', 'only', 'exclude', 'abort', 'rate', 'from',
  'to', 'class', 'weight', 'arguments', 'batch', 'errors', 'p99', 'connectionFailures', 'before', 'after',
];

function line(layer: Layer, { path, wanted }: ProfileProblem): string {
  const key = pathText(path);
  const place = `${layer.sourceOf(path)}${key === '' ? '' : ` ${key}`}`;
  if (wanted === undefined) return `${place}: unknown key${didYouMean(String(path.at(-1)), KEYS)}`;
  const got = valueAt(layer.raw, path);
  return `${place}: want ${wanted}, got ${path.length === 0 ? 'none of them' : valueText(got)}`;
}

function readFile(file: string): ReadProfile {
  const layer = readYaml(file);
  if (layer.problems.length > 0) return { ok: false, problems: layer.problems };
  const checked = checkProfile(layer.raw, parseDuration);
  if (checked.ok) return checked;
  const lineOf = (problem: ProfileProblem) => layer.lineOf?.(problem.path) ?? 0;
  const inOrder = checked.problems.toSorted((a, b) => lineOf(a) - lineOf(b));
  return { ok: false, problems: inOrder.map((problem) => line(layer, problem)) };
}

/** Finds a built-in profile by its name, or reads one from a YAML file. */
export function readBenchProfile(what: string): ReadProfile {
  const profile = BUILT_IN_PROFILES.find((each) => each.name === what);
  if (profile !== undefined) return { ok: true, profile };
  if (/[./\\]/.test(what)) return readFile(what);
  const names = BUILT_IN_PROFILES.map((each) => each.name);
  const known = `one of ${names.join(', ')} or a file such as ./profile.yaml`;
  return {
    ok: false,
    problems: [`--profile: want ${known}, got ${JSON.stringify(what)}${didYouMean(what, names)}`],
  };
}
