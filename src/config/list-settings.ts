import { z } from 'zod';
import { settingsSchema } from './schema.ts';
import { settingRegistry, type SettingMeta } from './setting-meta.ts';

/** One setting with its three names. */
export interface Setting {
  /** Path in the file, e.g. `['upstream', 'connectTimeout']`. */
  readonly path: readonly string[];
  /** The path joined by dots. */
  readonly name: string;
  /** Names in the environment, the short one first where there is one. */
  readonly env: readonly string[];
  /** Flags, the short one first where there is one. */
  readonly flags: readonly string[];
  readonly meta: SettingMeta;
  /** The default as it would stand in the file; undefined if there is none. */
  readonly defaultValue: unknown;
}

/** The setting that a section stands for where it is given as plain text, e.g. `upstream: http://…`. */
export const sectionShorthand: Readonly<Record<string, string>> = {
  upstream: 'url',
  listen: 'address',
  admin: 'address',
  database: 'upstream',
  baseline: 'file',
  'sources.postgres': 'url',
  'sources.redis': 'url',
  'sources.scrape': 'url',
  'sources.prometheus': 'url',
  detect: 'url',
  state: 'directory',
};

const kebab = (word: string) => word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function settingAt(path: readonly string[], schema: z.ZodType, meta: SettingMeta): Setting {
  const kebabs = path.map(kebab);
  const names = [kebabs];
  if (sectionShorthand[path.slice(0, -1).join('.')] === path.at(-1)) names.unshift(kebabs.slice(0, -1));
  return {
    path,
    name: path.join('.'),
    env: names.map((parts) => `MCP_VITALS_${parts.join('_').replaceAll('-', '_').toUpperCase()}`),
    flags: names.map((parts) => `--${parts.join('.')}`),
    meta,
    defaultValue: schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined,
  };
}

function walk(path: readonly string[], schema: z.ZodType): Setting[] {
  const meta = settingRegistry.get(schema);
  if (meta !== undefined) return [settingAt(path, schema, meta)];
  const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject))
    throw new Error(`setting ${path.join('.')}: want a description, got none`);
  const shape: Readonly<Record<string, z.ZodType>> = inner.shape;
  return Object.entries(shape).flatMap(([key, child]) => walk([...path, key], child));
}

/** Every setting, in the order of the schema. */
export const settings: readonly Setting[] = walk([], settingsSchema);

/** The settings by the dotted path. */
export const settingByName: ReadonlyMap<string, Setting> = new Map(settings.map((each) => [each.name, each]));

/** True where the path leads to a section (or is empty), false at a setting or nowhere. */
export function isSection(path: readonly string[]): boolean {
  return settings.some(
    (each) => each.path.length > path.length && path.every((key, i) => each.path[i] === key),
  );
}
