import type { z } from 'zod';
import { isSection, settings, settingByName } from './list-settings.ts';
import type { Setting } from './list-settings.ts';
import { isMapping, pathText, valueAt, valueText } from './raw-settings.ts';
import type { Path, RawSettings } from './raw-settings.ts';
import { settingsSchema } from './schema.ts';
import { secretElsewhere } from './secrets.ts';
import { didYouMean } from './suggest.ts';

/** What one source (the file, the environment, the flags) says. */
export interface Layer {
  readonly raw: RawSettings;
  /** Where a value stands: `file:line`, the name of a variable, or a flag. */
  readonly sourceOf: (path: Path) => string;
  /** The line, where the source is a file. */
  readonly lineOf?: (path: Path) => number;
  /** What is wrong with the source itself, e.g. its syntax or an unknown flag. */
  readonly problems: readonly string[];
  /** True where the source could not be read, so that nothing is known of what it says. */
  readonly unreadable?: boolean;
}

/** A layer after its check. */
export interface CheckedLayer {
  readonly layer: Layer;
  /** The valid settings, by dotted name, as written. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Dotted names of settings (or sections) that were given and are wrong. */
  readonly broken: readonly string[];
  readonly problems: readonly string[];
}

const lastWord = ({ path }: Setting) => path.at(-1) ?? '';

function unknownKey(parent: Path, key: string): string {
  const path = pathText([...parent, key]);
  const elsewhere = secretElsewhere(path);
  if (elsewhere !== undefined) return elsewhere;
  const siblings = isSection(parent.map(String))
    ? settings
        .filter((each) => each.name.startsWith(parent.length === 0 ? '' : `${pathText(parent)}.`))
        .map((each) => each.path[parent.length] ?? '')
    : (settingByName.get(settingOf(parent))?.meta.itemKeys ?? []);
  if (siblings.includes(key)) return 'no setting of this kind of entry';
  const meant = didYouMean(key, siblings);
  if (meant !== '') return `unknown setting${meant}`;
  // A setting that stands in other sections: compare the last words, answer with the whole names.
  const word = /did you mean (.+)\?/.exec(didYouMean(key, [...new Set(settings.map(lastWord))]))?.[1];
  const names = settings.filter((each) => lastWord(each) === word).map((each) => each.name);
  return names.length === 0
    ? 'unknown setting'
    : `unknown setting, did you mean ${names.slice(0, 3).join(' or ')}?`;
}

/** Whether people may have put a secret there, where the name of a file is wanted. */
const mayBeSecret = (path: Path): boolean =>
  settingByName.get(settingOf(path))?.meta.secretKeys?.some((key) => path.includes(key)) ?? false;

/** What a value is, without what it says. */
const kindOf = (value: unknown): string => (typeof value === 'string' ? 'a text' : valueText(value));

function issueProblems(layer: Layer, issue: z.core.$ZodIssue): string[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const whole = [...path, key];
      return `${layer.sourceOf(whole)} ${pathText(whole)}: ${unknownKey(path, key)}`;
    });
  }
  // The text of a bad key of a mapping sits one level deeper.
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const got = issue.code === 'invalid_key' ? issue.path.at(-1) : valueAt(layer.raw, path);
  const quoted = mayBeSecret(path) ? kindOf(got) : valueText(got);
  return [`${layer.sourceOf(path)} ${pathText(path)}: want ${message}, got ${quoted}`];
}

/** The path of what an issue is about; for unknown keys the first of them. */
const firstPath = (issue: z.core.$ZodIssue): Path =>
  issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;

/** The name of the setting (or section) that a path lies in. */
function settingOf(path: Path): string {
  const names = path.map((_, i) => pathText(path.slice(0, i + 1)));
  return names.find((name) => settingByName.has(name)) ?? names.at(-1) ?? '';
}

/** Checks every value of a layer against the schema, whether or not a higher layer overrides it. */
export function checkLayer(layer: Layer): CheckedLayer {
  const issues = settingsSchema.safeParse(layer.raw).error?.issues ?? [];
  const broken = issues
    .filter((issue) => issue.code !== 'unrecognized_keys' || !isSection(issue.path.map(String)))
    .map((issue) => settingOf(issue.path));
  const isBroken = (name: string) => broken.some((bad) => name === bad || name.startsWith(`${bad}.`));
  const values = new Map(
    settings
      .filter((each) => !isBroken(each.name))
      .map((each) => [each.name, valueAt(layer.raw, each.path)] as const)
      .filter(([, value]) => value !== undefined),
  );
  const line = (issue: z.core.$ZodIssue) => layer.lineOf?.(firstPath(issue)) ?? 0;
  const inOrder = issues.toSorted((a, b) => line(a) - line(b));
  const problems = [...layer.problems, ...inOrder.flatMap((issue) => issueProblems(layer, issue))];
  return { layer, values, broken, problems };
}

/** Turns `upstream: http://…` into `upstream: { url: http://… }` and an empty section into no section. */
export function expandShorthand(
  raw: RawSettings,
  shorthand: Readonly<Record<string, string>>,
  parent: readonly string[] = [],
): RawSettings {
  const entries = Object.entries(raw).flatMap(([key, value]): [string, unknown][] => {
    const path = [...parent, key];
    const inner = shorthand[path.join('.')];
    if (inner !== undefined && typeof value === 'string') return [[key, { [inner]: value }]];
    if (!isSection(path)) return [[key, value]];
    if (value === null) return [];
    return [[key, isMapping(value) ? expandShorthand(value, shorthand, path) : value]];
  });
  // Not by assignment: a key named __proto__ must stay a key, to be refused.
  return Object.fromEntries(entries);
}
